//! Exact search for all patterns: filter, window, compare. Called by `searcher` piece by piece.
//!
//! Every occurrence is found through the one window chosen for its pattern at its alignment, so exactly once. Worst case, on data
//! made for it: every word marked, and under each word one comparison (a binary search) per distinct (offset, length) of the
//! patterns that share the window: at most one per byte and distinct length, however many patterns have it. [`super::Work`] tells how much it was.

use std::ops::Range;

use zeroize::Zeroizing;

use super::filter::Filter;
use super::found::Work;
use super::kernel::{AFTER, BLOCK, Kernel, LISTED, Positions, WORDS};
use super::needles::Needles;
use super::table::{Group, Table, WindowKey};
use super::window::{FARTHEST, Window, choose};

/// Bytes whose marks are made at once.
pub(super) const PIECE: usize = 16 * 1024;

/// The patterns with their index.
pub(super) struct Literals {
    pub needles: Needles,
    filter: Filter,
    wide: Table,
    narrow: Table,
    /// Largest distance of a window from its pattern's start.
    farthest: usize,
}

/// An occurrence: pattern number and first byte.
pub(super) type Occurrence = (u32, usize);

impl Literals {
    pub fn new(needles: Needles) -> Self {
        let mut windows: Zeroizing<Vec<Window>> =
            Zeroizing::new(Vec::with_capacity(needles.len() * 4));
        windows.extend(choose(&needles));
        let keys = |wide: bool| {
            let count = windows.iter().filter(|window| window.wide == wide).count();
            let mut keys = Zeroizing::new(Vec::with_capacity(count));
            let chosen = windows.iter().filter(|window| window.wide == wide);
            keys.extend(chosen.map(|window| WindowKey::new(window, &needles)));
            keys
        };
        let farthest = windows.iter().map(|window| window.offset).max();
        Self {
            filter: Filter::new(&windows),
            wide: Table::new(keys(true), &needles),
            narrow: Table::new(keys(false), &needles),
            farthest: farthest.map_or(FARTHEST, |offset| offset as usize),
            needles,
        }
    }

    /// The words that must be looked at for every occurrence that begins in `starts`.
    pub fn words(&self, data: &[u8], starts: &Range<usize>) -> Range<usize> {
        let end = (starts.end + self.farthest).min(data.len());
        starts.start.next_multiple_of(4)..end
    }

    /// Finds the occurrences whose window is one of `words` (at most a piece, beginning at a multiple of 4) and whose first byte is in
    /// `starts`. What does not fit into `data` is no occurrence.
    pub fn find(
        &self,
        kernel: Kernel,
        data: &[u8],
        words: Range<usize>,
        starts: &Range<usize>,
        work: &mut Work,
        mut found: impl FnMut(Occurrence),
    ) {
        if words.is_empty() {
            return;
        }
        // A piece, and the words beyond its end that belong to its last occurrences.
        let mut marks = [0; PIECE / BLOCK + 1];
        let blocks = words.len().div_ceil(BLOCK);
        let marks = &mut marks[..blocks];
        let whole = (data.len() - words.start).saturating_sub(AFTER) / BLOCK;
        let whole = whole.min(blocks);
        if whole > 0 {
            kernel.mark(&self.filter, &data[words.start..], &mut marks[..whole]);
        }
        for (block, marks) in marks.iter_mut().enumerate().skip(whole) {
            // The end of the data, continued with zeros: occurrences that reach beyond it are dropped by `compare`.
            let rest = &data[words.start + block * BLOCK..];
            let mut padded = Zeroizing::new([0; BLOCK + AFTER]);
            let there = rest.len().min(padded.len());
            padded[..there].copy_from_slice(&rest[..there]);
            kernel.mark(&self.filter, &*padded, std::slice::from_mut(marks));
        }
        // Words beyond the last.
        let beyond = blocks * WORDS - words.len().div_ceil(4);
        marks[blocks - 1] &= u64::MAX >> beyond;
        let mut marked = Positions::new();
        for (part, marks) in marks.chunks(LISTED).enumerate() {
            let first = words.start + part * LISTED * BLOCK;
            marked.list(marks);
            work.marked += marked.len() as u64;
            marked.sift(
                |word| self.may_hold(data, first + word * 4),
                |word| self.confirm(data, first + word * 4, starts, work, &mut found),
            );
        }
    }

    /// Whether there may be a window at `at`: without a branch, for most marked words are not told apart by a guess.
    #[inline]
    fn may_hold(&self, data: &[u8], at: usize) -> bool {
        let Some(window) = data[at..].first_chunk::<8>() else {
            return true;
        };
        let window = u64::from_le_bytes(*window);
        self.wide.may_hold(window) | self.narrow.may_hold(u64::from(window as u32))
    }

    /// Compares what has a window at `at`.
    #[inline]
    fn confirm(
        &self,
        data: &[u8],
        at: usize,
        starts: &Range<usize>,
        work: &mut Work,
        found: &mut impl FnMut(Occurrence),
    ) {
        if let Some(window) = data[at..].first_chunk::<8>() {
            for group in self.wide.groups(u64::from_le_bytes(*window)) {
                self.compare(&self.wide, *group, data, at, starts, work, found);
            }
        }
        if self.narrow.is_empty() {
            return;
        }
        if let Some(window) = data[at..].first_chunk::<4>() {
            for group in self.narrow.groups(u32::from_le_bytes(*window).into()) {
                self.compare(&self.narrow, *group, data, at, starts, work, found);
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the innermost step of one search"
    )]
    fn compare(
        &self,
        table: &Table,
        group: Group,
        data: &[u8],
        at: usize,
        starts: &Range<usize>,
        work: &mut Work,
        found: &mut impl FnMut(Occurrence),
    ) {
        let Some(start) = at.checked_sub(group.offset as usize) else {
            return;
        };
        if !starts.contains(&start) {
            return;
        }
        let Some(text) = data[start..].get(..group.length as usize) else {
            return;
        };
        work.compared += 1;
        for number in table.equal(group, text, &self.needles) {
            found((number, start));
        }
    }
}

impl std::fmt::Debug for Literals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.needles.fmt(f)
    }
}
