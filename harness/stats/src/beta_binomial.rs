//! Errors that cluster by subject: how alike the attempts of one subject are, and how many independent trials they are
//! worth. For callers that have (errors, attempts) of each subject and want the intra-class correlation by name;
//! `accuracy::bounds` takes the ratio estimator of the same design effect instead.
//!
//! Analysis-of-variance estimate of the correlation for unequal sizes (Fleiss, Levin and Paik 2003; it needs only
//! moments, no fit of a beta-binomial): ρ = (B − W) / (B + (m₀ − 1)·W) with the mean squares between and within
//! subjects and m₀ = (N − Σmᵢ²/N) / (K − 1).

use crate::{Unusable, binomial, share};

/// Intra-class correlation of (errors, attempts) by subject, from below 0 to 1. `None` where the counts do not tell:
/// no error, nothing but errors, or one attempt each. Subjects without attempts count for nothing.
///
/// # Errors
/// Fewer than two subjects with attempts; more errors than attempts.
pub fn icc(subjects: &[(u64, u64)]) -> Result<Option<f64>, Unusable> {
    let (errors, trials, count) = totals(subjects)?;
    let within_freedom = trials - count;
    if errors <= 0.0 || errors >= trials || within_freedom <= 0.0 {
        return Ok(None);
    }
    let rate = errors / trials;
    let (mut between, mut within, mut squares) = (0.0, 0.0, 0.0);
    for (k, m) in used(subjects) {
        between += (k - m * rate).powi(2) / m;
        within += k * (m - k) / m;
        squares += m * m;
    }
    let (between, within) = (between / (count - 1.0), within / within_freedom);
    let size = (trials - squares / trials) / (count - 1.0);
    Ok(Some((between - within) / (between + (size - 1.0) * within)))
}

/// Design effect 1 + (Σmᵢ²/N − 1)·ρ (Kish 1965), at least 1: attempts never count for more than independent ones.
///
/// 1 where [`icc`] is `None`. Without any error that claims independence which nobody observed: plan with an assumed
/// correlation then (`accuracy::bounds::assumed_effect`).
///
/// # Errors
/// As [`icc`].
pub fn design_effect(subjects: &[(u64, u64)]) -> Result<f64, Unusable> {
    let correlation = icc(subjects)?.unwrap_or(0.0).clamp(0.0, 1.0);
    let (_, trials, _) = totals(subjects)?;
    let squares: f64 = used(subjects).map(|(_, m)| m * m).sum();
    Ok(1.0 + (squares / trials - 1.0) * correlation)
}

/// Effective (errors, trials): both divided by the design effect, not rounded.
///
/// # Errors
/// As [`icc`].
pub fn effective(subjects: &[(u64, u64)]) -> Result<(f64, f64), Unusable> {
    let (errors, trials, _) = totals(subjects)?;
    let effect = design_effect(subjects)?;
    Ok((errors / effect, trials / effect))
}

/// One-sided Clopper–Pearson upper bound on the effective counts: percentile of Beta(k + 1, n − k) with real k and n.
///
/// # Errors
/// As [`icc`]; confidence outside (0, 1).
pub fn deflated_upper(subjects: &[(u64, u64)], confidence: f64) -> Result<f64, Unusable> {
    let confidence = share(confidence, "confidence")?;
    let (errors, trials) = effective(subjects)?;
    binomial::upper_of_parts(errors, trials, confidence)
}

fn used(subjects: &[(u64, u64)]) -> impl Iterator<Item = (f64, f64)> {
    let tried = subjects.iter().filter(|(_, attempts)| *attempts > 0);
    tried.map(|(errors, attempts)| (*errors as f64, *attempts as f64))
}

