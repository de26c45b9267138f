//! Counts any number of impostor scores between the genuine ones, in one pass.
//!
//! FNMR changes only at genuine scores. So it is enough to count, for each pair of neighbouring genuine scores, the
//! impostors between them: memory grows with the genuine comparisons alone, and nothing is sorted but these. Several
//! counters over the same genuine scores count side by side and are added. Called by whoever makes a [`Det`].

use std::sync::Arc;

use super::levels::Levels;
use super::scale::BATCH;
use super::spread::Spread;
use super::{Det, Step};
use crate::Unusable;

/// From so many genuine scores on, impostors are spread before they are looked up: fewer stay in a core's own cache.
const MANY: usize = 1 << 14;

/// Counts impostors between genuine scores.
#[derive(Debug, Clone)]
pub struct Counter {
    levels: Arc<Levels>,
    spread: Option<Spread>,
    counts: Counts,
}

impl Counter {
    /// Prepares the genuine side.
    ///
    /// # Errors
    /// No genuine score; more than 2³² of them.
    pub fn new(genuine: &[f32]) -> Result<Self, Unusable> {
        Self::spreading_from(genuine, MANY)
    }

    fn spreading_from(genuine: &[f32], many: usize) -> Result<Self, Unusable> {
        let levels = Levels::new(genuine)?;
        let (low, high) = levels.ends();
        Ok(Self {
            spread: (levels.len() >= many).then(|| Spread::between(low, high)),
            counts: Counts::of(&levels),
            levels: Arc::new(levels),
        })
    }

    /// Counts finite impostor scores.
    pub fn feed(&mut self, scores: &[f32]) {
        let (levels, counts) = (&self.levels, &mut self.counts);
        match &mut self.spread {
            Some(spread) => spread.push(scores, |scores| counts.add_range(levels, scores)),
            None => counts.add(levels, scores),
        }
    }

    /// Counts what is put aside.
    fn settle(&mut self) {
        let (levels, counts) = (&self.levels, &mut self.counts);
        if let Some(spread) = &mut self.spread {
            spread.drain(|scores| counts.add_range(levels, scores));
        }
    }

    /// Adds the counts of another counter over the same genuine scores (made by cloning before feeding).
    ///
    /// # Panics
    /// When the genuine scores differ.
    pub fn add(&mut self, mut other: Self) {
        let same =
            Arc::ptr_eq(&self.levels, &other.levels) || self.levels.scores == other.levels.scores;
        assert!(same, "counters of other genuine scores");
        other.settle();
        self.counts.add_all(&other.counts);
    }

    /// The curve.
    ///
    /// # Errors
    /// No impostor was fed.
    pub fn det(mut self) -> Result<Det, Unusable> {
        self.settle();
        let (levels, counts) = (&self.levels, &self.counts);
        let impostors: u64 = counts.by_level().sum();
        if impostors == 0 {
            return Err(Unusable::TooFew { needed: 1, has: 0 });
        }
        let mut at_least = impostors;
        let mut steps = Vec::with_capacity(levels.len());
        let below = levels.below.iter().chain([&levels.genuine]);
        let counted = counts.by_level().zip(&counts.ties);
        for ((&threshold, (count, ties)), below) in levels.scores.iter().zip(counted).zip(below) {
            steps.push(Step {
                threshold,
                above_previous: at_least,
                at_threshold: at_least - count + ties,
                false_non_matches: *below,
            });
            at_least -= count;
        }
        Ok(Det {
            steps,
            impostors,
            genuine: levels.genuine,
        })
    }
}

/// Impostors by level.
#[derive(Debug, Clone)]
struct Counts {
    /// Between the level before and this, this included.
    now: Vec<u32>,
    /// How many those are together.
    held: u64,
    /// What `now` had no room for; empty while it has.
    moved: Vec<u64>,
    /// Equal to the level.
    ties: Vec<u64>,
}

impl Counts {
    fn of(levels: &Levels) -> Self {
        Self {
            now: vec![0; levels.len()],
            held: 0,
            moved: Vec::new(),
            ties: vec![0; levels.len()],
        }
    }

    /// Scores of a narrow range; where the classes lie apart most are below all levels, and are not looked up.
    fn add_range(&mut self, levels: &Levels, scores: &[f32]) {
        if scores.iter().all(|score| *score < levels.scores[0]) {
            self.hold(scores.len());
            self.now[0] += scores.len() as u32;
        } else {
            self.add(levels, scores);
        }
    }

    /// Makes room for the counts of so many scores, at most 2³⁰.
    fn hold(&mut self, count: usize) {
        self.held += count as u64;
        if self.held > u64::from(u32::MAX) {
            self.make_room();
            self.held = count as u64;
        }
    }

