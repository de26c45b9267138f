//! From a study to what can be said.
//!
//! Residue needs the null arm only: a reader that leaks is not let off because the sensitivity of the search is unproven.
//! A bound needs all three arms.

use super::arms::{self, Live, Null, Sensitivity};
use super::bound::{Bound, leak_rate};
use super::permutation::Permutation;
use super::study::{BadStudy, Cell, Settings, Study, check};

/// A cell in which PINs stay behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The cell.
    pub cell: Cell,
    /// Its test.
    pub test: Permutation,
    /// p after Holm.
    pub adjusted: f64,
    /// Trials in which the true PIN's count rose.
    pub rose: u64,
}

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
        "null arm: PINs that were never typed were found in {0} cells; the set-up itself leaves them"
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

/// What can be said.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// PINs stay behind.
    Residue {
        /// In these cells.
        cells: Vec<Found>,
        /// At these addresses, in all trials.
        addresses: Vec<u64>,
        /// In these contexts (hashes).
        contexts: Vec<u64>,
    },
    /// None was found; the leak rate is below the bound, for the cells searched.
    Bound(Bound),
    /// Nothing can be said.
    Inconclusive(Vec<Reason>),
}

/// The outcome with everything it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What can be said.
    pub outcome: Outcome,
    /// Test and Holm-adjusted p of each cell, in the order of the study's cells.
    pub tests: Vec<(Permutation, f64)>,
    /// The null arm.
    pub null: Null,
    /// The seeded arm.
    pub sensitivity: Sensitivity,
    /// The live arm.
    pub live: Live,
}

/// Judges a study. The cells share `family_alpha`; addresses and contexts, where recorded, have as much each.
///
/// # Errors
/// A study or settings that do not fit together ([`BadStudy`]).
pub fn judge(study: &Study, settings: &Settings) -> Result<Judged, BadStudy> {
    check(study, settings)?;
    let tests = arms::tests(study, &study.typed, settings, 0);
    let null = arms::null(study, settings);
    let sensitivity = arms::sensitivity(study, settings);
    let live = arms::live(study, settings);

    let found = found(study, settings, &tests);
    let mut reasons = null_reasons(&null, settings);
    let outcome = match found {
        Some(residue) if reasons.is_empty() => residue,
        Some(_) => Outcome::Inconclusive(reasons),
        None => {
            reasons.extend(sensitivity_reasons(&sensitivity, settings));
            reasons.extend(live_reasons(&live));
            bounded(study, settings, reasons)
        }
    };
    Ok(Judged {
        outcome,
        tests,
        null,
        sensitivity,
        live,
    })
}

/// What stays behind, if anything.
fn found(study: &Study, settings: &Settings, tests: &[(Permutation, f64)]) -> Option<Outcome> {
    let alpha = settings.family_alpha;
    let cells: Vec<Found> = (0..tests.len())
        .filter(|&cell| tests[cell].1 <= alpha)
        .map(|cell| {
            let rose = |trial: &&super::Trial| trial.changes[cell].rose(trial.pin.value());
            Found {
                cell: study.cells[cell].clone(),
                test: tests[cell].0,
                adjusted: tests[cell].1,
                rose: study.typed.iter().filter(rose).count() as u64,
            }
        })
        .collect();
    let addresses = match &study.persistence {
        Some(persistence) if persistence.chance <= alpha => persistence.addresses.clone(),
        _ => Vec::new(),
    };
    let contexts: Vec<u64> = study
        .contexts
        .iter()
        .filter(|context| context.p <= alpha)
        .map(|context| context.key)
        .collect();
    let any = !(cells.is_empty() && addresses.is_empty() && contexts.is_empty());
    any.then_some(Outcome::Residue {
        cells,
        addresses,
        contexts,
    })
}

fn null_reasons(null: &Null, settings: &Settings) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if null.trials == 0 || null.trials < settings.null_trials {
        reasons.push(Reason::NullMissing {
            has: null.trials,
            needed: settings.null_trials.max(1),
        });
    }
    if !null.alarms.is_empty() {
        reasons.push(Reason::NullAlarm(null.alarms.len()));
    }
    reasons
}

fn sensitivity_reasons(shown: &Sensitivity, settings: &Settings) -> Option<Reason> {
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

fn live_reasons(live: &Live) -> Option<Reason> {
    if live.trials == 0 {
        Some(Reason::LiveMissing)
    } else if live.visible.is_empty() {
        Some(Reason::Invisible)
    } else {
        None
    }
}

/// The bound, unless an arm or the number of trials forbids it.
fn bounded(study: &Study, settings: &Settings, mut reasons: Vec<Reason>) -> Outcome {
    let urn = study.urn.values();
    let rose = |trial: &super::Trial, pin: u16| trial.changes.iter().any(|change| change.rose(pin));
    let events = study
        .typed
        .iter()
        .filter(|trial| rose(trial, trial.pin.value()))
        .count();
    let background: Vec<f64> = study
        .typed
        .iter()
        .map(|trial| {
            let risen = urn.iter().filter(|&&pin| rose(trial, pin)).count();
            risen as f64 / urn.len() as f64
        })
        .collect();
    match leak_rate(events as u64, &background, settings.confidence) {
        Err(_) => reasons.push(Reason::NoTrials),
        Ok(bound) if bound.upper > settings.largest_bound => {
            reasons.push(Reason::TooFewTrials {
                upper: bound.upper,
                limit: settings.largest_bound,
            });
        }
        Ok(bound) if reasons.is_empty() => return Outcome::Bound(bound),
        Ok(_) => {}
    }
    Outcome::Inconclusive(reasons)
}
