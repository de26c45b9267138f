//! The whole detection error trade-off, exact, in one pass over any number of impostor scores.
//!
//! FNMR changes only at genuine scores. So it is enough to count, for each pair of neighbouring genuine scores, the
//! impostors between them: memory grows with the genuine comparisons alone, and nothing is sorted but these.
//! (ISO/IEC 19795-1: DET plots FNMR against FMR; a ROC plots 1 − FNMR.)

use super::Rates;
use crate::Unusable;

/// Slots of the lookup table per genuine score: short walks, still in cache.
const SLOTS_PER_SCORE: usize = 2;

/// Scores looked up together: their waits for memory overlap.
const BATCH: usize = 64;

/// A genuine score and the impostors between the one before and this; side by side, because both are touched for each.
#[derive(Debug, Clone, Copy)]
struct Level {
    score: f32,
    count: u32,
}

/// Counts impostors between genuine scores.
#[derive(Debug, Clone)]
pub struct Counter {
    /// Distinct genuine scores, rising, and infinity.
    levels: Vec<Level>,
    /// Genuine scores below each level.
    below: Vec<u64>,
    genuine: u64,
    /// First level that a score of each slot may lie at or below.
    slots: Vec<u32>,
    per_unit: f32,
    /// Impostors by level that do not stand beside it any more; empty while none were moved.
    moved: Vec<u64>,
    /// Impostors whose count stands beside the levels.
    beside: u64,
    /// Impostors equal to each level.
    ties: Vec<u64>,
}

impl Counter {
    /// Prepares the genuine side.
    ///
    /// # Errors
    /// No genuine score; more than 2³² of them.
    pub fn new(genuine: &[f32]) -> Result<Self, Unusable> {
        if genuine.is_empty() || u32::try_from(genuine.len()).is_err() {
            return Err(Unusable::TooFew { needed: 1, has: 0 });
        }
        let mut sorted = genuine.to_vec();
        sorted.sort_unstable_by(f32::total_cmp);
        let (mut levels, mut below) = (Vec::<Level>::new(), Vec::new());
        for (rank, &score) in sorted.iter().enumerate() {
            if levels.last().is_none_or(|level| level.score < score) {
                levels.push(Level { score, count: 0 });
                below.push(rank as u64);
            }
        }
        let (low, high) = (levels[0].score, levels[levels.len() - 1].score);
        let count = (levels.len() * SLOTS_PER_SCORE).next_power_of_two();
        let per_unit = count as f32 / (high - low).max(f32::MIN_POSITIVE);
        let per_unit = if per_unit.is_finite() { per_unit } else { 0.0 };
        let mut slots = vec![0_u32; count + 1];
        let mut filled = 0;
        for (number, level) in levels.iter().enumerate() {
            let slot = slot(level.score, low, per_unit, count);
            // Slots after the previous level's up to this level's start their search here.
            while filled <= slot {
                slots[filled] = number as u32;
                filled += 1;
            }
        }
        slots[filled..].fill(levels.len() as u32);
        let ties = vec![0; levels.len()];
        levels.push(Level {
            score: f32::INFINITY,
            count: 0,
        });
        Ok(Self {
            levels,
            below,
            genuine: genuine.len() as u64,
            slots,
            per_unit,
            moved: Vec::new(),
            beside: 0,
            ties,
        })
    }

    /// Counts finite impostor scores.
    pub fn feed(&mut self, scores: &[f32]) {
        for part in scores.chunks(1 << 30) {
            self.beside += part.len() as u64;
            if self.beside > u64::from(u32::MAX) {
                self.move_counts();
                self.beside = part.len() as u64;
            }
            for batch in part.chunks(BATCH) {
                self.batch(batch);
            }
        }
    }

    fn batch(&mut self, scores: &[f32]) {
        let (low, last) = (self.levels[0].score, self.slots.len() - 1);
        let mut found = [0_u32; BATCH];
        for (found, &score) in found.iter_mut().zip(scores) {
            *found = self.slots[slot(score, low, self.per_unit, last)];
        }
        for (found, &score) in found.iter_mut().zip(scores) {
            *found += u32::from(self.levels[*found as usize].score < score);
        }
        for (&found, &score) in found.iter().zip(scores) {
            let mut found = found as usize;
            if self.levels[found].score < score {
                // A second level in the slot; or a crowd of them, where one score lies far from the rest.
                let slot = slot(score, low, self.per_unit, last);
                let next = self.slots.get(slot + 1);
                let end = next.map_or(self.levels.len() - 1, |next| *next as usize);
                let crowd = &self.levels[found..end];
                found += crowd.partition_point(|level| level.score < score);
            }
            let level = &mut self.levels[found];
            level.count += 1;
            // Never below the score, so equal.
            if level.score <= score {
                self.ties[found] += 1;
            }
        }
    }

