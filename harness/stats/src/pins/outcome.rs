//! From a study to what can be said.
//!
//! Residue needs the null arm only: a reader that leaks is not let off because the sensitivity of the search is unproven.
//! A bound needs all three arms.

use super::arms::{self, Live, Null, Sensitivity};
use super::bound::Bound;
use super::loud::{LOUDER, bound, loud};
use super::permutation::Permutation;
use super::reason::{self, Reason};
use super::recurring::{Followed, Recurring, follow};
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

/// What can be said.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// PINs stay behind.
    Residue {
        /// In these cells.
        cells: Vec<Found>,
        /// At these places and in these contexts, time and again.
        recurring: Vec<Recurring>,
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
    /// Places of the cells that a bound leaves out: chance alone raises counts there too often.
    pub loud: Vec<usize>,
    /// The bound over all cells, where some are left out.
    pub whole: Option<Bound>,
    /// Places and contexts that were followed; 0 where none were noted.
    pub noticed: u64,
}

/// Judges a study. The cells share `family_alpha`; places and contexts together, where noted, have as much.
///
/// # Errors
/// A study or settings that do not fit together ([`BadStudy`]).
pub fn judge(study: &Study, settings: &Settings) -> Result<Judged, BadStudy> {
    check(study, settings)?;
    let tests = arms::tests(study, &study.typed, settings, 0);
    let null = arms::null(study, settings);
    let sensitivity = arms::sensitivity(study, settings);
    let live = arms::live(study, settings);

    let loud = loud(study);
    let quiet = bound(study, settings, &loud).ok();
    let whole = (!loud.is_empty()).then(|| bound(study, settings, &[]).ok());
    let whole = whole.flatten();
    let followed = follow(&study.seen, study.urn.values().len());
    let noticed = followed.noticed;
    let found = found(study, settings, &tests, followed);
    let mut reasons = reason::null(&null, settings);
    let outcome = match found {
        Some(residue) if reasons.is_empty() => residue,
        Some(_) => Outcome::Inconclusive(reasons),
        None => {
            reasons.extend(reason::sensitivity(&sensitivity, settings));
            reasons.extend(reason::live(&live));
            bounded(settings, quiet, whole, reasons)
        }
    };
    Ok(Judged {
        outcome,
        tests,
        null,
        sensitivity,
        live,
        loud,
        whole,
        noticed,
    })
}

/// What stays behind, if anything.
fn found(
    study: &Study,
    settings: &Settings,
    tests: &[(Permutation, f64)],
    followed: Followed,
) -> Option<Outcome> {
    let alpha = settings.family_alpha;
    let cells: Vec<Found> = (0..tests.len())
        .filter(|&cell| tests[cell].1 <= alpha)
        .map(|cell| {
            let rose = |trial: &&super::Trial| trial.changes[cell].rose(trial.pin);
            Found {
                cell: study.cells[cell].clone(),
                test: tests[cell].0,
                adjusted: tests[cell].1,
                rose: study.typed.iter().filter(rose).count() as u64,
            }
        })
        .collect();
    let mut recurring = followed.recurring;
    recurring.retain(|one| one.p <= alpha);
    let any = !(cells.is_empty() && recurring.is_empty());
    any.then_some(Outcome::Residue { cells, recurring })
}

/// The bound of the quiet cells, unless an arm or the number of trials forbids it, or that of all cells together.
fn bounded(
    settings: &Settings,
    quiet: Option<Bound>,
    whole: Option<Bound>,
    mut reasons: Vec<Reason>,
) -> Outcome {
    let Some(quiet) = quiet else {
        reasons.push(Reason::NoTrials);
        return Outcome::Inconclusive(reasons);
    };
    let limit = settings.largest_bound;
    for (upper, limit) in [
        (Some(quiet.upper), limit),
        (whole.map(|whole| whole.upper), LOUDER * limit),
    ] {
        if let Some(upper) = upper.filter(|upper| *upper > limit) {
            reasons.push(Reason::TooFewTrials { upper, limit });
        }
    }
    if reasons.is_empty() {
        Outcome::Bound(quiet)
    } else {
        Outcome::Inconclusive(reasons)
    }
}
