//! Forms cut by a page's edge: in a dump of physical memory, a page file or a disk the next page may be anybody's.
//!
//! [`Cuts`] holds the forms that take part, [`Cutting`] meets their pieces at the edges in the one read of the source
//! and tells at its end which of them say anything. Only where [`Region::paged`](crate::sources::Region::paged): to a process its
//! pages follow one another. Called by `walk`; must not keep searched bytes but in wiped buffers, nor tell a form that lies whole across an edge.
//!
//! # Which pieces count
//! A piece has at least [`SHORTEST`] bytes, the leading ones of a form at a page's end or the trailing ones at a page's start. It counts if
//! - the very rest of the same form ends or starts a page of the same source too (two pieces that fit), or
//! - fewer than [`SHORTEST`] bytes are missing, so that no rest could be looked for, or, of a number, whatever is missing;
//!   and what is left of the secret in the piece has [`BITS`] bits.
//!
//! Only whole forms without gaps, of secrets of at least [`BITS`] bits; neither PINs nor dates. By chance: 64 GiB have 2²⁴ pages. If
//! one in a hundred ends and starts within digits of the same encoding (2¹⁷ each), eleven digits alone (36.5 bits) are met with
//! 2^(17+1−36.5) = 3 in a million at each length; two halves of fourteen (46.5 bits) with 2^(2·17−46.5) = 2 in ten thousand at each cut,
//! and of twelve in UTF-16, which can be cut at ten places, with 0.2. So pieces of numbers count against controls: another number's
//! pieces that satisfy the same rule in the same form make them say nothing. If chance shows a number's pieces with probability p, a finding by chance has
//! p(1−p)¹⁰⁰, which is at most 0.4 %. Pieces of texts have neighbours rather than chance (two addresses of one town), which no drawn
//! control shares; so of them all but a few bytes, or both halves, must be there.
//!
//! Not found: pieces with more than 15 zeros at the edge, or seven there and fewer than seven other bytes; the middle of a form longer than two pages; pieces under a constant;
//! a half whose rest is a form of its own (a name cut between its words: the given name is told as such, the family name is not).

mod collected;
mod cutting;
mod reading;
mod table;
#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::canary::{Canary, Kind};
use crate::encodings::{Form, SHORTEST, Search};
use crate::search::LONGEST;

pub(super) use cutting::Cutting;
pub(super) use table::Cuts;

/// Fewest bits of the secret in a piece that stands alone, and in a form of which two pieces fit.
const BITS: f64 = 36.0;

/// A form that may be cut.
pub(super) struct Cut {
    /// Whose; none for a control value.
    pub owner: Option<u32>,
    /// The form's number.
    pub form: u32,
    /// Whether pieces count only against controls.
    pub controlled: bool,
    bits: f64,
    bytes: Form,
}

/// On which side of a page's edge a piece lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Side {
    /// Leading bytes of the form end the page.
    End,
    /// Trailing bytes of the form start the page.
    Start,
}

impl Side {
    /// As findings name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::End => "page-end",
            Self::Start => "page-start",
        }
    }
}

/// A piece at an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Piece {
    /// Position of the page's first byte behind the edge.
    pub edge: u64,
    pub side: Side,
    /// Place of the form among the cuts.
    pub cut: u32,
    pub length: u32,
}

impl Piece {
    /// Its positions.
    fn range(&self) -> Range<u64> {
        let length = u64::from(self.length);
        match self.side {
            Side::End => self.edge - length..self.edge,
            Side::Start => self.edge..self.edge + length,
        }
    }
}

impl Cut {
    /// A form of a canary (of a control value, without an owner) if its pieces can say anything.
    pub fn of(canary: &Canary, owner: Option<u32>, number: u32, form: &Form) -> Option<Self> {
        let bits = bits(canary);
        let length = form.reveal().len();
        let usable = form.solid() && form.search() == Search::Literal && bits >= BITS;
        (usable && length > SHORTEST && length <= LONGEST).then(|| Self {
            owner,
            form: number,
            controlled: controlled(canary),
            bits,
            bytes: form.copied(),
        })
    }

    fn len(&self) -> usize {
        self.bytes.reveal().len()
    }

    /// Whether a piece of `length` bytes counts without the rest.
    fn stands_alone(&self, length: usize) -> bool {
        let share = length as f64 / self.len() as f64;
        let nearly_all = self.len() - length < SHORTEST;
        (self.controlled || nearly_all) && self.bits * share >= BITS
    }
}

/// Whether pieces of a secret count only against controls: drawn ones are like the numbers met in memory.
pub(super) fn controlled(canary: &Canary) -> bool {
    canary.kind() == Kind::Number
}

/// How much is to be guessed in a secret, roughly and rather less: eight bits a kanji or kana, four a letter.
fn bits(canary: &Canary) -> f64 {
    match canary.kind() {
        Kind::Number => {
            let digits = canary.reveal_text().trim_start_matches('0').len();
            digits as f64 * std::f64::consts::LOG2_10
        }
        Kind::Text => {
            let of = |one: char| if one.is_ascii() { 4.0 } else { 8.0 };
            canary.reveal_text().chars().map(of).sum()
        }
        Kind::Bytes => {
            let telling = canary.reveal().iter().filter(|byte| **byte != 0);
            telling.count() as f64 * 8.0
        }
        Kind::Pin | Kind::Date => 0.0,
    }
}
