//! Why nothing can be said: the arm that is missing or failed, or too few trials.

use super::arms::{Live, Null, Sensitivity};
use super::study::Settings;

/// Why nothing can be said.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Reason {
    /// No authentication with a typed PIN.
    #[error("no authentication was counted")]
    NoTrials,
    /// The null arm is missing or short.
    #[error("null arm: {has} trials with a PIN that was never typed, {needed} needed")]
    NullMissing {
        /// Trials.
        has: u64,
        /// Trials needed.
        needed: u64,
    },
    /// The null arm found something: the search itself, or the harness, leaves PINs behind.
    #[error(
        "null arm: PINs that were never typed seem to stay in {0} cells; the counts are not what the test assumes"
    )]
    NullAlarm(usize),
    /// No leak was planted.
    #[error("seeded arm: no leak was planted")]
    SeededMissing,
    /// Too few planted leaks, or too many missed.
    #[error(
        "seeded arm: {found} of {planted} planted leaks found, sensitivity {lower:.4} at least, {needed} needed"
    )]
    Insensitive {
        /// Leaks found.
        found: u64,
        /// Leaks planted.
        planted: u64,
        /// Lower bound of the sensitivity.
        lower: f64,
        /// Bound needed.
        needed: f64,
    },
    /// No snapshot in mid-authentication.
    #[error("live arm: no snapshot was taken in mid-authentication")]
    LiveMissing,
    /// The PIN was not seen although the reader must hold it.
    #[error(
        "live arm: the PIN was not seen in mid-authentication, so its absence afterwards says nothing"
    )]
    Invisible,
    /// The bound is larger than what the plan asks for.
    #[error("too few trials: the leak rate is below {upper:.4} only, {limit} is needed")]
    TooFewTrials {
        /// Bound reached.
        upper: f64,
        /// Bound needed.
        limit: f64,
    },
}

pub(super) fn null(shown: &Null, settings: &Settings) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if shown.trials == 0 || shown.trials < settings.null_trials {
        reasons.push(Reason::NullMissing {
            has: shown.trials,
            needed: settings.null_trials.max(1),
        });
    }
    if !shown.alarms.is_empty() {
        reasons.push(Reason::NullAlarm(shown.alarms.len()));
    }
    reasons
}

pub(super) fn sensitivity(shown: &Sensitivity, settings: &Settings) -> Option<Reason> {
    if shown.planted == 0 {
        Some(Reason::SeededMissing)
    } else if shown.lower < settings.sensitivity {
        Some(Reason::Insensitive {
            found: shown.found,
            planted: shown.planted,
            lower: shown.lower,
            needed: settings.sensitivity,
        })
    } else {
        None
    }
}

pub(super) fn live(shown: &Live) -> Option<Reason> {
    if shown.trials == 0 {
        Some(Reason::LiveMissing)
    } else if shown.visible.is_empty() {
        Some(Reason::Invisible)
    } else {
        None
    }
}
