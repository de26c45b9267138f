//! Subject-level bootstrap of FNMR at a fixed FMR, the threshold estimated anew in every replicate.
//!
//! Subjects are drawn with replacement, then each drawn subject's genuine attempts (FIDO Biometric Requirements, test
//! procedure); an impostor comparison weighs as often as **both** its subjects were drawn (two-way: Schuckers 2010,
//! ch. 4, and Owen 2007 on pigeonhole bootstraps), which one-sided resampling understates. Only the tail of the
//! impostor scores is walked: presorted once, weighed per replicate. Same seed, same replicates, on any number of threads.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::tail::Sorted;
use crate::Unusable;

/// How much longer than its expected use the tail must be; see [`tail_needed`].
const TAIL_RESERVE: u64 = 8;

/// What the replicates need, prepared once.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Number of subjects; indices of subjects are below it.
    pub subjects: u32,
    /// Genuine comparisons: (score, subject).
    pub genuine: Vec<(f32, u32)>,
    /// Highest impostor scores, at least [`tail_needed`] where there are so many.
    pub tail: Sorted,
    /// All impostor comparisons, how they spread over pairs of subjects.
    pub pairs: Pairs,
    /// False match rate to re-threshold at.
    pub target_fmr: f64,
}

/// Impostor comparisons by pairs of subjects.
#[derive(Debug, Clone)]
pub enum Pairs {
    /// Every ordered pair of different subjects was compared so many times.
    Complete(u64),
    /// Counted one by one: (reference, probe, comparisons).
    Listed(Vec<(u32, u32, u32)>),
}

/// One replicate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Replicate {
    /// False non-match rate at the replicate's own threshold.
    pub fnmr: f64,
    /// Its threshold.
    pub threshold: f32,
    /// False match rate at the sample's threshold (not re-thresholded).
    pub fmr_at_sample_threshold: f64,
}

/// Length of the tail that a bootstrap at this rate walks with room to spare.
pub fn tail_needed(target_fmr: f64, impostors: u64) -> usize {
    ((target_fmr * impostors as f64).ceil() as u64)
        .saturating_mul(TAIL_RESERVE)
        .max(64)
        .min(impostors) as usize
}

/// `count` replicates of a sample, in the order of their numbers.
///
/// # Errors
/// Fewer than two subjects, no genuine comparison, or a rate the sample cannot resolve.
pub fn replicates(
    sample: &Sample,
    sample_threshold: f32,
    count: u32,
    seed: u64,
    threads: usize,
) -> Result<Vec<Replicate>, Unusable> {
    if sample.subjects < 2 || sample.genuine.is_empty() {
        return Err(Unusable::TooFew {
            needed: 2,
            has: u64::from(sample.subjects),
        });
    }
    let walk = Walk::new(sample, sample_threshold);
    let threads = threads.clamp(1, 64) as u32;
    let share = count.div_ceil(threads);
    Ok(std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                let walk = &walk;
                let numbers = (worker * share).min(count)..((worker + 1) * share).min(count);
                scope.spawn(move || {
                    let mut room = Room::new(sample);
                    numbers
                        .map(|number| walk.replicate(&mut room, seed, number))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("replicates do not panic"))
            .collect()
    }))
}

/// Percentile of replicates' values, the conservative order statistic (next higher one).
pub fn percentile(mut values: Vec<f64>, level: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let rank = (level * values.len() as f64).ceil() as usize;
    values[rank.clamp(1, values.len()) - 1]
}

/// The presorted sample.
struct Walk<'a> {
    sample: &'a Sample,
    sample_threshold: f32,
    /// Genuine scores rising: (score, place of its attempt's weight).
    genuine: Vec<(f32, u32)>,
    /// Attempts of subject n are at `starts[n]..starts[n + 1]`.
    starts: Vec<u32>,
}

/// Working memory of one thread.
struct Room {
    weights: Vec<u32>,
    attempts: Vec<u32>,
}

impl Room {
    fn new(sample: &Sample) -> Self {
        Self {
            weights: vec![0; sample.subjects as usize],
            attempts: vec![0; sample.genuine.len()],
        }
    }
}

