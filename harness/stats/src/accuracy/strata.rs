//! Differential performance (ISO/IEC 19795-10): errors of groups at the **one** threshold that all share.
//!
//! Groups are told apart by what the caller knows of subjects or conditions; a group too small to say anything keeps
//! its wide bounds rather than being dropped. No group's own threshold is ever made: the device has one.

use crate::{Unusable, binomial};

/// One group at the common threshold.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Stratum {
    /// Name as given: `glasses=yes`.
    pub name: String,
    /// Errors and trials.
    pub errors: u64,
    /// Trials.
    pub trials: u64,
    /// Two-sided Clopper–Pearson interval at the confidence asked for.
    pub interval: (f64, f64),
}

/// Errors of each group among (group, is an error) pairs; groups rise by index.
///
/// # Errors
/// Confidence outside (0, 1).
pub fn by_group(
    names: &[String],
    trials: impl IntoIterator<Item = (usize, bool)>,
    confidence: f64,
) -> Result<Vec<Stratum>, Unusable> {
    let mut counts = vec![(0_u64, 0_u64); names.len()];
    for (group, error) in trials {
        counts[group].0 += u64::from(error);
        counts[group].1 += 1;
    }
    let one_sided = f64::midpoint(1.0, crate::share(confidence, "confidence")?);
    let filled = names
        .iter()
        .zip(counts)
        .filter(|(_, (_, trials))| *trials > 0);
    filled
        .map(|(name, (errors, trials))| {
            Ok(Stratum {
                name: name.clone(),
                errors,
                trials,
                interval: (
                    binomial::lower(errors, trials, one_sided)?,
                    binomial::upper(errors, trials, one_sided)?,
                ),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R: `binom.test(2, 10)$conf.int` = 0.02521073, 0.55609546.
    #[test]
    fn groups_are_counted_apart() {
        let names = ["young".to_owned(), "old".to_owned(), "nobody".to_owned()];
        let trials = (0..10).map(|n| (0, n < 2)).chain([(1, false)]);
        let strata = by_group(&names, trials, 0.95).unwrap();
        assert_eq!(strata.len(), 2);
        assert_eq!((strata[0].errors, strata[0].trials), (2, 10));
        assert!((strata[0].interval.0 - 0.025_210_73).abs() < 1e-8);
        assert!((strata[0].interval.1 - 0.556_095_46).abs() < 1e-8);
        assert!((strata[1].interval.1 - 0.975).abs() < 1e-12);
    }
}