    /// Makes room beside the levels.
    fn move_counts(&mut self) {
        self.moved.resize(self.levels.len(), 0);
        for (moved, level) in self.moved.iter_mut().zip(&mut self.levels) {
            *moved += u64::from(level.count);
            level.count = 0;
        }
    }

    /// Impostors by level.
    fn counts(&self) -> impl Iterator<Item = u64> + '_ {
        let moved = self.moved.iter().copied().chain(std::iter::repeat(0));
        let levels = self.levels.iter();
        levels
            .zip(moved)
            .map(|(level, moved)| u64::from(level.count) + moved)
    }

    /// Adds the counts of another counter over the same genuine scores (made by cloning before feeding).
    ///
    /// # Panics
    /// When the genuine scores differ.
    pub fn add(&mut self, other: &Self) {
        assert_eq!(
            self.levels.len(),
            other.levels.len(),
            "counters of other genuine scores"
        );
        self.moved.resize(self.levels.len(), 0);
        for (count, more) in self.moved.iter_mut().zip(other.counts()) {
            *count += more;
        }
        for (count, more) in self.ties.iter_mut().zip(&other.ties) {
            *count += more;
        }
    }

    /// The curve.
    ///
    /// # Errors
    /// No impostor was fed.
    pub fn det(&self) -> Result<Det, Unusable> {
        let impostors: u64 = self.counts().sum();
        if impostors == 0 {
            return Err(Unusable::TooFew { needed: 1, has: 0 });
        }
        let mut at_least = impostors;
        let mut steps = Vec::with_capacity(self.levels.len());
        let ties = self.ties.iter().chain([&0]);
        let below = self.below.iter().chain([&self.genuine]);
        for (((level, count), ties), below) in
            self.levels.iter().zip(self.counts()).zip(ties).zip(below)
        {
            steps.push(Step {
                threshold: level.score,
                above_previous: at_least,
                at_threshold: at_least - count + ties,
                false_non_matches: *below,
            });
            at_least -= count;
        }
        Ok(Det {
            steps,
            impostors,
            genuine: self.genuine,
        })
    }
}

fn slot(score: f32, low: f32, per_unit: f32, last: usize) -> usize {
    (((score - low) * per_unit) as usize).min(last)
}

/// One level of FNMR: the thresholds in (previous threshold, `threshold`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Highest threshold of this level; the last step has none (infinite).
    pub threshold: f32,
    /// Impostors above the previous step's threshold: the false matches just after it.
    pub above_previous: u64,
    /// False matches at `threshold` itself.
    pub at_threshold: u64,
    /// Genuine comparisons below every threshold of this step.
    pub false_non_matches: u64,
}

/// The exact curve: FNMR is constant on each step, FMR falls along it from `above_previous`.
#[derive(Debug, Clone, PartialEq)]
pub struct Det {
    /// Rising thresholds.
    pub steps: Vec<Step>,
    /// Impostor comparisons.
    pub impostors: u64,
    /// Genuine comparisons.
    pub genuine: u64,
}

