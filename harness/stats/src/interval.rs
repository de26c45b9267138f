//! Other bounds of a proportion, for comparison with what other tools print. None of them decides: Wilson and Jeffreys
//! hold their level on average over rates, not at every rate; Clopper–Pearson (`binomial`) holds it everywhere.

use statrs::distribution::{Beta, ChiSquared, ContinuousCDF, Normal};

use crate::{Unusable, share};

fn counts(events: u64, trials: u64) -> Result<(f64, f64), Unusable> {
    if trials == 0 {
        return Err(Unusable::TooFew { needed: 1, has: 0 });
    }
    if events > trials {
        return Err(Unusable::MoreThanAll { events, trials });
    }
    Ok((events as f64, trials as f64))
}

/// Normal deviate of a share in (0, 1): what a DET axis is scaled by.
pub fn normal_deviate(share: f64) -> f64 {
    Normal::new(0.0, 1.0).map_or(f64::NAN, |normal| normal.inverse_cdf(share))
}

/// One-sided upper Wilson score bound (Wilson 1927).
///
/// # Errors
/// Senseless counts; confidence outside (0, 1).
pub fn wilson_upper(events: u64, trials: u64, confidence: f64) -> Result<f64, Unusable> {
    let (k, n) = counts(events, trials)?;
    let normal = Normal::new(0.0, 1.0).map_err(|_| Unusable::NotFinite)?;
    let z = normal.inverse_cdf(share(confidence, "confidence")?);
    let centre = k + z * z / 2.0;
    let spread = z * (k * (n - k) / n + z * z / 4.0).sqrt();
    Ok(((centre + spread) / (n + z * z)).min(1.0))
}

/// One-sided lower Wilson score bound.
///
/// # Errors
/// As [`wilson_upper`].
pub fn wilson_lower(events: u64, trials: u64, confidence: f64) -> Result<f64, Unusable> {
    counts(events, trials)?;
    Ok(1.0 - wilson_upper(trials - events, trials, confidence)?)
}

/// One-sided upper Jeffreys bound: percentile of Beta(k + ½, n − k + ½) (Brown, Cai and DasGupta 2001).
///
/// # Errors
/// As [`wilson_upper`].
pub fn jeffreys_upper(events: u64, trials: u64, confidence: f64) -> Result<f64, Unusable> {
    let (k, n) = counts(events, trials)?;
    let confidence = share(confidence, "confidence")?;
    if events == trials {
        return Ok(1.0);
    }
    let posterior = Beta::new(k + 0.5, n - k + 0.5).map_err(|_| Unusable::NotFinite)?;
    Ok(crate::bisect::turn(0.0, 1.0, |p| {
        posterior.cdf(p) < confidence
    }))
}

/// One-sided lower Jeffreys bound.
///
/// # Errors
/// As [`wilson_upper`].
pub fn jeffreys_lower(events: u64, trials: u64, confidence: f64) -> Result<f64, Unusable> {
    counts(events, trials)?;
    Ok(1.0 - jeffreys_upper(trials - events, trials, confidence)?)
}

/// Rule of 3: trials without any error that show a rate of at most `limit`. Exact, so a little fewer than the rule's
/// 3 / `limit` at 95 % (−ln 0.05 = 2.9957).
///
/// # Errors
/// Shares outside (0, 1).
pub fn rule_of_three(limit: f64, confidence: f64) -> Result<u64, Unusable> {
    crate::sample_size::for_share(1.0 - share(limit, "limit")?, confidence, 0)
}

/// Rule of 30: how far the true rate may lie from an estimate with so many errors, relative to it, at 90 % two-sided.
/// Exact for rare errors (Poisson): 30 errors give −28 % … +36 %, which the rule rounds to ±30 % (Doddington 2000).
///
/// # Errors
/// No error at all.
pub fn relative_uncertainty(errors: u64) -> Result<(f64, f64), Unusable> {
    if errors == 0 {
        return Err(Unusable::TooFew { needed: 1, has: 0 });
    }
    let k = errors as f64;
    let chi = |freedom: f64, level: f64| {
        let law = ChiSquared::new(freedom).map_err(|_| Unusable::NotFinite)?;
        Ok(
            crate::bisect::turn(0.0, 10.0 * freedom + 100.0, |x| law.cdf(x) < level) / 2.0 / k
                - 1.0,
        )
    };
    Ok((chi(2.0 * k, 0.05)?, chi(2.0 * k + 2.0, 0.95)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// statsmodels 0.14: `proportion_confint(k, n, alpha=.10, method="wilson" | "jeffreys")`, both ends.
    #[test]
    fn bounds_agree_with_statsmodels() {
        for (k, n, wilson, jeffreys) in [
            (
                6,
                1_000,
                (0.003_105_754_517_347_96, 0.011_560_109_803_535_44),
                (0.002_949_703_982_403_86, 0.011_149_278_022_236_05),
            ),
            (
                10,
                150,
                (0.040_265_471_775_339_91, 0.108_422_931_674_276_29),
                (0.039_128_101_230_322_05, 0.106_422_340_160_084_4),
            ),
            (
                682,
                925,
                (0.712_828_097_443_465_8, 0.760_382_398_168_628_8),
                (0.712_967_921_199_505, 0.760_531_730_535_857_9),
            ),
        ] {
            for (ours, theirs) in [
                (wilson_lower(k, n, 0.95), wilson.0),
                (wilson_upper(k, n, 0.95), wilson.1),
                (jeffreys_lower(k, n, 0.95), jeffreys.0),
                (jeffreys_upper(k, n, 0.95), jeffreys.1),
            ] {
                assert!((ours.unwrap() - theirs).abs() < 1e-9, "{k}/{n}: {theirs}");
            }
        }
    }

    /// Number 2 of the oracle list; and SciPy 1.17.1 `beta.ppf(.95, .5, 30000.5)`.
    #[test]
    fn bounds_of_no_event_are_as_listed() {
        assert!((wilson_upper(0, 30_000, 0.95).unwrap() - 9.017_66e-5).abs() < 1e-9);
        assert!((jeffreys_upper(0, 30_000, 0.95).unwrap() - 6.402_173_066_319_15e-5).abs() < 1e-12);
        assert!(wilson_upper(1, 0, 0.9).is_err() && jeffreys_upper(2, 1, 0.9).is_err());
    }

    /// SciPy 1.17.1: `chi2.ppf(.05, 60)/60` and `chi2.ppf(.95, 62)/60`; the facts' −28/+36 %.
    #[test]
    fn thirty_errors_give_about_thirty_percent() {
        let (low, high) = relative_uncertainty(30).unwrap();
        assert!((low + 1.0 - 0.719_799_307_566_496_1).abs() < 1e-9);
        assert!((high + 1.0 - 1.356_350_253_148_318_3).abs() < 1e-9);
        assert!(relative_uncertainty(0).is_err());
    }

    #[test]
    fn rule_of_three_is_a_success_run() {
        assert_eq!(rule_of_three(0.006, 0.95), Ok(498));
        assert_eq!(rule_of_three(1e-4, 0.95), Ok(29_956));
    }
}