impl<'a> Walk<'a> {
    fn new(sample: &'a Sample, sample_threshold: f32) -> Self {
        let mut by_subject: Vec<_> = sample.genuine.clone();
        by_subject.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.total_cmp(&b.0)));
        let starts = (0..=sample.subjects)
            .map(|n| by_subject.partition_point(|(_, subject)| *subject < n) as u32)
            .collect();
        let mut genuine: Vec<_> = by_subject
            .iter()
            .enumerate()
            .map(|(place, (score, _))| (*score, place as u32))
            .collect();
        genuine.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self {
            sample,
            sample_threshold,
            genuine,
            starts,
        }
    }

    fn replicate(&self, room: &mut Room, seed: u64, number: u32) -> Replicate {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(u64::from(number));
        let Room { weights, attempts } = room;
        weights.fill(0);
        attempts.fill(0);
        let mut genuine_weight = 0_u64;
        for _ in 0..self.sample.subjects {
            let subject = rng.random_range(0..self.sample.subjects) as usize;
            weights[subject] += 1;
            let own = self.starts[subject]..self.starts[subject + 1];
            genuine_weight += own.len() as u64;
            for _ in own.clone() {
                attempts[rng.random_range(own.clone()) as usize] += 1;
            }
        }
        let total = self.total_weight(weights);
        let (threshold, fmr) = self.threshold(weights, total);
        let errors: u64 = self
            .genuine
            .iter()
            .take_while(|(score, _)| *score < threshold)
            .map(|(_, place)| u64::from(attempts[*place as usize]))
            .sum();
        Replicate {
            fnmr: if genuine_weight == 0 {
                1.0
            } else {
                errors as f64 / genuine_weight as f64
            },
            threshold,
            fmr_at_sample_threshold: fmr,
        }
    }

    /// Weight of all impostor comparisons.
    fn total_weight(&self, weights: &[u32]) -> u64 {
        match &self.sample.pairs {
            Pairs::Complete(each) => {
                let all: u64 = weights.iter().map(|w| u64::from(*w)).sum();
                let own: u64 = weights.iter().map(|w| u64::from(*w).pow(2)).sum();
                each * (all * all - own)
            }
            Pairs::Listed(list) => list
                .iter()
                .map(|(reference, probe, count)| {
                    u64::from(*count) * pair(weights, *reference, *probe)
                })
                .sum(),
        }
    }

    /// Lowest threshold with weighed FMR ≤ target, equal scores together; and the FMR at the sample's own threshold.
    fn threshold(&self, weights: &[u32], total: u64) -> (f32, f64) {
        let allowed = (self.sample.target_fmr * total as f64 * (1.0 + 1e-12)).floor() as u64;
        let (mut found, mut weight, mut at_sample) = (None, 0_u64, 0_u64);
        for entry in &self.sample.tail.0 {
            if found.is_some() && entry.score < self.sample_threshold {
                break;
            }
            let more = pair(weights, entry.reference, entry.probe);
            weight += more;
            if entry.score >= self.sample_threshold {
                at_sample = weight;
            }
            if found.is_none() && weight > allowed {
                found = Some(entry.score.next_up());
            }
        }
        // A tail that ends before the target is used up gives its lowest score: a threshold that is too high, never too low.
        let lowest = self
            .sample
            .tail
            .0
            .last()
            .map_or(f32::INFINITY, |entry| entry.score);
        let fmr = if total == 0 {
            0.0
        } else {
            at_sample as f64 / total as f64
        };
        (found.unwrap_or(lowest), fmr)
    }
}

fn pair(weights: &[u32], reference: u32, probe: u32) -> u64 {
    u64::from(weights[reference as usize]) * u64::from(weights[probe as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accuracy::Tail;

    /// Scores of a small study from a fixed seed: every pair once, five genuine attempts each.
    fn study(subjects: u32) -> (Sample, Vec<f32>) {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut impostors = Vec::new();
        let mut ids = Vec::new();
        for reference in 0..subjects {
            for probe in (0..subjects).filter(|p| *p != reference) {
                impostors.push(rng.random_range(0..1_000) as f32);
                ids.push((reference, probe));
            }
        }
        let genuine = (0..subjects)
            .flat_map(|s| (0..5).map(move |_| s))
            .map(|s| (rng.random_range(900..1_500) as f32, s))
            .collect();
        let mut tail = Tail::keeping(tail_needed(0.01, impostors.len() as u64));
        tail.feed(&impostors, |n| ids[n]);
        let sample = Sample {
            subjects,
            genuine,
            tail: tail.sorted(),
            pairs: Pairs::Complete(1),
            target_fmr: 0.01,
        };
        (sample, impostors)
    }

    #[test]
    fn replicates_do_not_depend_on_the_number_of_threads_nor_on_how_pairs_are_counted() {
        let (mut sample, _) = study(40);
        let one = replicates(&sample, 980.0, 50, 3, 1).unwrap();
        assert_eq!(one, replicates(&sample, 980.0, 50, 3, 7).unwrap());
        let all = (0..40).flat_map(|r| (0..40).filter(move |p| *p != r).map(move |p| (r, p, 1)));
        sample.pairs = Pairs::Listed(all.collect());
        assert_eq!(one, replicates(&sample, 980.0, 50, 3, 2).unwrap());
        assert_ne!(one, replicates(&sample, 980.0, 50, 4, 2).unwrap());
    }

    /// The naive way, replicate by replicate: expand all weighed scores, sort them, threshold them.
    #[test]
    fn the_walk_agrees_with_expanding_every_score() {
        let (sample, impostors) = study(30);
        let walk = Walk::new(&sample, 980.0);
        let mut room = Room::new(&sample);
        for number in 0..20 {
            let replicate = walk.replicate(&mut room, 9, number);
            let mut expanded = Vec::new();
            let mut place = 0;
            for reference in 0..30 {
                for probe in (0..30).filter(|p| *p != reference) {
                    let times = pair(&room.weights, reference, probe) as usize;
                    expanded.extend(std::iter::repeat_n(impostors[place], times));
                    place += 1;
                }
            }
            let genuine: Vec<f32> = walk
                .genuine
                .iter()
                .flat_map(|(score, at)| {
                    std::iter::repeat_n(*score, room.attempts[*at as usize] as usize)
                })
                .collect();
            let rates = crate::accuracy::at_fmr(&genuine, &expanded, 0.01).unwrap();
            assert!((rates.threshold - replicate.threshold).abs() < f32::EPSILON);
            assert!((rates.fnmr() - replicate.fnmr).abs() < 1e-12);
            let fixed = crate::accuracy::at_threshold(&genuine, &expanded, 980.0);
            assert!((fixed.fmr() - replicate.fmr_at_sample_threshold).abs() < 1e-12);
        }
    }

    #[test]
    fn percentiles_take_the_next_higher_value() {
        let values: Vec<f64> = (1..=1_000).map(f64::from).collect();
        assert!((percentile(values.clone(), 0.95) - 950.0).abs() < f64::EPSILON);
        assert!((percentile(values, 0.9501) - 951.0).abs() < f64::EPSILON);
    }
}
