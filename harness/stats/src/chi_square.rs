//! Pearson's chi-square test that all categories are equally frequent.

use statrs::function::gamma::gamma_ur;

use crate::Unusable;

/// P(X > `statistic`) for X ~ χ² with `degrees` ≥ 1 degrees of freedom.
///
/// # Errors
/// Negative or not finite statistic, no degrees of freedom.
pub fn survival(statistic: f64, degrees: u64) -> Result<f64, Unusable> {
    if !statistic.is_finite() || statistic < 0.0 {
        return Err(Unusable::NotFinite);
    }
    if degrees == 0 {
        return Err(Unusable::TooFew { needed: 2, has: 1 });
    }
    if statistic == 0.0 {
        return Ok(1.0);
    }
    Ok(gamma_ur(degrees as f64 / 2.0, statistic / 2.0))
}

/// p-value that the `counts` come from equally frequent categories.
///
/// The approximation needs at least 10 events, and events² / categories ≥ 10 (Koehler and Larntz 1980, for equal
/// expected frequencies): below that nothing is said.
///
/// # Errors
/// Fewer than two categories, too few events.
pub fn uniform(counts: &[u64]) -> Result<f64, Unusable> {
    let (categories, n) = (counts.len() as u64, counts.iter().sum::<u64>());
    if categories < 2 {
        return Err(Unusable::TooFew {
            needed: 2,
            has: categories,
        });
    }
    let needed = enough(categories);
    if n < needed {
        return Err(Unusable::TooFew { needed, has: n });
    }
    let expected = n as f64 / categories as f64;
    let statistic: f64 = counts
        .iter()
        .map(|&count| (count as f64 - expected).powi(2) / expected)
        .sum();
    survival(statistic, categories - 1)
}

/// Fewest events for which [`uniform`] says something.
pub fn enough(categories: u64) -> u64 {
    ((10 * categories) as f64).sqrt().ceil().max(10.0) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Number 12 of the oracle list (NIST handbook 8.4.5.1): χ²(.95; 2r+2)/2 = 2.9957, 4.7439, 6.2958, 7.7537.
    #[test]
    fn tails_agree_with_the_handbook() {
        for (r, half) in [(0, 2.9957), (1, 4.7439), (2, 6.2958), (3, 7.7537)] {
            let p = survival(2.0 * half, 2 * r + 2).unwrap();
            assert!((p - 0.05).abs() < 5e-6, "r = {r}: {p}");
        }
        assert!((survival(7.0, 2).unwrap() - (-3.5_f64).exp()).abs() < 1e-14);
    }

    #[test]
    fn equal_counts_are_uniform_and_one_symbol_is_not() {
        assert!((uniform(&[5; 10]).unwrap() - 1.0).abs() < 1e-15);
        assert!(uniform(&[40, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap() < 1e-50);
        // R: chisq.test(c(10, 20))$p.value = exp-like closed form erfc(sqrt(x/2)), x = 100/30.
        assert!((uniform(&[10, 20]).unwrap() - 0.067_889_154_861_829).abs() < 1e-9);
        assert_eq!(
            uniform(&[3, 3]),
            Err(Unusable::TooFew { needed: 10, has: 6 })
        );
        assert!(
            uniform(&[50]).is_err() && survival(f64::NAN, 2).is_err() && survival(1.0, 0).is_err()
        );
    }

    proptest! {
        #[test]
        fn a_p_value_is_a_share_and_ignores_order(mut counts in proptest::collection::vec(1_u64..100, 10..20)) {
            let p = uniform(&counts).unwrap();
            prop_assert!((0.0..=1.0).contains(&p));
            counts.reverse();
            prop_assert!((uniform(&counts).unwrap() - p).abs() < 1e-9);
        }
    }
}
