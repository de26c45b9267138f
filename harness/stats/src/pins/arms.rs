//! The three arms that make a verdict valid: nothing is found where nothing is, what is planted is found, and what the
//! reader must hold in mid-authentication is seen.

use crate::binomial;

use super::holm::holm;
use super::permutation::{Permutation, permutation};
use super::study::{Cell, Settings, Study, Trial};

/// A trial of the seeded arm.
pub struct Planted {
    /// The trial.
    pub trial: Trial,
    /// The cell in which the leak was planted, by its place in the study.
    pub cell: usize,
}

/// What the null arm showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Null {
    /// Trials.
    pub trials: u64,
    /// Cells that were significant although no PIN was typed.
    pub alarms: Vec<Cell>,
}

/// What the seeded arm showed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sensitivity {
    /// Planted leaks.
    pub planted: u64,
    /// Those whose cell showed a rise of the true PIN; among them the few that rose by chance, so plant in quiet cells.
    pub found: u64,
    /// Lower bound of the share found (Clopper and Pearson); 0 without trials. 59 of 59 give 95.05 % at 95 %.
    pub lower: f64,
}

/// What the live arm showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Live {
    /// Trials.
    pub trials: u64,
    /// Cells in which the PIN was seen in mid-authentication.
    pub visible: Vec<Cell>,
}

/// Each arm's own range of random streams, so that no two tests share their controls.
const NULL_STREAMS: u64 = 1 << 32;
const LIVE_STREAMS: u64 = 2 << 32;

/// Tests all cells of one arm; each with its Holm-adjusted p.
pub(super) fn tests(
    study: &Study,
    trials: &[Trial],
    settings: &Settings,
    streams: u64,
) -> Vec<(Permutation, f64)> {
    let tests: Vec<Permutation> = (0..study.cells.len())
        .map(|cell| {
            let of_cell: Vec<_> = trials
                .iter()
                .map(|trial| (&trial.changes[cell], trial.pin))
                .collect();
            let stream = streams + cell as u64;
            permutation(
                &of_cell,
                study.urn.values(),
                settings.draws,
                settings.seed,
                stream,
            )
        })
        .collect();
    let adjusted = holm(&tests.iter().map(|test| test.p).collect::<Vec<_>>());
    tests.into_iter().zip(adjusted).collect()
}

fn significant(study: &Study, trials: &[Trial], settings: &Settings, streams: u64) -> Vec<Cell> {
    let tests = tests(study, trials, settings, streams);
    let cells = study.cells.iter().zip(tests);
    cells
        .filter(|(_, (_, adjusted))| *adjusted <= settings.family_alpha)
        .map(|(cell, _)| cell.clone())
        .collect()
}

pub(super) fn null(study: &Study, settings: &Settings) -> Null {
    Null {
        trials: study.null.len() as u64,
        alarms: significant(study, &study.null, settings, NULL_STREAMS),
    }
}

pub(super) fn live(study: &Study, settings: &Settings) -> Live {
    Live {
        trials: study.live.len() as u64,
        visible: significant(study, &study.live, settings, LIVE_STREAMS),
    }
}

pub(super) fn sensitivity(study: &Study, settings: &Settings) -> Sensitivity {
    let shown = |planted: &&Planted| {
        let change = planted.trial.changes.get(planted.cell);
        change.is_some_and(|change| change.rose(planted.trial.pin))
    };
    let planted = study.seeded.len() as u64;
    let found = study.seeded.iter().filter(shown).count() as u64;
    Sensitivity {
        planted,
        found,
        lower: binomial::lower(found, planted, settings.confidence).unwrap_or(0.0),
    }
}
