//! The whole detection error trade-off, exact: how FNMR and FMR move against each other over all thresholds.
//! (ISO/IEC 19795-1: DET plots FNMR against FMR; a ROC plots 1 − FNMR.)
//!
//! The curve and what is read off it; [`Counter`] makes it from scores. No bounds here (`bounds`, `bootstrap`). Called by
//! `study`, by `shinsa stats` for files that are not held whole, and by the benches.

mod counter;
mod levels;
mod scale;
mod spread;

pub use counter::Counter;

use super::Rates;

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
        let [straight, spread] = counter::both_ways(genuine).map(|mut counter| {
            counter.feed(impostor);
            counter.det().unwrap()
        });
        assert_eq!(straight, spread);
        spread
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
