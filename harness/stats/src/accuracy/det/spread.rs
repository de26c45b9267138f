//! Scores put aside by their neighbourhood, so that those counted together lie between few genuine scores.
//!
//! A million genuine scores and their lookup table do not fit into a core's own cache; looking up scores in the order of
//! the file waits for memory at each. Those of one narrow range need a small part of the table only. Nothing is sorted
//! and nothing but speed depends on the ranges. Called by [`super::Counter`] alone.

use super::scale::{BATCH, Scale};

/// Ranges: as many as write well side by side.
const RANGES: usize = 512;

/// Scores of a range put aside before they are counted.
const HELD: usize = 4096;

/// Scores waiting to be counted.
#[derive(Debug, Clone)]
pub(super) struct Spread {
    scale: Scale,
    held: Vec<f32>,
    /// Of each range.
    lengths: Vec<u32>,
}

impl Spread {
    /// Ranges of equal width from one score to another, and one for those well below.
    pub(super) fn between(low: f32, high: f32) -> Self {
        let below = low - (high - low) / RANGES as f32;
        Self {
            scale: Scale::between(below, high, RANGES),
            held: vec![0.0; RANGES * HELD],
            lengths: vec![0; RANGES],
        }
    }

    /// Puts finite scores aside; gives those of a range to `count` when there are many.
    pub(super) fn push(&mut self, scores: &[f32], mut count: impl FnMut(&[f32])) {
        let (ranges, _) = self.held.as_chunks_mut::<HELD>();
        let mut put = |score: f32, range: u32| {
            let length = &mut self.lengths[range as usize];
            let held = &mut ranges[range as usize];
            held[*length as usize % HELD] = score;
            *length += 1;
            if *length as usize == HELD {
                *length = 0;
                count(held);
            }
        };
        let (batches, rest) = scores.as_chunks::<BATCH>();
        for batch in batches {
            let ranges = self.scale.places(batch);
            for (&score, range) in batch.iter().zip(ranges) {
                put(score, range);
            }
        }
        for &score in rest {
            put(score, self.scale.place(score));
        }
    }

    /// Gives all that is put aside.
    pub(super) fn drain(&mut self, mut count: impl FnMut(&[f32])) {
        let (ranges, _) = self.held.as_chunks::<HELD>();
        for (range, length) in ranges.iter().zip(&mut self.lengths) {
            count(&range[..std::mem::take(length) as usize]);
        }
    }
}
