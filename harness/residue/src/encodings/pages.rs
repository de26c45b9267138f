//! A form cut by a page edge: in a dump of physical memory the next page may be anybody's.
//!
//! Both parts of a cut must reach [`SHORTEST`] bytes to be told; a form below 14 bytes can be cut so that neither does.
//! Forms with gaps are not looked for.

use super::form::{Form, SHORTEST};

/// How many leading bytes of `form` the page ends with: the most from 7 up to one less than all of it.
pub fn at_page_end(page: &[u8], form: &Form) -> Option<usize> {
    let lengths = if form.solid() {
        SHORTEST..form.reveal().len()
    } else {
        0..0
    };
    let mut longest_first = lengths.rev();
    longest_first.find(|&length| page.ends_with(&form.reveal()[..length]))
}

/// How many trailing bytes of `form` the page starts with, likewise.
pub fn at_page_start(page: &[u8], form: &Form) -> Option<usize> {
    let whole = form.reveal().len();
    let lengths = if form.solid() { SHORTEST..whole } else { 0..0 };
    let mut longest_first = lengths.rev();
    longest_first.find(|&length| page.starts_with(&form.reveal()[whole - length..]))
}