/// Errors, attempts, subjects.
fn totals(subjects: &[(u64, u64)]) -> Result<(f64, f64, f64), Unusable> {
    if let Some(&(events, trials)) = subjects.iter().find(|(k, m)| k > m) {
        return Err(Unusable::MoreThanAll { events, trials });
    }
    let sums = used(subjects).fold((0.0, 0.0, 0.0), |(e, n, c), (k, m)| (e + k, n + m, c + 1.0));
    if sums.2 < 2.0 {
        let has = sums.2 as u64;
        return Err(Unusable::TooFew { needed: 2, has });
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Two oracles that agree to 1e-15: Fleiss' formula in NumPy, and statsmodels 0.15.0 on the attempts as rows,
    /// `anova_lm(ols("y ~ C(subject)", rows).fit())["mean_sq"]`. Bound: SciPy 1.17.1 `beta.ppf(.95, k/d + 1, (n - k)/d)`.
    #[test]
    fn correlation_effect_and_bound_agree_with_statsmodels_and_scipy() {
        let uneven = [(0, 5), (1, 4), (3, 6), (0, 5), (2, 3)];
        let wide = [(4, 10), (0, 8), (1, 10), (7, 12), (0, 2), (2, 9), (0, 0)];
        let alike = [(2, 4), (1, 4), (3, 4), (2, 4)];
        let expected = [
            (0.228_049_810_046_4, 1.872_538_403_655_9, 0.534_683_062_705),
            (0.175_642_260_587_3, 2.522_232_925_090, 0.480_151_116_530_2),
            (-0.12, 1.0, 0.721_397_314_497_8),
        ];
        let counts = [&uneven[..], &wide[..], &alike[..]];
        for (subjects, (rho, effect, upper)) in counts.into_iter().zip(expected) {
            assert!((icc(subjects).unwrap().unwrap() - rho).abs() < 2e-13);
            assert!((design_effect(subjects).unwrap() - effect).abs() < 2e-13);
            assert!((deflated_upper(subjects, 0.95).unwrap() - upper).abs() < 1e-12);
        }
    }

    /// By hand: who fails always fails, so five attempts are one; and no two attempts more unlike than one error each.
    #[test]
    fn the_ends_are_as_by_hand() {
        let mut all_or_nothing = vec![(0, 5); 9];
        all_or_nothing.push((5, 5));
        assert!((icc(&all_or_nothing).unwrap().unwrap() - 1.0).abs() < 1e-15);
        assert_eq!(effective(&all_or_nothing), Ok((1.0, 10.0)));
        let plain = binomial::upper(1, 10, 0.95).unwrap();
        assert!((deflated_upper(&all_or_nothing, 0.95).unwrap() - plain).abs() < 1e-12);
        assert!((icc(&[(1, 5); 10]).unwrap().unwrap() + 0.25).abs() < 1e-15);
        for untold in [[(0, 5), (0, 5)], [(5, 5), (5, 5)], [(0, 1), (1, 1)]] {
            assert_eq!((icc(&untold), design_effect(&untold)), (Ok(None), Ok(1.0)));
        }
        assert_eq!(
            icc(&[(1, 5), (0, 0)]),
            Err(Unusable::TooFew { needed: 2, has: 1 })
        );
        assert!(icc(&[(6, 5), (0, 5)]).is_err() && deflated_upper(&[(1, 5); 9], 1.0).is_err());
    }

    /// Pólya's urn draws a beta-binomial of known rate and correlation: the estimate is near, the bound mostly above.
    #[test]
    fn a_known_correlation_is_found_and_its_bound_holds() {
        let (rate, rho, runs) = (0.1, 0.3, 400);
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let weight = (1.0 - rho) / rho;
        let (mut sum, mut held) = (0.0, 0);
        for _ in 0..runs {
            let mut urn = |errors: u64, drawn: u64| {
                let chance = (weight * rate + errors as f64) / (weight + drawn as f64);
                errors + u64::from(rng.random_bool(chance))
            };
            let subjects: Vec<_> = (0..245).map(|_| ((0..5).fold(0, &mut urn), 5)).collect();
            sum += icc(&subjects).unwrap().unwrap();
            held += u32::from(deflated_upper(&subjects, 0.95).unwrap() >= rate);
        }
        let (mean, coverage) = (sum / f64::from(runs), f64::from(held) / f64::from(runs));
        assert!((mean - rho).abs() < 0.01, "{mean}");
        assert!(coverage >= 0.92, "{coverage}");
    }

    proptest! {
        #[test]
        fn clusters_never_help(raw in proptest::collection::vec((0_u64..20, 1_u64..20), 2..30), c in 0.6..0.999_f64) {
            let subjects: Vec<_> = raw.iter().map(|&(k, m)| (k.min(m), m)).collect();
            let (k, n) = subjects.iter().fold((0, 0), |(a, b), (k, m)| (a + k, b + m));
            prop_assert!(icc(&subjects).unwrap().is_none_or(|rho| (-1.0..=1.0 + 1e-12).contains(&rho)));
            prop_assert!(design_effect(&subjects).unwrap() >= 1.0);
            let bound = deflated_upper(&subjects, c).unwrap();
            prop_assert!(bound <= 1.0 && bound >= binomial::upper(k, n, c).unwrap() - 1e-12);
        }
    }
}
