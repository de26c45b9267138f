//! Accuracy of 1:1 comparison: thresholds, error rates and curves, exact from scores.
//!
//! Scores are similarities: higher is more alike (readers of distances negate them first). A comparison is a match
//! when its score is **at least** the threshold. Terms of ISO/IEC 19795-1: FMR and FNMR count comparisons, FAR and
//! FRR transactions; both kinds of failure to acquire are counted apart. No file is read here; `scores` does that.
//! Called by `shinsa stats`, by `shinsa-model` for technology evaluations and by the report's curves.

pub mod bootstrap;
pub mod bounds;
pub mod det;
pub mod strata;
pub mod tail;
pub mod transaction;

pub use det::Det;
pub use tail::{Entry, Tail};

use crate::Unusable;

/// Errors at one threshold.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Rates {
    /// Lowest score that is a match.
    pub threshold: f32,
    /// Impostor comparisons at or above it.
    pub false_matches: u64,
    /// All impostor comparisons.
    pub impostors: u64,
    /// Genuine comparisons below it.
    pub false_non_matches: u64,
    /// All genuine comparisons.
    pub genuine: u64,
}

impl Rates {
    /// False match rate, 0 … 1.
    pub fn fmr(&self) -> f64 {
        self.false_matches as f64 / self.impostors as f64
    }

    /// False non-match rate, 0 … 1.
    pub fn fnmr(&self) -> f64 {
        self.false_non_matches as f64 / self.genuine as f64
    }
}

/// False matches that a target rate allows among so many impostor comparisons: never more than the target.
///
/// # Errors
/// Target outside (0, 1); fewer comparisons than `1 / target`: such a rate cannot be seen among them, and is
/// never extrapolated.
pub fn allowed(target_fmr: f64, impostors: u64) -> Result<u64, Unusable> {
    let target = crate::share(target_fmr, "false match rate")?;
    let exact = target * impostors as f64;
    // 1e-4 · 30,000 is 3.0000000000000004 or 2.9999999999999996 by luck; within rounding it is 3.
    let whole = exact.round();
    let allowed = if (exact - whole).abs() <= whole * 1e-12 {
        whole
    } else {
        exact.floor()
    } as u64;
    if allowed == 0 {
        return Err(Unusable::TooFew {
            needed: (1.0 / target * (1.0 - 1e-12)).ceil() as u64,
            has: impostors,
        });
    }
    Ok(allowed)
}

/// Errors at the lowest threshold whose false match rate is at most the target.
///
/// Ties are handled the conservative way: where equal impostor scores straddle the allowed count all of them are
/// rejected, so the rate stays at or below the target. One pass over the impostors that keeps only the tail.
///
/// # Errors
/// As [`allowed`]; no genuine comparison. Scores must be finite (see `scores`).
pub fn at_fmr(genuine: &[f32], impostor: &[f32], target_fmr: f64) -> Result<Rates, Unusable> {
    if genuine.is_empty() {
        return Err(Unusable::TooFew { needed: 1, has: 0 });
    }
    let allowed = allowed(target_fmr, impostor.len() as u64)?;
    let mut tail = Tail::keeping(allowed as usize + 1);
    tail.feed(impostor, |_| (0, 0));
    let tail = tail.sorted();
    let threshold = tail.threshold(allowed);
    Ok(Rates {
        threshold,
        // All that match are in the tail, which holds at least one score more.
        false_matches: tail.0.partition_point(|entry| entry.score >= threshold) as u64,
        impostors: impostor.len() as u64,
        false_non_matches: genuine.len() as u64 - tail::count_at_least(genuine, threshold),
        genuine: genuine.len() as u64,
    })
}

/// Errors at a given threshold.
pub fn at_threshold(genuine: &[f32], impostor: &[f32], threshold: f32) -> Rates {
    Rates {
        threshold,
        false_matches: tail::count_at_least(impostor, threshold),
        impostors: impostor.len() as u64,
        false_non_matches: genuine.len() as u64 - tail::count_at_least(genuine, threshold),
        genuine: genuine.len() as u64,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GENUINE: [f32; 6] = [0.55, 0.85, 0.95, 1.0, 1.2, 0.95];
    const IMPOSTOR: [f32; 10] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

    /// Number 20 of the oracle list: FMR at most 0/.1/.2/.5 → 5/2/1/0 of 6 false non-matches. FMR 0 is asked of
    /// the threshold itself, because no sample resolves a rate of nought.
    #[test]
    fn toy_scores_agree_with_the_oracle() {
        for (target, errors) in [(0.1, 2), (0.2, 1), (0.5, 0)] {
            let rates = at_fmr(&GENUINE, &IMPOSTOR, target).unwrap();
            assert_eq!(rates.false_non_matches, errors, "{target}");
            assert!(rates.fmr() <= target);
        }
        let above_all = at_threshold(&GENUINE, &IMPOSTOR, 1.0_f32.next_up());
        assert_eq!(
            (above_all.false_matches, above_all.false_non_matches),
            (0, 5)
        );
    }

    #[test]
    fn rates_that_cannot_be_seen_are_refused_with_the_number_needed() {
        let impostors = vec![0.5; 9_999];
        assert_eq!(
            at_fmr(&[1.0], &impostors, 1e-4),
            Err(Unusable::TooFew {
                needed: 10_000,
                has: 9_999
            })
        );
        assert!(at_fmr(&[], &impostors, 0.1).is_err());
        assert!(at_fmr(&[1.0], &impostors, 0.0).is_err());
        assert_eq!(allowed(1e-4, 30_000), Ok(3));
        assert_eq!(allowed(0.1, 10), Ok(1));
    }

    #[test]
    fn ties_at_the_threshold_and_constant_scores_are_rejected_together() {
        let rates = at_fmr(&[0.5, 0.6], &[0.5; 100], 0.1).unwrap();
        assert_eq!((rates.false_matches, rates.false_non_matches), (0, 1));
    }

    proptest! {
        /// By the definition: sort, try every score. Values from few levels make ties common.
        #[test]
        fn the_tail_agrees_with_a_full_sort(
            genuine in prop::collection::vec(0_u8..40, 1..60),
            impostor in prop::collection::vec(0_u8..30, 10..400),
            target in 0.1..0.9_f64,
        ) {
            let float = |list: Vec<u8>| list.into_iter().map(f32::from).collect::<Vec<_>>();
            let (genuine, impostor) = (float(genuine), float(impostor));
            let rates = at_fmr(&genuine, &impostor, target).unwrap();
            let share = |t: f32| impostor.iter().filter(|v| **v >= t).count() as f64 / impostor.len() as f64;
            prop_assert!(share(rates.threshold) <= target + 1e-12);
            prop_assert!(share(rates.threshold.next_down()) > target - 1e-12);
            prop_assert!((rates.fmr() - share(rates.threshold)).abs() < 1e-15);
            prop_assert_eq!(rates.false_non_matches, genuine.iter().filter(|v| **v < rates.threshold).count() as u64);
        }
    }
}
