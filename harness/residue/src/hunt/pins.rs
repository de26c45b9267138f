//! Counts all PINs, apart by the kind of region they lie in. Called by `walk`.
//!
//! One stream per kind; between two places that do not join, bytes that are part of no PIN. So a PIN across the border of two kinds of
//! region is not counted, and no PIN is made up. Where the wanted PINs stand is told as numbers, if asked for. Judges nothing.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::canary::{Kind as CanaryKind, Pin};
use crate::search::{Around, Cell, Found, Pins, Searcher, Stream, Watched};
use crate::sources::{Chunk, Kind, Region};

use super::wanted::Wanted;

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

/// Where wanted PINs were seen in one form in one kind of region: hashes under the asker's key, the one as many as the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinPlaces {
    /// Form.
    pub cell: Cell,
    /// Kind of region.
    pub region: Kind,
    /// Of the process and address, or file and offset.
    pub places: Vec<u64>,
    /// Of what stood around.
    pub contexts: Vec<u64>,
}

/// What the counting of one search gives.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub pins: Vec<PinCounts>,
    pub places: Vec<PinPlaces>,
    pub followed: Vec<(u64, u32)>,
}

/// Places told of one search at most: a PIN that stands more often is told by its counts.
const PLACES: usize = 4_096;

/// What counts, and watches the wanted PINs where their places are asked for.
pub(super) fn searcher(wanted: &Wanted) -> Searcher {
    let canaries = wanted.canaries.iter();
    let values = canaries
        .filter(|one| one.kind() == CanaryKind::Pin && wanted.around.is_some())
        .filter_map(|one| Some(Pin::parse(one.reveal_text())?.value()));
    let watched = values.map(|pin| Watched { pin, tag: 0 });
    let watched: Zeroizing<Vec<_>> = Zeroizing::new(watched.collect());
    let Ok(pins) = Pins::counting(&watched) else {
        unreachable!("a `Pin` has four digits");
    };
    let pins = match &wanted.around {
        Some(around) => pins.around(around.clone()),
        None => pins,
    };
    Searcher::new().pins(pins).at_most(PLACES)
}

/// The bytes of one kind of region, one after the other.
struct Fed<'a> {
    stream: Stream<'a>,
    /// How many bytes it was fed.
    length: u64,
    /// Stretches that follow one another in what is searched: the first byte in the stream, its position, and of what.
    stretches: Vec<(u64, u64, String)>,
}

/// The counting of one search.
pub(super) struct Counting<'a> {
    searcher: &'a Searcher,
    around: Option<&'a Around>,
    streams: BTreeMap<Kind, Fed<'a>>,
    last: Option<Kind>,
}

impl<'a> Counting<'a> {
    pub fn new(searcher: &'a Searcher, around: Option<&'a Around>) -> Self {
        Self {
            searcher,
            around,
            streams: BTreeMap::new(),
            last: None,
        }
    }

    /// The next bytes of a region.
    pub fn feed(&mut self, region: &Region, chunk: &Chunk<'_>) {
        let kind = region.kind;
        let fed = self.streams.entry(kind).or_insert_with(|| Fed {
            stream: Stream::new(self.searcher, 0),
            length: 0,
            stretches: Vec::new(),
        });
        if !(chunk.joins && self.last == Some(kind)) {
            let phase = chunk.position.wrapping_sub(fed.length) % ALIGNMENT;
            let between = &BETWEEN[..BETWEEN.len() - ALIGNMENT as usize + phase as usize];
            fed.stream.feed(between);
            fed.length += between.len() as u64;
            if self.around.is_some() {
                let stretch = (fed.length, chunk.position, region.place.to_string());
                fed.stretches.push(stretch);
            }
        }
        fed.stream.feed(chunk.bytes);
        fed.length += chunk.bytes.len() as u64;
        self.last = Some(kind);
    }

    /// All counts, and where the wanted PINs stand.
    pub fn finish(self) -> Counted {
        let mut all = Counted::default();
        let mut shown = BTreeMap::new();
        for (region, fed) in self.streams {
            let found = fed.stream.finish();
            if let Some(around) = self.around {
                let places = places(around, region, &fed.stretches, &found);
                all.places.extend(places);
                for one in found.shown {
                    *shown.entry(one.context).or_insert(0) += 1;
                }
            }
            let Some(histogram) = found.pins else {
                continue;
            };
            all.pins.extend(Cell::ALL.map(|cell| {
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
        all.followed = shown.into_iter().collect();
        all
    }
}

/// Where the wanted PINs of one kind of region stand.
fn places(
    around: &Around,
    region: Kind,
    stretches: &[(u64, u64, String)],
    found: &Found,
) -> Vec<PinPlaces> {
    let mut by_cell: BTreeMap<Cell, PinPlaces> = BTreeMap::new();
    for seen in &found.sightings {
        let after = stretches.partition_point(|(first, ..)| *first <= seen.position);
        let stretch = after.checked_sub(1).and_then(|at| stretches.get(at));
        if let (Some((first, position, of)), Some(context)) = (stretch, seen.context) {
            let address = position + (seen.position - first);
            let told = by_cell.entry(seen.cell).or_insert_with(|| PinPlaces {
                cell: seen.cell,
                region,
                places: Vec::new(),
                contexts: Vec::new(),
            });
            told.places.push(around.place(of, address, seen.cell));
            told.contexts.push(context);
        }
    }
    by_cell.into_values().collect()
}
