//! What a search gives back. Never holds bytes of the haystack or of a secret. Filled by the stages, read by the caller.

use std::collections::BTreeSet;

use super::digits::{PinHistogram, Shown, Sighting};
use super::fragment::SHORTEST_FRAGMENT;

/// How the haystack holds the pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Byte for byte.
    Plain,
    /// Every byte XORed with the same byte, not 0.
    XorConstant,
    /// The same byte, not 0, added to every byte, modulo 256.
    AddConstant,
}

/// One occurrence of one pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hit {
    /// Position of its first byte, counted from the start of what is searched.
    pub position: u64,
    /// Its bytes.
    pub length: u32,
    /// The caller's number of the pattern.
    pub tag: u32,
    /// How it is held.
    pub form: Form,
}

/// A stretch of bytes that equals a stretch of a rendering, as long as it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fragment {
    /// Position of its first byte, counted from the start of what is searched.
    pub position: u64,
    /// The caller's number of the rendering.
    pub tag: u32,
    /// Its first byte in the rendering.
    pub offset: u64,
    /// Its bytes.
    pub length: u64,
}

/// What the search had to do; tells adversarial data from ordinary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Bytes whose occurrences were searched.
    pub bytes: u64,
    /// Aligned words that passed the filter.
    pub marked: u64,
    /// Groups of patterns of equal length that were compared there.
    pub compared: u64,
}

/// All that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Occurrences, ordered by position, length, tag. At most the searcher's limit.
    pub hits: Vec<Hit>,
    /// Fragments of renderings, ordered by position, tag, offset. At most the searcher's limit. Seen from a stream, a fragment begins at
    /// most 1 KiB before its first searchable window.
    pub fragments: Vec<Fragment>,
    /// Counts of all PINs, when they were asked for.
    pub pins: Option<PinHistogram>,
    /// Where watched PINs are, ordered by position. At most the searcher's limit.
    pub sightings: Vec<Sighting>,
    /// Which PINs each followed context shows.
    pub shown: BTreeSet<Shown>,
    /// Hits, fragments and sightings beyond the limit: counted, not kept.
    pub beyond: u64,
    /// Effort.
    pub work: Work,
}

impl Found {
    /// Adds what another thread found.
    pub(super) fn add(&mut self, other: Self, limit: usize) {
        self.beyond += other.beyond;
        self.work.bytes += other.work.bytes;
        self.work.marked += other.work.marked;
        self.work.compared += other.work.compared;
        self.beyond += join(&mut self.hits, other.hits, limit);
        let mut fragments = other.fragments;
        fragments.retain(|fragment| fragment.length >= SHORTEST_FRAGMENT);
        self.beyond += join(&mut self.fragments, fragments, limit);
        // Threads may meet in one fragment.
        self.fragments.dedup();
        self.beyond += join(&mut self.sightings, other.sightings, limit);
        self.shown.extend(other.shown);
        match (&mut self.pins, other.pins) {
            (Some(pins), Some(more)) => pins.add(&more),
            (pins @ None, more) => *pins = more,
            (Some(_), None) => {}
        }
    }
}

/// Joins in order; gives how many were too many.
fn join<T: Ord>(all: &mut Vec<T>, more: Vec<T>, limit: usize) -> u64 {
    all.extend(more);
    all.sort_unstable();
    let over = all.len().saturating_sub(limit);
    all.truncate(limit);
    over as u64
}
