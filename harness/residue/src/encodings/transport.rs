//! How bytes travel and are logged: hex, base64, each also as UTF-16; the VERIFY command that carries a PIN.

use std::fmt::Write as _;

use super::form::List;
use super::text::{shift_jis, utf_8_name, utf_16};
use crate::canary::{SecretBytes, SecretText};

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Transports of a text's usual encodings.
pub(super) fn add_texts(text: &str, list: &mut List) {
    add(utf_8_name(text), text.as_bytes(), list);
    add("utf-16le", utf_16(text, u16::to_le_bytes).reveal(), list);
    if let (false, Some(bytes)) = (text.is_ascii(), shift_jis(text)) {
        add("shift-jis", bytes.reveal(), list);
    }
}

/// Hex and base64 of `bytes`, which are called `name`.
pub(super) fn add(name: &str, bytes: &[u8], list: &mut List) {
    let mut both = |step: &str, text: SecretText| {
        list.add(
            format!("{name}>{step}>utf-16le"),
            utf_16(text.reveal(), u16::to_le_bytes),
        );
        list.add(
            format!("{name}>{step}>utf-16be"),
            utf_16(text.reveal(), u16::to_be_bytes),
        );
        list.add(format!("{name}>{step}"), text.into_bytes());
    };
    both("hex-lower", hex(bytes, "", false));
    both("hex-upper", hex(bytes, "", true));
    both("hex-spaced-lower", hex(bytes, " ", false));
    both("hex-spaced-upper", hex(bytes, " ", true));
    for phase in 0..3 {
        both(
            &format!("base64@{phase}"),
            base64_inner(bytes, phase, STANDARD),
        );
        both(
            &format!("base64url@{phase}"),
            base64_inner(bytes, phase, URL_SAFE),
        );
    }
}

/// VERIFY (ISO/IEC 7816-4 §11.5.6) of ASCII digits against the current PIN file, alone and inside a CCID
/// `PC_to_RDR_XfrBlock` (CCID 1.1 §6.1.4: type 6F, length, slot 0, sequence number, BWI 0, level 0).
pub(super) fn add_verify(digits: &str, list: &mut List) {
    let Ok(length) = u8::try_from(digits.len()) else {
        return;
    };
    let mut command = SecretBytes::with_capacity(5 + digits.len());
    command.append(&[0x00, 0x20, 0x00, 0x80, length]);
    command.append(digits.as_bytes());
    add("verify", command.reveal(), list);

    let mut message = SecretBytes::with_capacity(10 + command.len());
    message.append(&[0x6F]);
    message.append(&(command.len() as u32).to_le_bytes());
    message.append(&[0; 5]);
    message.append(command.reveal());
    // The sequence number counts commands and cannot be foreseen.
    let fixed = vec![0..6, 7..message.len()];
    list.add("verify".into(), command);
    list.add_gapped("verify>ccid".into(), message, fixed);
}

fn hex(bytes: &[u8], between: &str, upper: bool) -> SecretText {
    SecretText::written(|out| {
        bytes.iter().enumerate().try_for_each(|(place, byte)| {
            out.append(if place == 0 { "" } else { between });
            if upper {
                write!(out, "{byte:02X}")
            } else {
                write!(out, "{byte:02x}")
            }
        })
    })
}

/// The base64 characters that `bytes` alone decide when `phase` (0 … 2) bytes of their group of three come before them.
fn base64_inner(bytes: &[u8], phase: usize, alphabet: &[u8; 64]) -> SecretText {
    let (first_bit, end_bit) = (8 * phase, 8 * (phase + bytes.len()));
    let bit = |at: usize| {
        let byte = bytes[at / 8 - phase];
        usize::from(byte >> (7 - at % 8) & 1)
    };
    (first_bit.div_ceil(6)..end_bit / 6)
        .map(|group| (6 * group..6 * group + 6).fold(0, |value, at| value << 1 | bit(at)))
        .map(|value| char::from(alphabet[value]))
        .collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD as ORACLE, URL_SAFE as URL_ORACLE};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn base64_of_any_surroundings_holds_the_inner_part(
            before in prop::collection::vec(any::<u8>(), 0..9),
            secret in prop::collection::vec(any::<u8>(), 1..30),
            after in prop::collection::vec(any::<u8>(), 0..9),
        ) {
            let message = [before.clone(), secret.clone(), after].concat();
            let phase = before.len() % 3;
            let inner = base64_inner(&secret, phase, STANDARD);
            let at = (8 * before.len()).div_ceil(6);
            prop_assert!(ORACLE.encode(&message)[at..].starts_with(inner.reveal()));
            prop_assert!(8 * secret.len() < 6 * inner.reveal().len() + 16);
            let inner = base64_inner(&secret, phase, URL_SAFE);
            prop_assert!(URL_ORACLE.encode(&message)[at..].starts_with(inner.reveal()));
        }
    }
}
