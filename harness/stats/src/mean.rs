//! Bounds of a mean by Student's t. Assumes independent values whose mean is near normal; the caller says so.

use statrs::function::beta::beta_reg;

use crate::{Unusable, bisect, share};

/// Mean and one-sided lower and upper bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanBounds {
    /// Arithmetic mean.
    pub mean: f64,
    /// Lower bound at the confidence.
    pub lower: f64,
    /// Upper bound at the confidence.
    pub upper: f64,
    /// Sample standard deviation (n − 1).
    pub deviation: f64,
}

/// Quantile of Student's t with `degrees` > 0 at `level` in (0.5, 1).
///
/// # Errors
/// Level outside (0, 1), no degrees of freedom.
pub fn t_quantile(level: f64, degrees: u64) -> Result<f64, Unusable> {
    let level = share(level, "level")?;
    if degrees == 0 {
        return Err(Unusable::TooFew { needed: 2, has: 1 });
    }
    if level < 0.5 {
        return Ok(-t_quantile(1.0 - level, degrees)?);
    }
    let v = degrees as f64;
    // P(T > t) = I(v/(v+t²); v/2, 1/2) / 2; beyond 1e10 no one asks.
    let tail = |t: f64| 0.5 * beta_reg(v / 2.0, 0.5, v / (v + t * t));
    Ok(bisect::turn(0.0, 1e10, |t| tail(t) > 1.0 - level))
}

/// Mean of `values` with bounds at one-sided `confidence`.
///
/// # Errors
/// Fewer than two values, values that are not finite, confidence outside (0, 1).
pub fn bounds(values: &[f64], confidence: f64) -> Result<MeanBounds, Unusable> {
    let n = values.len();
    if n < 2 {
        return Err(Unusable::TooFew {
            needed: 2,
            has: n as u64,
        });
    }
    if values.iter().any(|value| !value.is_finite()) {
        return Err(Unusable::NotFinite);
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let deviation = (squares / (n - 1) as f64).sqrt();
    let reach = t_quantile(confidence, n as u64 - 1)? * deviation / (n as f64).sqrt();
    if !(mean.is_finite() && reach.is_finite()) {
        return Err(Unusable::NotFinite);
    }
    Ok(MeanBounds {
        mean,
        lower: mean - reach,
        upper: mean + reach,
        deviation,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Closed forms for 1 and 2 degrees of freedom; R `qt(.95, 9)`, `qt(.975, 10)` (NIST handbook 1.3.6.7.2: 1.833, 2.228).
    #[test]
    fn quantiles_agree_with_closed_forms_and_tables() {
        let one = (std::f64::consts::PI * 0.45).tan();
        let two = 0.9 * (2.0_f64 / (1.0 - 0.9 * 0.9)).sqrt();
        for (level, degrees, expected) in [
            (0.95, 1, one),
            (0.95, 2, two),
            (0.95, 9, 1.833_112_932_653_7),
            (0.975, 10, 2.228_138_851_965),
        ] {
            let t = t_quantile(level, degrees).unwrap();
            assert!(
                (t - expected).abs() < 1e-9,
                "{degrees}: {t} is not {expected}"
            );
        }
        assert!((t_quantile(0.05, 2).unwrap() + two).abs() < 1e-9);
    }

    #[test]
    fn two_values_bound_their_mean_widely() {
        let found = bounds(&[1.0, 3.0], 0.95).unwrap();
        assert!(
            (found.mean - 2.0).abs() < 1e-15
                && (found.upper - 2.0 - 6.313_751_514_675).abs() < 1e-9
        );
        assert_eq!(
            bounds(&[1.0], 0.95),
            Err(Unusable::TooFew { needed: 2, has: 1 })
        );
        assert_eq!(bounds(&[1.0, f64::NAN], 0.95), Err(Unusable::NotFinite));
        assert_eq!(
            bounds(&[f64::MAX, f64::MAX], 0.95),
            Err(Unusable::NotFinite)
        );
    }

    proptest! {
        #[test]
        fn more_confidence_is_a_wider_interval(values in proptest::collection::vec(-1e6..1e6_f64, 2..50)) {
            let narrow = bounds(&values, 0.8).unwrap();
            let wide = bounds(&values, 0.95).unwrap();
            prop_assert!(wide.lower <= narrow.lower && narrow.lower <= narrow.mean);
            prop_assert!(narrow.mean <= narrow.upper && narrow.upper <= wide.upper);
        }
    }
}
