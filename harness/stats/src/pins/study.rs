//! What is judged: cells, trials by arm, the urn the PINs came from, and the rules fixed beforehand.

use std::collections::HashSet;

use super::arms::Planted;
use super::change::{Change, PINS};
use super::recurring::Seen;

/// Where PINs are counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// Name of the form, as in `encodings`.
    pub encoding: String,
    /// Class of the memory region: heap, stack, file, log …
    pub region: String,
    /// Seconds from the end of the authentication to the snapshot.
    pub delay_s: u32,
}

/// One authentication.
pub struct Trial {
    /// The PIN that was drawn for it, 0 … 9,999; or a label in its place, the same in all of the trial's changes. Unique in a study.
    pub pin: u16,
    /// What changed, per cell, in the order of the study's cells.
    pub changes: Vec<Change>,
}

/// The PINs that could have been drawn: the controls come from the same urn.
pub struct Urn(Vec<u16>);

impl Urn {
    /// All 10,000.
    pub fn all() -> Self {
        Self((0..PINS as u16).collect())
    }

    /// Only these.
    pub fn of(pins: &[u16]) -> Self {
        let mut values = pins.to_vec();
        values.sort_unstable();
        values.dedup();
        Self(values)
    }

    /// The values, ascending.
    pub(super) fn values(&self) -> &[u16] {
        &self.0
    }
}

/// Rules that stand in the plan before the first trial.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Chance, over all cells together, of calling residue what is none (0 … 1).
    pub family_alpha: f64,
    /// Monte-Carlo draws at most per cell; at least cells / `family_alpha`.
    pub draws: u64,
    /// Confidence of the bounds (0 … 1).
    pub confidence: f64,
    /// Sensitivity that the seeded arm must show at that confidence (0 … 1).
    pub sensitivity: f64,
    /// Trials of the null arm at least.
    pub null_trials: u64,
    /// Largest bound on the leak rate that still says something (0 … 1), where chance is rare; over all cells together five times as much.
    pub largest_bound: f64,
    /// Seed of the Monte-Carlo draws, recorded with the result.
    pub seed: u64,
}

/// Chance of a false alarm over all tests of short secrets together, as `RESIDUE.md` lays down.
pub const FAMILY_ALPHA: f64 = 0.001;

impl Settings {
    /// As `RESIDUE.md` lays down for `cells` cells: α = 0.001, ≥ 95 % sensitivity and bounds at 95 %, a bound of 1 % at most (299
    /// trials without an event), ten times the draws that Holm's first step needs, a null arm of 60.
    pub fn standard(cells: usize, seed: u64) -> Self {
        Self {
            family_alpha: FAMILY_ALPHA,
            draws: 10_000 * cells.max(1) as u64,
            confidence: 0.95,
            sensitivity: 0.95,
            null_trials: 60,
            largest_bound: 0.01,
            seed,
        }
    }
}

/// All that was counted in a run.
pub struct Study {
    /// The cells.
    pub cells: Vec<Cell>,
    /// Where the PINs of all arms came from.
    pub urn: Urn,
    /// Authentications with a typed PIN: what is judged.
    pub typed: Vec<Trial>,
    /// The PIN was drawn and never typed.
    pub null: Vec<Trial>,
    /// The PIN was typed and a leak of it planted.
    pub seeded: Vec<Planted>,
    /// The second snapshot was taken in mid-authentication.
    pub live: Vec<Trial>,
    /// Places and contexts of the typed trials, in their order; empty where none were noted.
    pub seen: Vec<Seen>,
}

/// A study that cannot be judged as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadStudy {
    /// Fewer than two PINs to choose from.
    #[error("an urn of {0} PINs leaves nothing to compare with: at least 2 are needed")]
    NoChoice(usize),
    /// A trial with another number of cells.
    #[error("trial {trial} of the {arm} arm counts {has} cells, not {needed}")]
    Cells {
        /// Arm.
        arm: &'static str,
        /// Place in the arm, from 0.
        trial: usize,
        /// Cells it has.
        has: usize,
        /// Cells of the study.
        needed: usize,
    },
    /// A PIN drawn twice, or that is not in the urn.
    #[error("the PIN of trial {trial} of the {arm} arm was used before or is not in the urn")]
    Pin {
        /// Arm.
        arm: &'static str,
        /// Place in the arm, from 0.
        trial: usize,
    },
    /// Too few draws for any cell ever to be significant.
    #[error(
        "{draws} draws cannot reach significance in {cells} cells: at least {needed} are needed"
    )]
    Draws {
        /// Draws set.
        draws: u64,
        /// Cells.
        cells: usize,
        /// Draws needed.
        needed: u64,
    },
    /// A share outside (0, 1).
    #[error("{0} must lie strictly between 0 and 1")]
    Share(&'static str),
}

/// Checks a study and its settings.
pub(super) fn check(study: &Study, settings: &Settings) -> Result<(), BadStudy> {
    for (share, name) in [
        (settings.family_alpha, "family_alpha"),
        (settings.confidence, "confidence"),
        (settings.sensitivity, "sensitivity"),
        (settings.largest_bound, "largest_bound"),
    ] {
        if !(share > 0.0 && share < 1.0) {
            return Err(BadStudy::Share(name));
        }
    }
    let cells = study.cells.len();
    // p is at least 1 / (draws + 1).
    let needed = (cells as f64 / settings.family_alpha).ceil() as u64;
    if settings.draws < needed {
        let draws = settings.draws;
        return Err(BadStudy::Draws {
            draws,
            cells,
            needed,
        });
    }
    let urn = study.urn.values();
    if urn.len() < 2 {
        return Err(BadStudy::NoChoice(urn.len()));
    }
    let mut used = HashSet::new();
    let seeded: Vec<&Trial> = study.seeded.iter().map(|planted| &planted.trial).collect();
    for (arm, trials) in [
        ("typed", study.typed.iter().collect()),
        ("null", study.null.iter().collect()),
        ("seeded", seeded),
        ("live", study.live.iter().collect::<Vec<_>>()),
    ] {
        for (place, trial) in trials.into_iter().enumerate() {
            let pin = trial.pin;
            if urn.binary_search(&pin).is_err() || !used.insert(pin) {
                return Err(BadStudy::Pin { arm, trial: place });
            }
            if trial.changes.len() != cells {
                return Err(BadStudy::Cells {
                    arm,
                    trial: place,
                    has: trial.changes.len(),
                    needed: cells,
                });
            }
        }
    }
    Ok(())
}
