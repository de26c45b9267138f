//! From a canary to every form in which its bytes may lie in memory, a file or a dump.
//!
//! [`forms`] lists them with stable names; the steps of a name are read from left to right, `ascii>base64@1>utf-16le` is
//! the ASCII text in base64, one byte into a group of three, that text in UTF-16. The forms are those of
//! `RESIDUE.md`, "Encodings to search". Nothing is searched here, and no form leaves its wiped buffer.
//! Called by whoever fills the search: forms below [`SHORTEST`] bytes go to the PIN statistics instead.

mod dates;
mod digits;
mod escaped;
mod form;
mod input;
mod pin_block;
mod streams;
mod text;
mod transport;
mod variants;

#[cfg(test)]
mod tests;

pub use form::{Form, SHORTEST, Search};
pub use pin_block::format_0 as pin_block_0;
pub use streams::{adjacent_difference, adjacent_xor};

use crate::canary::{Canary, Date, Kind, Pin};
use form::List;

/// All forms of a canary; two ways to the same bytes give one form, under the first name.
///
/// A text that an encoding cannot spell has no form in it.
pub fn forms(canary: &Canary) -> Vec<Form> {
    let mut list = List::of(canary.kind(), canary.reveal().len());
    let text = canary.reveal_text();
    match canary.kind() {
        Kind::Pin => {
            numeric(text, &mut list);
            if let Some(pin) = Pin::parse(text) {
                pin_block::add(&pin, &mut list);
            }
        }
        Kind::Number => numeric(text, &mut list),
        Kind::Date => {
            if let Some(date) = Date::parse(text) {
                dates::add(&date, &mut list);
            }
        }
        Kind::Text => {
            text::add("", text, &mut list);
            escaped::add(text, &mut list);
            transport::add_texts(text, &mut list);
            for (name, variant) in variants::of(text) {
                text::add(&name, variant.reveal(), &mut list);
            }
        }
        Kind::Bytes => {
            list.add(
                "raw".into(),
                crate::canary::SecretBytes::copied(canary.reveal()),
            );
            transport::add("raw", canary.reveal(), &mut list);
        }
    }
    list.done()
}

/// Forms of a row of decimal digits.
fn numeric(text: &str, list: &mut List) {
    text::add("", text, list);
    text::add("full-width", variants::full_width(text).reveal(), list);
    digits::add(text, list);
    escaped::add(text, list);
    transport::add_texts(text, list);
    transport::add_verify(text, list);
    input::add(text, list);
}