impl Det {
    /// Points (FMR, FNMR) at the left end of each step, where the staircase turns.
    pub fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.steps.iter().map(|step| {
            (
                step.above_previous as f64 / self.impostors as f64,
                step.false_non_matches as f64 / self.genuine as f64,
            )
        })
    }

    /// Equal error rate: where the staircases cross. Where FMR falls across FNMR along a step, that step's FNMR; where
    /// FNMR jumps across FMR between two steps, the FMR there; where both jump at tied scores, on the line between.
    pub fn equal_error_rate(&self) -> f64 {
        let share = |step: &Step| step.false_non_matches as f64 / self.genuine as f64;
        let impostors = self.impostors as f64;
        for pair in self.steps.windows(2) {
            let (fnmr, next_fnmr) = (share(&pair[0]), share(&pair[1]));
            let before = pair[0].at_threshold as f64 / impostors;
            let after = pair[1].above_previous as f64 / impostors;
            if fnmr >= before {
                return fnmr;
            }
            if next_fnmr >= after {
                let part = (before - fnmr) / ((next_fnmr - fnmr) + (before - after));
                return fnmr + part * (next_fnmr - fnmr);
            }
        }
        1.0
    }

    /// At most `most` points for a plot, evenly spaced in log FMR, each a true point of the curve.
    pub fn thinned(&self, most: usize) -> Vec<(f64, f64)> {
        let floor = 0.5 / self.impostors as f64;
        let place = |fmr: f64| (fmr.max(floor).ln() / floor.ln() * most as f64) as usize;
        let mut kept: Vec<(f64, f64)> = Vec::new();
        for point in self.points() {
            match kept.last() {
                Some(last) if place(last.0) == place(point.0) && last.1 > 0.0 => {}
                _ => kept.push(point),
            }
        }
        kept
    }

    /// False non-matches at a threshold, from the curve alone.
    pub fn false_non_matches(&self, threshold: f32) -> u64 {
        let step = self
            .steps
            .partition_point(|step| step.threshold < threshold);
        self.steps[step.min(self.steps.len() - 1)].false_non_matches
    }

    /// Errors at a threshold whose false matches are known (from the tail).
    pub fn rates(&self, threshold: f32, false_matches: u64) -> Rates {
        Rates {
            threshold,
            false_matches,
            impostors: self.impostors,
            false_non_matches: self.false_non_matches(threshold),
            genuine: self.genuine,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn det(genuine: &[f32], impostor: &[f32]) -> Det {
        let mut counter = Counter::new(genuine).unwrap();
        counter.feed(impostor);
        counter.det().unwrap()
    }

    /// By hand: perfectly separated scores have EER 0, equal ones 1/2.
    #[test]
    fn equal_error_rates_of_known_sets() {
        assert!(det(&[2.0, 3.0], &[0.0, 1.0]).equal_error_rate() < 1e-15);
        // One of four genuine below one of four impostors: a quarter each.
        let eer = det(&[0.4, 0.6, 0.7, 0.8], &[0.1, 0.2, 0.3, 0.5]).equal_error_rate();
        assert!((eer - 0.25).abs() < 1e-15, "{eer}");
        assert!((det(&[0.5; 4], &[0.5; 7]).equal_error_rate() - 0.5).abs() < 1e-15);
    }

    /// One score far from the rest leaves the rest in one slot; and counts that had to make room are not lost.
    #[test]
    fn crowded_slots_and_moved_counts_count_alike() {
        let mut genuine: Vec<f32> = (0..5_000).map(|n| n as f32).collect();
        genuine.push(1e30);
        let impostor: Vec<f32> = (0..50_000).map(|n| n as f32 / 8.0).collect();
        let mut counter = Counter::new(&genuine).unwrap();
        let mut other = counter.clone();
        counter.feed(&impostor[..1_000]);
        counter.move_counts();
        counter.feed(&impostor[1_000..30_000]);
        other.feed(&impostor[30_000..]);
        counter.add(&other);
        let curve = counter.det().unwrap();
        for (number, step) in curve.steps.iter().enumerate().take(5_000) {
            assert_eq!(step.at_threshold, 50_000 - 8 * number as u64);
        }
        assert_eq!(curve.steps[5_000].above_previous, 50_000 - 8 * 4_999 - 1);
        assert_eq!(curve.steps[5_001].above_previous, 0);
        assert_eq!(curve, det(&genuine, &impostor));
    }

    #[test]
    fn one_class_alone_is_refused() {
        assert!(Counter::new(&[]).is_err());
        assert!(Counter::new(&[1.0]).unwrap().det().is_err());
    }

    proptest! {
        /// Every step against counting by the definition; levels are few, so ties are common.
        #[test]
        fn steps_agree_with_the_definition(
            genuine in prop::collection::vec(-20_i32..40, 1..80),
            impostor in prop::collection::vec(-40_i32..30, 1..200),
        ) {
            let float = |list: Vec<i32>| list.into_iter().map(|v| v as f32 / 7.0).collect::<Vec<_>>();
            let (genuine, impostor) = (float(genuine), float(impostor));
            let det = det(&genuine, &impostor);
            let mut previous = f32::NEG_INFINITY;
            for step in &det.steps {
                let after = impostor.iter().filter(|v| **v > previous).count() as u64;
                prop_assert_eq!(step.above_previous, after);
                let at = impostor.iter().filter(|v| **v >= step.threshold).count() as u64;
                prop_assert_eq!(step.at_threshold, at);
                let below = genuine.iter().filter(|v| **v < step.threshold).count() as u64;
                prop_assert_eq!(step.false_non_matches, below);
                previous = step.threshold;
            }
            for threshold in [-3.0, 0.0, 1.5, 9.0] {
                let below = genuine.iter().filter(|v| **v < threshold).count() as u64;
                prop_assert_eq!(det.false_non_matches(threshold), below);
            }
            // The EER lies between the best of max and the worst of min over all thresholds.
            let both = |t: f32| (
                impostor.iter().filter(|v| **v >= t).count() as f64 / impostor.len() as f64,
                genuine.iter().filter(|v| **v < t).count() as f64 / genuine.len() as f64,
            );
            let thresholds: Vec<f32> = genuine.iter().chain(&impostor).flat_map(|v| [*v, v.next_up()]).collect();
            let best = thresholds.iter().map(|t| both(*t)).map(|(a, b)| a.max(b)).fold(1.0, f64::min);
            let worst = thresholds.iter().map(|t| both(*t)).map(|(a, b)| a.min(b)).fold(0.0, f64::max);
            let eer = det.equal_error_rate();
            prop_assert!(worst - 1e-12 <= eer && eer <= best + 1e-12, "{} {} {}", worst, eer, best);
        }
    }
}
