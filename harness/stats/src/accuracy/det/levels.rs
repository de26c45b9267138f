//! The genuine scores in order, and which of them an impostor's score comes to lie at or below.
//!
//! Built once by [`super::Counter`] and shared by its clones; holds no counts.

use super::scale::{BATCH, Scale};
use crate::Unusable;

/// Slots of the lookup table per genuine score: where scores are dense, still about one in a slot.
const SLOTS_PER_SCORE: usize = 2;

/// Distinct genuine scores, and a table that finds them without a search.
#[derive(Debug)]
pub(super) struct Levels {
    /// Rising, and infinity.
    pub(super) scores: Vec<f32>,
    /// Genuine scores below each level but the last.
    pub(super) below: Vec<u64>,
    /// Of genuine scores.
    pub(super) genuine: u64,
    /// First level that a score of each slot may lie at or below.
    slots: Vec<u32>,
    scale: Scale,
}

impl Levels {
    /// # Errors
    /// No genuine score; more than 2³² of them.
    pub(super) fn new(genuine: &[f32]) -> Result<Self, Unusable> {
        if genuine.is_empty() || u32::try_from(genuine.len()).is_err() {
            return Err(Unusable::TooFew { needed: 1, has: 0 });
        }
        let mut sorted = genuine.to_vec();
        sorted.sort_unstable_by(f32::total_cmp);
        let (mut scores, mut below) = (Vec::<f32>::new(), Vec::new());
        for (rank, &score) in sorted.iter().enumerate() {
            if scores.last().is_none_or(|last| *last < score) {
                scores.push(score);
                below.push(rank as u64);
            }
        }
        let (low, high) = (scores[0], scores[scores.len() - 1]);
        let count = (scores.len() * SLOTS_PER_SCORE).next_power_of_two();
        let count = count.min(Scale::MOST);
        let mut levels = Self {
            scores,
            below,
            genuine: genuine.len() as u64,
            slots: vec![0_u32; count],
            scale: Scale::between(low, high, count),
        };
        let mut filled = 0;
        for (number, score) in levels.scores.iter().enumerate() {
            let slot = levels.scale.place(*score) as usize;
            // Slots after the previous level's up to this level's start their search here.
            while filled <= slot {
                levels.slots[filled] = number as u32;
                filled += 1;
            }
        }
        levels.slots[filled..].fill(levels.scores.len() as u32);
        levels.scores.push(f32::INFINITY);
        Ok(levels)
    }

    /// Levels, infinity included.
    pub(super) fn len(&self) -> usize {
        self.scores.len()
    }

    /// Lowest and highest genuine score.
    pub(super) fn ends(&self) -> (f32, f32) {
        (self.scores[0], self.scores[self.scores.len() - 2])
    }

    /// The first level that is not below each finite score.
    #[inline]
    pub(super) fn find(&self, scores: &[f32; BATCH]) -> [u32; BATCH] {
        // One kind of step at a time for all, so that their waits for memory overlap.
        let mut found = self.scale.places(scores);
        for found in &mut found {
            *found = self.slots[*found as usize];
        }
        for _ in 0..2 {
            for (found, &score) in found.iter_mut().zip(scores) {
                *found += u32::from(self.scores[*found as usize] < score);
            }
        }
        for (found, &score) in found.iter_mut().zip(scores) {
            let start = *found as usize;
            if self.scores[start] < score {
                *found = self.search(start, score);
            }
        }
        found
    }

    /// A third level in the slot; or a crowd of them, where one score lies far from the rest.
    #[cold]
    fn search(&self, start: usize, score: f32) -> u32 {
        let next = self.slots.get(self.scale.place(score) as usize + 1);
        let end = next.map_or(self.scores.len() - 1, |next| *next as usize);
        let crowd = &self.scores[start..end];
        (start + crowd.partition_point(|level| *level < score)) as u32
    }
}
