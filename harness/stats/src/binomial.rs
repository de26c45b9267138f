//! Exact bounds of a proportion (Clopper and Pearson 1934) from the binomial distribution.
//!
//! Assumes independent trials; the caller deflates counts where trials of one subject hang together.

use statrs::function::beta::beta_reg;

use crate::{Unusable, bisect, share};

/// P(X ≤ `events`) for X ~ Binomial(`trials`, `probability`).
///
/// # Errors
/// `probability` outside (0, 1).
pub fn cdf(events: u64, trials: u64, probability: f64) -> Result<f64, Unusable> {
    let p = share(probability, "probability")?;
    Ok(if events >= trials {
        1.0
    } else {
        beta_reg((trials - events) as f64, events as f64 + 1.0, 1.0 - p)
    })
}

/// One-sided upper bound of a proportion at `confidence`.
///
/// # Errors
/// No trials, more events than trials, confidence outside (0, 1).
pub fn upper(events: u64, trials: u64, confidence: f64) -> Result<f64, Unusable> {
    let confidence = share(confidence, "confidence")?;
    counts(events, trials)?;
    if events == trials {
        return Ok(1.0);
    }
    if events == 0 {
        return Ok(-((1.0 - confidence).ln() / trials as f64).exp_m1());
    }
    let (k, n) = (events as f64, trials as f64);
    Ok(bisect::turn(0.0, 1.0, |p| {
        p <= 0.0 || beta_reg(k + 1.0, n - k, p) < confidence
    }))
}

/// One-sided lower bound of a proportion at `confidence`.
///
/// # Errors
/// As [`upper`].
pub fn lower(events: u64, trials: u64, confidence: f64) -> Result<f64, Unusable> {
    counts(events, trials)?;
    Ok(1.0 - upper(trials - events, trials, confidence)?)
}

/// As [`upper`], for counts that were scaled (a design effect): `events` of `trials`, neither need be whole.
///
/// # Errors
/// Not finite or negative; no trials; more events than trials; confidence outside (0, 1).
pub fn upper_of_parts(events: f64, trials: f64, confidence: f64) -> Result<f64, Unusable> {
    let confidence = share(confidence, "confidence")?;
    if !events.is_finite() || !trials.is_finite() || events < 0.0 {
        return Err(Unusable::NotFinite);
    }
    if trials <= 0.0 {
        return Err(Unusable::TooFew { needed: 1, has: 0 });
    }
    if events > trials {
        return Err(Unusable::MoreThanAll {
            events: events.ceil() as u64,
            trials: trials.ceil() as u64,
        });
    }
    if trials - events <= 0.0 {
        return Ok(1.0);
    }
    Ok(bisect::turn(0.0, 1.0, |p| {
        p <= 0.0 || beta_reg(events + 1.0, trials - events, p) < confidence
    }))
}

fn counts(events: u64, trials: u64) -> Result<(), Unusable> {
    if trials == 0 {
        return Err(Unusable::TooFew { needed: 1, has: 0 });
    }
    if events > trials {
        return Err(Unusable::MoreThanAll { events, trials });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// R: `binom.test(k, n, alternative = "less", conf.level = c)$conf.int[2]`; numbers 1 to 9 of the oracle list.
    #[test]
    fn upper_bounds_agree_with_r() {
        for (k, n, confidence, expected, tolerance) in [
            (0, 30_000, 0.95, 9.985_275_683_34e-5, 1e-15),
            (0, 30_000, 0.80, 5.364_649_139e-5, 1e-14),
            (3, 30_000, 0.95, 2.584_347_414_5e-4, 1e-14),
            (30, 300_000, 0.95, 1.356_326_086_08e-4, 1e-15),
            (6, 1_000, 0.95, 0.011_807_823_003_8, 1e-12),
            (6, 1_000, 0.80, 0.009_061_428_007_5, 1e-12),
            (0, 498, 0.95, 0.005_997_469_598_97, 1e-13),
            (3, 1_290, 0.95, 0.005_999_519_996_06, 1e-13),
            (10, 150, 0.95, 0.110_457_531_844, 1e-12),
            (0, 25, 0.95, 0.112_928_145, 1e-9),
            (1, 50, 0.95, 0.091_398_130_7, 1e-9),
            (682, 925, 0.975, 0.765_406_558_242, 1e-11),
        ] {
            let bound = upper(k, n, confidence).unwrap();
            assert!(
                (bound - expected).abs() < tolerance,
                "{k}/{n}: {bound} is not {expected}"
            );
        }
    }

    /// R: `binom.test(682, 925)$conf.int[1]`, and 0.05^(1/59) for a success run of 59.
    #[test]
    fn lower_bounds_agree_with_r() {
        assert!((lower(682, 925, 0.975).unwrap() - 0.707_668_264_079).abs() < 1e-11);
        assert!((lower(59, 59, 0.95).unwrap() - 0.05_f64.powf(1.0 / 59.0)).abs() < 1e-14);
    }

    #[test]
    fn senseless_counts_are_refused() {
        assert_eq!(
            upper(0, 0, 0.95),
            Err(Unusable::TooFew { needed: 1, has: 0 })
        );
        assert_eq!(
            upper(3, 2, 0.95),
            Err(Unusable::MoreThanAll {
                events: 3,
                trials: 2
            })
        );
        assert!(upper(1, 2, 1.0).is_err() && upper(1, 2, f64::NAN).is_err());
        assert!(lower(3, 2, 0.95).is_err());
    }

    proptest! {
        #[test]
        fn bounds_hold_the_estimate_and_grow_with_events(n in 1_u64..5_000, k in 0_u64..5_000, c in 0.6..0.999_f64) {
            let k = k.min(n);
            let estimate = k as f64 / n as f64;
            let (low, high) = (lower(k, n, c).unwrap(), upper(k, n, c).unwrap());
            prop_assert!((0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high));
            prop_assert!(low <= estimate + 1e-12 && estimate <= high + 1e-12);
            if k < n {
                prop_assert!(upper(k + 1, n, c).unwrap() > high - 1e-12);
                prop_assert!((cdf(k, n, high).unwrap() - (1.0 - c)).abs() < 1e-8);
            }
        }
    }
}
