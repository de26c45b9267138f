//! Values that are met by chance (dates, PINs in long forms), held against controls: other values of the same kind that nobody used.
//!
//! A search meets a value *alone* if it meets it in some form and none of its controls in that form. Where memory knows nothing of the value, it and
//! its controls are exchangeable, so it is the one that is met alone with a probability of 1 / (controls + 1) at most, whatever lies in
//! memory (a rank test: Lehmann and Romano, Testing Statistical Hypotheses, 3rd ed., 15.2). Over searches for different people's
//! values that makes a binomial count. One person's value is met again where it was met before: one search of each person counts.
//! Called by `measure` of `shinsa-model`.

use statrs::function::beta::beta_reg;

use crate::Unusable;

/// Probability of so many searches or more, of `searches`, that meet the value alone, at most.
///
/// # Errors
/// More met than searches; no controls.
pub fn met_alone(met: u64, searches: u64, controls: u64) -> Result<f64, Unusable> {
    if met > searches {
        return Err(Unusable::MoreThanAll {
            events: met,
            trials: searches,
        });
    }
    if controls == 0 {
        return Err(Unusable::TooFew { needed: 1, has: 0 });
    }
    if met == 0 {
        return Ok(1.0);
    }
    // P(X ≥ k) of a binomial count is the regularised incomplete beta function I_p(k, n − k + 1).
    let chance = 1.0 / (controls as f64 + 1.0);
    Ok(beta_reg(met as f64, (searches - met) as f64 + 1.0, chance))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The binomial sums themselves, in Python's whole numbers and floats (`math.comb`).
    #[test]
    fn tails_are_the_binomial_sums() {
        for (met, searches, expected) in [
            (1, 7, 0.067_281_945_292_864_63),
            (3, 3, 9.705_901_479_276_445e-7),
            (4, 7, 3.284_165_654_159_458e-7),
            (9, 300, 0.003_378_538_201_588_697_5),
            (16, 300, 8.289_395_750_881_209e-8),
        ] {
            let p = met_alone(met, searches, 100).unwrap();
            assert!(
                (p / expected - 1.0).abs() < 1e-9,
                "{met} of {searches}: {p}"
            );
        }
        assert_eq!(met_alone(0, 5, 100), Ok(1.0));
        assert!(met_alone(6, 5, 100).is_err());
        assert!(met_alone(1, 5, 0).is_err());
    }
}
