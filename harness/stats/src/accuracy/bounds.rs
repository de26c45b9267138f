//! How sure an error rate is: every bound that the report shows, and the one that decides.
//!
//! Comparisons of one subject hang together. Counting them as independent passes bad devices, and so does the subject
//! bootstrap alone (coverage 0.83 … 0.93 of a nominal 0.95, `facts/STATISTICS.md`). What decides is the larger of
//! Clopper–Pearson on counts deflated by the design effect and of the bootstrap.

use crate::{Unusable, binomial, interval};

/// Upper bounds of one error rate, one-sided, all at one confidence.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Uppers {
    /// Clopper–Pearson on plain counts: too low where subjects cluster.
    pub independent: f64,
    /// Clopper–Pearson on counts deflated by the design effect.
    pub deflated: f64,
    /// Percentile of the subject bootstrap.
    pub bootstrap: f64,
    /// Wilson score, for comparison with other tools.
    pub wilson: f64,
    /// Jeffreys, for comparison with other tools.
    pub jeffreys: f64,
}

impl Uppers {
    /// The bound that decides.
    pub fn deciding(&self) -> f64 {
        self.independent.max(self.deflated).max(self.bootstrap)
    }
}

/// All upper bounds of `errors` in `trials`; the design effect and bootstrap percentile come from the caller.
///
/// # Errors
/// Senseless counts; confidence outside (0, 1).
pub fn uppers(
    errors: u64,
    trials: u64,
    design_effect: f64,
    bootstrap: f64,
    confidence: f64,
) -> Result<Uppers, Unusable> {
    Ok(Uppers {
        independent: binomial::upper(errors, trials, confidence)?,
        deflated: deflated_upper(errors, trials, design_effect, confidence)?,
        bootstrap,
        wilson: interval::wilson_upper(errors, trials, confidence)?,
        jeffreys: interval::jeffreys_upper(errors, trials, confidence)?,
    })
}

/// Clopper–Pearson upper bound on counts divided by the design effect (at least 1): Korn and Graubard 1998.
///
/// # Errors
/// As [`uppers`].
pub fn deflated_upper(
    errors: u64,
    trials: u64,
    design_effect: f64,
    confidence: f64,
) -> Result<f64, Unusable> {
    let effect = if design_effect.is_finite() {
        design_effect.max(1.0)
    } else {
        1.0
    };
    binomial::upper_of_parts(errors as f64 / effect, trials as f64 / effect, confidence)
}

/// Lower counterpart: what surely exceeds a limit.
///
/// # Errors
/// As [`uppers`].
pub fn deflated_lower(
    errors: u64,
    trials: u64,
    design_effect: f64,
    confidence: f64,
) -> Result<f64, Unusable> {
    Ok(1.0
        - deflated_upper(
            trials.saturating_sub(errors),
            trials,
            design_effect,
            confidence,
        )?)
}

/// Design effect of clustered errors: variance of the rate by subjects (ratio estimator, Cochran 1977, 6.3) over the
/// variance that independent trials would have. 1 where it cannot be told: no error, one subject.
///
/// `subjects`: (errors, trials) of each; those without trials count for nothing.
pub fn design_effect(subjects: &[(u64, u64)]) -> f64 {
    let used: Vec<_> = subjects.iter().filter(|(_, trials)| *trials > 0).collect();
    let trials: u64 = used.iter().map(|(_, n)| n).sum();
    let errors: u64 = used.iter().map(|(k, _)| k).sum();
    if used.len() < 2 || errors == 0 || errors == trials {
        return 1.0;
    }
    let (count, total) = (used.len() as f64, trials as f64);
    let rate = errors as f64 / total;
    let squares: f64 = used
        .iter()
        .map(|(k, n)| (*k as f64 - rate * *n as f64).powi(2))
        .sum();
    let clustered = squares * count / (count - 1.0) / (total * total);
    (clustered / (rate * (1.0 - rate) / total)).max(1.0)
}

/// Design effect of an assumed intra-class correlation: 1 + (m − 1)·ICC with the mean cluster that a trial is in (Kish).
pub fn assumed_effect(subjects: &[(u64, u64)], icc: f64) -> f64 {
    let trials: u64 = subjects.iter().map(|(_, n)| n).sum();
    let squares: u64 = subjects.iter().map(|(_, n)| n * n).sum();
    if trials == 0 {
        return 1.0;
    }
    1.0 + (squares as f64 / trials as f64 - 1.0).max(0.0) * icc.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: ten subjects of five trials, one of them wrong all five times: clusters of five count once each, but
    /// for the subject's own share (10/9). Independent single errors have no effect.
    #[test]
    fn clusters_deflate_and_single_errors_do_not() {
        let mut subjects = vec![(0, 5); 10];
        subjects[3] = (5, 5);
        assert!((design_effect(&subjects) - 5.0 * 10.0 / 9.0).abs() < 1e-12);
        assert!((design_effect(&[(0, 5), (0, 5)]) - 1.0).abs() < 1e-15);
        assert!((design_effect(&[(1, 5), (1, 5), (1, 5)]) - 1.0).abs() < 1e-15);
        assert!((design_effect(&[(3, 5), (0, 0)]) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn assumed_clusters_count_as_their_mean_size_weighed_by_trials() {
        assert!((assumed_effect(&[(0, 5), (0, 5)], 0.1) - 1.4).abs() < 1e-15);
        assert!((assumed_effect(&[(0, 1), (0, 3)], 1.0) - 2.5).abs() < 1e-15);
        assert!((assumed_effect(&[], 0.5) - 1.0).abs() < 1e-15);
    }

    /// SciPy 1.17.1: `beta.ppf(.95, 6/2 + 1, 1000/2 - 6/2)`, and Clopper–Pearson for effect 1.
    #[test]
    fn deflated_bounds_agree_with_scipy() {
        let plain = deflated_upper(6, 1_000, 1.0, 0.95).unwrap();
        assert!((plain - 0.011_807_823_003_8).abs() < 1e-12);
        assert!((deflated_upper(6, 1_000, 0.3, 0.95).unwrap() - plain).abs() < 1e-15);
        let halved = deflated_upper(6, 1_000, 2.0, 0.95).unwrap();
        assert!((halved - SCIPY_HALVED).abs() < 1e-9, "{halved}");
        assert!(deflated_lower(6, 1_000, 2.0, 0.95).unwrap() < 0.006);
    }

    const SCIPY_HALVED: f64 = 0.015_433_734_876_752_685;
}
