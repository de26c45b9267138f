//! Bounds of a percentile by order statistics: no assumption about the distribution but independence.

use crate::{Unusable, binomial, share};

/// Rank (1 … n) of the smallest order statistic that is an upper bound of the `level` quantile at `confidence`;
/// `None` where even the largest of `n` values is not.
///
/// # Errors
/// Level or confidence outside (0, 1).
pub fn upper_rank(n: u64, level: f64, confidence: f64) -> Result<Option<u64>, Unusable> {
    let confidence = share(confidence, "confidence")?;
    // X(r) ≥ quantile unless at least r values lie below it: P = P(Bin(n, level) ≤ r − 1).
    let covers = |rank: u64| -> Result<bool, Unusable> {
        // rank − 1 < n, so `cdf` does not short-cut to 1.
        Ok(binomial::cdf(rank - 1, n, level)? >= confidence)
    };
    share(level, "level")?;
    if n == 0 || !covers(n)? {
        return Ok(None);
    }
    let (mut low, mut high) = (1, n);
    while low < high {
        let middle = u64::midpoint(low, high);
        if covers(middle)? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(Some(low))
}

/// Rank of the largest order statistic that is a lower bound of the `level` quantile at `confidence`.
///
/// # Errors
/// As [`upper_rank`].
pub fn lower_rank(n: u64, level: f64, confidence: f64) -> Result<Option<u64>, Unusable> {
    // The mirror image: a lower bound of the p quantile of x is minus an upper bound of the 1 − p quantile of −x.
    Ok(upper_rank(n, 1.0 - share(level, "level")?, confidence)?.map(|rank| n + 1 - rank))
}

/// Rank of the sample's own `level` quantile (inverse of the empirical distribution; R type 1).
///
/// # Errors
/// No values, level outside (0, 1).
pub fn estimate_rank(n: u64, level: f64) -> Result<u64, Unusable> {
    let level = share(level, "level")?;
    if n == 0 {
        return Err(Unusable::TooFew { needed: 1, has: 0 });
    }
    // 0.95 * 20 is 19.000000000000004 in doubles: a rank must not jump for that.
    Ok(((n as f64 * level - 1e-9).ceil() as u64).clamp(1, n))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Success run, number 13 of the oracle list: 59 values bound the 95 % quantile at 95 %, 58 do not; 299 the 99 %.
    #[test]
    fn the_largest_of_59_bounds_the_95_percentile() {
        assert_eq!(upper_rank(58, 0.95, 0.95), Ok(None));
        assert_eq!(upper_rank(59, 0.95, 0.95), Ok(Some(59)));
        assert_eq!(upper_rank(298, 0.99, 0.95), Ok(None));
        assert_eq!(upper_rank(299, 0.99, 0.95), Ok(Some(299)));
        // One violation allowed: 93 (sample size table).
        assert_eq!(upper_rank(93, 0.95, 0.95), Ok(Some(92)));
        assert_eq!(upper_rank(92, 0.95, 0.95), Ok(Some(92)));
    }

    #[test]
    fn ranks_of_nothing_and_of_few() {
        assert_eq!(upper_rank(0, 0.9, 0.95), Ok(None));
        assert_eq!(lower_rank(1, 0.9, 0.95), Ok(None));
        assert_eq!(estimate_rank(20, 0.95), Ok(19));
        assert!(estimate_rank(0, 0.95).is_err() && upper_rank(5, 1.0, 0.95).is_err());
    }

    proptest! {
        #[test]
        fn ranks_cover_as_promised(n in 1_u64..2_000, level in 0.01..0.99_f64, c in 0.6..0.999_f64) {
            if let Some(rank) = upper_rank(n, level, c).unwrap() {
                prop_assert!(binomial::cdf(rank - 1, n, level).unwrap() >= c);
                prop_assert!(rank == 1 || binomial::cdf(rank - 2, n, level).unwrap() < c);
                if let Some(low) = lower_rank(n, level, c).unwrap() {
                    prop_assert!(low <= rank);
                }
            }
        }
    }
}
