//! Counts all PINs, apart by the kind of region they lie in. Called by `walk`.
//!
//! One stream per kind; between two places that do not join, bytes that are part of no PIN. So a PIN across the border of two kinds of
//! region is not counted, and no PIN is made up. Judges nothing.

use std::collections::BTreeMap;

use crate::search::{Cell, Searcher, Stream};
use crate::sources::{Chunk, Kind};

/// Longer than any form of a PIN with its neighbours, of no class that PINs are made of.
const BETWEEN: [u8; 256] = [0xEE; 256];
/// Integers count only where they are aligned.
const ALIGNMENT: u64 = 8;

/// How often each PIN was seen in one form in one kind of region.
pub struct PinCounts {
    /// Form.
    pub cell: Cell,
    /// Kind of region.
    pub region: Kind,
    /// Occurrences of 0000 … 9999, overlapping ones too; always 10,000 counts.
    pub counts: Box<[u32]>,
}

impl std::fmt::Debug for PinCounts {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let total: u64 = self.counts.iter().map(|count| u64::from(*count)).sum();
        write!(
            out,
            "PinCounts({:?}, {:?}, {total})",
            self.cell, self.region
        )
    }
}

/// The counting of one search.
pub(super) struct Counting<'a> {
    searcher: &'a Searcher,
    /// Per kind: its stream, and how many bytes it was fed.
    streams: BTreeMap<Kind, (Stream<'a>, u64)>,
    last: Option<Kind>,
}

impl<'a> Counting<'a> {
    pub fn new(searcher: &'a Searcher) -> Self {
        Self {
            searcher,
            streams: BTreeMap::new(),
            last: None,
        }
    }

    /// The next bytes of a region of `kind`.
    pub fn feed(&mut self, kind: Kind, chunk: &Chunk<'_>) {
        let (stream, at) = self
            .streams
            .entry(kind)
            .or_insert_with(|| (Stream::new(self.searcher, 0), 0));
        if !(chunk.joins && self.last == Some(kind)) {
            let phase = chunk.position.wrapping_sub(*at) % ALIGNMENT;
            let between = &BETWEEN[..BETWEEN.len() - ALIGNMENT as usize + phase as usize];
            stream.feed(between);
            *at += between.len() as u64;
        }
        stream.feed(chunk.bytes);
        *at += chunk.bytes.len() as u64;
        self.last = Some(kind);
    }

    /// All counts.
    pub fn finish(self) -> Vec<PinCounts> {
        let mut all = Vec::new();
        for (region, (stream, _)) in self.streams {
            let Some(histogram) = stream.finish().pins else {
                continue;
            };
            all.extend(Cell::ALL.map(|cell| {
                PinCounts {
                    cell,
                    region,
                    counts: histogram
                        .counts(cell)
                        .iter()
                        .map(|count| count.all)
                        .collect(),
                }
            }));
        }
        all
    }
}