    fn add(&mut self, levels: &Levels, scores: &[f32]) {
        for part in scores.chunks(1 << 30) {
            self.hold(part.len());
            let (batches, rest) = part.as_chunks::<BATCH>();
            for batch in batches {
                self.count(levels, batch, BATCH);
            }
            let mut last = [f32::INFINITY; BATCH];
            last[..rest.len()].copy_from_slice(rest);
            self.count(levels, &last, rest.len());
        }
    }

    /// Counts the first `length` of a batch.
    #[inline]
    fn count(&mut self, levels: &Levels, batch: &[f32; BATCH], length: usize) {
        let found = levels.find(batch);
        for (&found, &score) in found.iter().zip(batch).take(length) {
            self.now[found as usize] += 1;
            // Never below the score, so equal.
            if levels.scores[found as usize] <= score {
                self.ties[found as usize] += 1;
            }
        }
    }

    fn make_room(&mut self) {
        self.moved.resize(self.now.len(), 0);
        for (moved, now) in self.moved.iter_mut().zip(&mut self.now) {
            *moved += u64::from(std::mem::take(now));
        }
    }

    fn by_level(&self) -> impl Iterator<Item = u64> + '_ {
        let moved = self.moved.iter().copied().chain(std::iter::repeat(0));
        self.now
            .iter()
            .zip(moved)
            .map(|(now, moved)| u64::from(*now) + moved)
    }

    fn add_all(&mut self, other: &Self) {
        self.moved.resize(self.now.len(), 0);
        for (count, more) in self.moved.iter_mut().zip(other.by_level()) {
            *count += more;
        }
        for (count, more) in self.ties.iter_mut().zip(&other.ties) {
            *count += more;
        }
    }
}

/// One that never spreads, and one that always does.
#[cfg(test)]
pub(super) fn both_ways(genuine: &[f32]) -> [Counter; 2] {
    [usize::MAX, 0].map(|many| Counter::spreading_from(genuine, many).unwrap())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One score far from the rest leaves the rest in one slot and one range; counts that had to make room are not
    /// lost, nor are those put aside.
    #[test]
    fn crowded_slots_and_moved_counts_count_alike() {
        let mut genuine: Vec<f32> = (0..5_000).map(|n| n as f32).collect();
        genuine.push(1e30);
        let impostor: Vec<f32> = (0..50_000).map(|n| n as f32 / 8.0).collect();
        for mut counter in both_ways(&genuine) {
            let mut other = counter.clone();
            counter.feed(&impostor[..1_000]);
            counter.settle();
            counter.counts.make_room();
            counter.feed(&impostor[1_000..30_000]);
            counter.counts.make_room();
            other.feed(&impostor[30_000..]);
            counter.add(other);
            let curve = counter.det().unwrap();
            for (number, step) in curve.steps.iter().enumerate().take(5_000) {
                assert_eq!(step.at_threshold, 50_000 - 8 * number as u64);
            }
            assert_eq!(curve.steps[5_000].above_previous, 50_000 - 8 * 4_999 - 1);
            assert_eq!(curve.steps[5_001].above_previous, 0);
        }
    }

    /// Ranges that fill many times over, fed in pieces of odd lengths, beside sorting; many equals among them.
    #[test]
    fn many_scores_over_many_ranges_are_counted_once() {
        let score = |n: u32| (n.wrapping_mul(2_654_435_761) >> 12) as f32 / 1e4;
        let genuine: Vec<f32> = (0..20_000).map(|n| score(n * 3) + 20.0).collect();
        let mut impostor: Vec<f32> = (0..600_000).map(score).collect();
        let mut counter = Counter::new(&genuine).unwrap();
        assert!(counter.spread.is_some());
        let mut other = counter.clone();
        for (number, piece) in impostor.chunks(70_001).enumerate() {
            if number % 2 == 0 {
                counter.feed(piece);
            } else {
                other.feed(piece);
            }
        }
        counter.add(other);
        impostor.sort_unstable_by(f32::total_cmp);
        let at_least = |threshold: f32| {
            (impostor.len() - impostor.partition_point(|score| *score < threshold)) as u64
        };
        let mut previous = f32::NEG_INFINITY;
        for step in counter.det().unwrap().steps {
            assert_eq!(step.at_threshold, at_least(step.threshold));
            assert_eq!(step.above_previous, at_least(previous.next_up()));
            previous = step.threshold;
        }
    }

    #[test]
    fn one_class_alone_is_refused() {
        assert!(Counter::new(&[]).is_err());
        assert!(Counter::new(&[1.0]).unwrap().det().is_err());
    }

    #[test]
    #[should_panic(expected = "counters of other genuine scores")]
    fn counters_of_other_scores_are_not_added() {
        Counter::new(&[1.0])
            .unwrap()
            .add(Counter::new(&[2.0]).unwrap());
    }
}
