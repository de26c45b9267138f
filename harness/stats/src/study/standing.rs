//! The decision on FNMR at the deciding FMR: pass when its upper bound is within the limit, fail when its lower bound is
//! beyond, else open with the size that would settle it.

use serde::{Deserialize, Serialize};

use super::Study;
use crate::sequential::Standing;
use crate::{Unusable, power};

/// What the study says of a limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Within, beyond or open.
    pub standing: Standing,
    /// Upper bound that decided, where there is one.
    pub upper: Option<f64>,
    /// Lower bound.
    pub lower: Option<f64>,
    /// Impostor comparisons needed before the rate can be seen at all.
    pub impostors_needed: Option<u64>,
    /// Genuine comparisons that would settle an open decision nine times in ten if the estimate is the truth.
    pub genuine_needed: Option<u64>,
}

/// Decides FNMR against a limit.
///
/// # Errors
/// Limit outside (0, 1).
pub fn decide(study: &Study, limit: f64) -> Result<Decision, Unusable> {
    let limit = crate::share(limit, "limit")?;
    let at = study
        .operating
        .iter()
        .find(|one| one.is_at(study.settings.deciding_fmr));
    let Some((rates, bounds)) = at.and_then(|one| Some((one.rates?, one.fnmr?))) else {
        return Ok(Decision {
            standing: Standing::Open,
            upper: None,
            lower: None,
            impostors_needed: at.and_then(|one| one.needed),
            genuine_needed: None,
        });
    };
    let (upper, lower) = (bounds.upper.deciding(), bounds.lower);
    let standing = if upper <= limit {
        Standing::Within
    } else if lower > limit {
        Standing::Beyond
    } else {
        Standing::Open
    };
    let genuine_needed = (standing == Standing::Open)
        .then(|| {
            // No error seen is not a rate of nought: half an error stands for it.
            let estimate = (rates.false_non_matches as f64).max(0.5) / rates.genuine as f64;
            let plan = power::planned(limit, study.settings.confidence, estimate, 0.9).ok()?;
            Some((plan.trials as f64 * bounds.design_effect.max(1.0)).ceil() as u64)
        })
        .flatten();
    Ok(Decision {
        standing,
        upper: Some(upper),
        lower: Some(lower),
        impostors_needed: None,
        genuine_needed,
    })
}
