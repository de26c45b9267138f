//! Planning: how many trials, of how many subjects, and what a plan does to good and bad devices.
//!
//! All for independent trials judged by the Clopper–Pearson upper bound; clusters enlarge the plan by the design effect
//! 1 + (m − 1)·ICC (Kish 1965), since no plan can count on independence.

use crate::{Unusable, binomial, sample_size, share};

/// A planned test of a rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Independent trials.
    pub trials: u64,
    /// Most errors with which the limit is still shown.
    pub errors_allowed: u64,
    /// Chance that a device of the assumed rate passes.
    pub power: f64,
}

/// Most errors among `trials` whose upper bound is within the limit; `None` when not even 0 errors show it.
///
/// # Errors
/// Shares outside (0, 1).
pub fn errors_allowed(limit: f64, confidence: f64, trials: u64) -> Result<Option<u64>, Unusable> {
    let limit = share(limit, "limit")?;
    let risk = (1.0 - share(confidence, "confidence")?) * (1.0 + 1e-12);
    // The bound is within the limit exactly when so few errors would be rarer than the risk at the limit.
    let shown = |k: u64| Ok::<_, Unusable>(k < trials && binomial::cdf(k, trials, limit)? <= risk);
    if trials == 0 || !shown(0)? {
        return Ok(None);
    }
    let (mut yes, mut no) = (0, trials);
    while no - yes > 1 {
        let middle = u64::midpoint(yes, no);
        if shown(middle)? {
            yes = middle;
        } else {
            no = middle;
        }
    }
    Ok(Some(yes))
}

/// Chance that a device with this true rate is shown to be within the limit by so many trials.
///
/// # Errors
/// Shares outside (0, 1).
pub fn pass_probability(
    limit: f64,
    confidence: f64,
    trials: u64,
    true_rate: f64,
) -> Result<f64, Unusable> {
    match errors_allowed(limit, confidence, trials)? {
        Some(allowed) => binomial::cdf(allowed, trials, true_rate),
        None => Ok(0.0),
    }
}

/// The operating characteristic: (true rate, chance to pass).
///
/// # Errors
/// As [`pass_probability`].
pub fn operating_characteristic(
    limit: f64,
    confidence: f64,
    trials: u64,
    rates: &[f64],
) -> Result<Vec<(f64, f64)>, Unusable> {
    rates
        .iter()
        .map(|rate| Ok((*rate, pass_probability(limit, confidence, trials, *rate)?)))
        .collect()
}

/// The smallest plan with which a device of the assumed rate passes with at least `power`.
///
/// Power is a saw: it jumps where one more error is allowed and falls until the next jump. The plan sits on a jump,
/// so a few trials more may have a little less power; the next jump has more again.
///
/// # Errors
/// Shares outside (0, 1); an assumed rate at or above the limit, which no sample can tell apart from it.
pub fn planned(limit: f64, confidence: f64, assumed: f64, power: f64) -> Result<Plan, Unusable> {
    let (limit, assumed) = (share(limit, "limit")?, share(assumed, "assumed rate")?);
    let power = share(power, "power")?;
    if assumed >= limit {
        return Err(Unusable::Unreachable(sample_size::LARGEST));
    }
    let at = |errors: u64| -> Result<Plan, Unusable> {
        let trials = sample_size::for_share(1.0 - limit, confidence, errors)?;
        let power = binomial::cdf(errors, trials, assumed)?;
        Ok(Plan {
            trials,
            errors_allowed: errors,
            power,
        })
    };
    // Along the jumps power rises but for a wobble of neighbours: double, halve, then look back a little.
    let mut high = 1;
    while at(high)?.power < power {
        high *= 2;
    }
    let mut low = 0;
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if at(middle)?.power >= power {
            high = middle;
        } else {
            low = middle;
        }
    }
    for errors in high.saturating_sub(4)..=high {
        let plan = at(errors)?;
        if plan.power >= power {
            return Ok(plan);
        }
    }
    at(high)
}

/// Trials and subjects when each subject gives `per_subject` trials that hang together with this intra-class correlation;
/// one that is not a number counts as 1, the worst.
pub fn with_clusters(independent: u64, per_subject: u64, icc: f64) -> (u64, u64) {
    let per_subject = per_subject.max(1);
    let icc = if icc.is_nan() {
        1.0
    } else {
        icc.clamp(0.0, 1.0)
    };
    let effect = 1.0 + (per_subject - 1) as f64 * icc;
    let subjects = (independent as f64 * effect / per_subject as f64).ceil() as u64;
    (subjects * per_subject, subjects)
}

/// Fewest subjects whose pairs (each pair once) are at least so many comparisons: BSI TR-03166 takes √(2K).
pub fn subjects_for_pairs(comparisons: u64) -> u64 {
    let mut subjects = ((2.0 * comparisons as f64).sqrt() as u64).max(2);
    while subjects * (subjects - 1) / 2 < comparisons {
        subjects += 1;
    }
    subjects
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The facts' table: 95 % chance to pass at half the limit, 22 errors allowed.
    #[test]
    fn plans_at_half_the_limit_are_as_tabled() {
        for (limit, trials) in [(1e-4, 314_144), (0.006, 5_232), (0.01, 3_137)] {
            let plan = planned(limit, 0.95, limit / 2.0, 0.95).unwrap();
            assert_eq!((plan.trials, plan.errors_allowed), (trials, 22), "{limit}");
            assert!(plan.power >= 0.95);
        }
        assert!(planned(0.006, 0.95, 0.006, 0.9).is_err());
    }

    /// SciPy 1.17.1: `binom.cdf(22, 5232, .003)`, and what a device at the limit may hope for.
    #[test]
    fn a_device_at_the_limit_passes_no_more_often_than_the_risk() {
        let curve = operating_characteristic(0.006, 0.95, 5_232, &[0.003, 0.006, 0.012]).unwrap();
        assert!((curve[0].1 - ORACLE_PBINOM).abs() < 1e-9, "{}", curve[0].1);
        assert!(curve[1].1 <= 0.05 && curve[2].1 < 1e-6);
        assert_eq!(errors_allowed(0.006, 0.95, 497), Ok(None));
        assert_eq!(errors_allowed(0.006, 0.95, 498), Ok(Some(0)));
        assert_eq!(errors_allowed(0.006, 0.95, 1_290), Ok(Some(3)));
    }

    const ORACLE_PBINOM: f64 = 0.950_910_623_449_635_3;

    #[test]
    fn clusters_enlarge_the_plan_and_pairs_need_one_more_than_the_guideline() {
        assert_eq!(with_clusters(1_000, 5, 0.1), (1_400, 280));
        assert_eq!(with_clusters(1_000, 1, 0.9), (1_000, 1_000));
        assert_eq!(subjects_for_pairs(29_956), 246);
    }

    proptest! {
        #[test]
        fn allowed_errors_agree_with_the_bound(n in 1_u64..3_000, limit in 0.001..0.2_f64) {
            let allowed = errors_allowed(limit, 0.95, n).unwrap();
            let shown = |k: u64| binomial::upper(k, n, 0.95).unwrap() <= limit * (1.0 + 1e-9);
            match allowed {
                Some(k) => prop_assert!(shown(k) && !shown(k + 1)),
                None => prop_assert!(!shown(0)),
            }
        }
    }
}
