//! How many trials are enough: planned before the run, and quoted where a verdict stays open.

use crate::{Unusable, binomial, share};

/// Search limit: beyond it a rig would run for years.
pub const LARGEST: u64 = 1 << 40;

/// Smallest number of independent trials with which a conforming share of at least `required` is shown at one-sided
/// `confidence` although `violations` trials do not conform (0 violations: a success run).
///
/// Serves percentiles too: “90 % of transactions within the limit” is a conforming share of 0.9.
///
/// # Errors
/// Shares outside (0, 1); no number up to [`LARGEST`] suffices.
pub fn for_share(required: f64, confidence: f64, violations: u64) -> Result<u64, Unusable> {
    let tolerated = 1.0 - share(required, "required share")?;
    let risk = 1.0 - share(confidence, "confidence")?;
    if tolerated <= 0.0 || risk <= 0.0 {
        return Err(Unusable::Unreachable(LARGEST));
    }
    // At the boundary of conformity so few violations must be rarer than the risk.
    // 1 − 0.95 is a little more than 0.05 in doubles; equality within rounding counts as enough.
    let enough = |n: u64| -> Result<bool, Unusable> {
        Ok(n > violations && binomial::cdf(violations, n, tolerated)? <= risk * (1.0 + 1e-12))
    };
    let mut high = violations.saturating_add(1);
    while !enough(high)? {
        high = high.saturating_mul(2);
        if high > LARGEST {
            return Err(Unusable::Unreachable(LARGEST));
        }
    }
    let mut low = high / 2;
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if enough(middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(high)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Number 13 of the oracle list: success run at 95 %.
    #[test]
    fn success_runs_are_as_tabled() {
        for (required, n) in [
            (0.95, 59),
            (0.99, 299),
            (0.994, 498),
            (0.999, 2_995),
            (0.9999, 29_956),
        ] {
            assert_eq!(for_share(required, 0.95, 0), Ok(n));
        }
        assert_eq!(for_share(0.9, 0.95, 0), Ok(29));
    }

    /// The sample size table of the facts: columns FMR 1e-4, FNMR 0.6 %, OCR 99 %, p95; confidence 95 % (80 %).
    #[test]
    fn violations_cost_as_tabled() {
        for (k, required, n95, n80) in [
            (1, 0.9999, 47_437, 29_943),
            (3, 0.994, 1_290, 918),
            (10, 0.99, 1_693, 1_364),
            (30, 0.95, 809, 709),
            (30, 0.9999, 406_900, 355_624),
        ] {
            assert_eq!(for_share(required, 0.95, k), Ok(n95));
            assert_eq!(for_share(required, 0.80, k), Ok(n80));
        }
    }

    #[test]
    fn the_impossible_is_refused() {
        assert!(for_share(1.0, 0.95, 0).is_err() && for_share(0.9, 0.0, 0).is_err());
        assert_eq!(
            for_share(0.9, 0.95, u64::MAX),
            Err(Unusable::Unreachable(LARGEST))
        );
        assert!(for_share(1.0 - 1e-16, 0.95, 0).is_err());
    }

    proptest! {
        #[test]
        fn the_number_is_enough_and_one_less_is_not(required in 0.5..0.999_f64, c in 0.6..0.99_f64, k in 0_u64..20) {
            let n = for_share(required, c, k).unwrap();
            prop_assert!(binomial::lower(n - k, n, c).unwrap() >= required - 1e-9);
            prop_assert!(n - 1 == k || binomial::lower(n - 1 - k, n - 1, c).unwrap() < required + 1e-9);
        }
    }
}
