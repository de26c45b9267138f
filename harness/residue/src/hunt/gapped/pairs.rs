//! Forms of pairs of bytes with gaps: X11 keypad keysyms (B0–B9, FF). The first pair leads to the place.
//!
//! The second byte of the pair is looked for with `memchr`; the first then tells which forms may begin.

use super::Gap;
use crate::encodings::{SHORTEST, Search};

/// Forms by their first two bytes.
#[derive(Default)]
pub(super) struct Pairs(Vec<Second>);

/// Forms whose second byte is the same, by their first one.
struct Second {
    byte: u8,
    by_first: Vec<Vec<u32>>,
}

/// Whether a form is searched here: runs of more than one byte, none long enough for an anchor.
pub(super) fn is_pairs(gap: &Gap) -> bool {
    gap.form.search() == Search::Strided
        && gap.form.anchor().len() < SHORTEST
        && gap.form.fixed().iter().all(|run| run.len() > 1)
}

impl Pairs {
    /// Of all forms those that begin with a pair.
    pub fn new(gaps: &[Gap]) -> Self {
        let mut seconds: Vec<Second> = Vec::new();
        for (number, gap) in (0..).zip(gaps) {
            if !is_pairs(gap) {
                continue;
            }
            let (first, byte) = (gap.form.reveal()[0], gap.form.reveal()[1]);
            let place = seconds.iter().position(|second| second.byte == byte);
            let place = place.unwrap_or_else(|| {
                seconds.push(Second {
                    byte,
                    by_first: vec![Vec::new(); 256],
                });
                seconds.len() - 1
            });
            seconds[place].by_first[usize::from(first)].push(number);
        }
        Self(seconds)
    }

    /// Calls `check` with each place where a form may begin, and the form's number.
    pub fn find(&self, data: &[u8], check: &mut dyn FnMut(usize, u32)) {
        for second in &self.0 {
            for at in memchr::memchr_iter(second.byte, data) {
                let Some(start) = at.checked_sub(1) else {
                    continue;
                };
                for number in &second.by_first[usize::from(data[start])] {
                    check(start, *number);
                }
            }
        }
    }
}
