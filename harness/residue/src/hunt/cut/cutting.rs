//! The pieces of one walk, from its chunks to findings.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use super::collected::{Collected, Told};
use super::reading::Reading;
use super::{Cut, Cuts, Piece};
use crate::search::LONGEST;
use crate::sources::{Chunk, Region};

/// Pieces of one stretch of bytes that join; more are counted.
const MOST: usize = 1_000_000;

/// One walk.
pub(in crate::hunt) struct Cutting<'a> {
    cuts: &'a Cuts,
    reading: Reading<'a>,
    /// Of the stretch under way: some lie in whole forms.
    pieces: Vec<Piece>,
    beyond: u64,
    collected: Collected,
}

impl<'a> Cutting<'a> {
    pub fn new(cuts: &'a Cuts) -> Self {
        Self {
            cuts,
            reading: Reading::new(cuts),
            pieces: Vec::new(),
            beyond: 0,
            collected: Collected::default(),
        }
    }

    /// The next bytes, of this region.
    pub fn feed(&mut self, chunk: &Chunk<'_>, region: &Region) {
        let Self {
            reading,
            pieces,
            beyond,
            ..
        } = self;
        let mut found = |piece| {
            if pieces.len() < MOST {
                pieces.push(piece);
            } else {
                *beyond += 1;
            }
        };
        let phase = region.phase();
        if !chunk.joins || !reading.goes_on(phase) {
            reading.end(&mut found);
            reading.restart(chunk.position, phase);
        }
        reading.feed(chunk.bytes, &mut found);
    }

    /// Ends a stretch. `whole` are ranges and owners of whole forms in it by position, `own` all that belongs to canaries; `place` tells
    /// where a position is.
    pub fn resolve(
        &mut self,
        whole: &[(Range<u64>, u32)],
        own: &[Range<u64>],
        place: &mut dyn FnMut(u64) -> Option<(Arc<str>, crate::sources::Kind)>,
    ) {
        let Self {
            reading, pieces, ..
        } = self;
        reading.end(&mut |piece| pieces.push(piece));
        for piece in pieces.drain(..) {
            let range = piece.range();
            let told = match self.cuts.cut(piece.cut).owner {
                Some(owner) => inside(whole, owner, &range),
                None => crate::hunt::resolve::holds(own, &range),
            };
            if told {
                continue;
            }
            if let Some((text, kind)) = place(range.start) {
                self.collected.add(piece, &text, kind);
            }
        }
    }

    /// Forms of control values of which pieces were met that would count.
    pub fn met(&self) -> HashSet<u32> {
        self.collected.met(self.cuts)
    }

    /// Pieces that count, each with its form; and how many more there were.
    pub fn tell(&self) -> (Vec<(Told, &'a Cut)>, u64) {
        let (told, more) = self.collected.tell(self.cuts);
        let with_form = told.into_iter().map(|one| {
            let cut = self.cuts.cut(one.cut);
            (one, cut)
        });
        (with_form.collect(), more + self.beyond)
    }
}

/// Whether a range lies in a whole form of the same owner.
fn inside(whole: &[(Range<u64>, u32)], owner: u32, range: &Range<u64>) -> bool {
    let behind = whole.partition_point(|one| one.0.start <= range.start);
    let near = whole[..behind].iter().rev();
    near.take_while(|one| one.0.start + LONGEST as u64 >= range.end)
        .any(|one| one.1 == owner && one.0.end >= range.end)
}
