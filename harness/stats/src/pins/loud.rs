//! Cells in which counts rise by chance so often that a few hundred authentications bound no leak there: whole numbers below 10,000 in a heap.
//!
//! With b events expected by chance the bound of n clean authentications is some (3 + 2 √b) / n instead of 3 / n, and even that only by luck. A
//! leak rate is therefore bounded twice: in the quiet cells by the limit, and in all cells together by [`LOUDER`] times as much. Which cells are
//! quiet is told by the control PINs alone, so that the choice knows nothing of the true ones. Loud cells are tested like all others.

use super::bound::{Bound, leak_rate};
use super::change::Change;
use super::study::{Settings, Study};
use crate::Unusable;

/// Events by chance that all quiet cells together may be expected to show in the whole study: without a leak none is seen nine times of ten.
const CHANCE: f64 = 0.1;
/// The limit of the bound over all cells, in limits of the quiet ones.
pub(super) const LOUDER: f64 = 5.0;

/// Places of the cells that are loud: those beyond the quietest that together stay within [`CHANCE`].
pub(super) fn loud(study: &Study) -> Vec<usize> {
    let others = (study.urn.values().len() as f64 - 1.0).max(1.0);
    let by_chance = |cell: usize| -> f64 {
        let risen = study.typed.iter().map(|trial| {
            let change = &trial.changes[cell];
            change.risen(study.urn.values()) - usize::from(change.rose(trial.pin))
        });
        risen.sum::<usize>() as f64 / others
    };
    let mut cells: Vec<(f64, usize)> = (0..study.cells.len())
        .map(|cell| (by_chance(cell), cell))
        .collect();
    cells.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut together = 0.0;
    cells.retain(|(chance, _)| {
        together += chance;
        together > CHANCE
    });
    let mut loud: Vec<usize> = cells.into_iter().map(|(_, cell)| cell).collect();
    loud.sort_unstable();
    loud
}

/// The bound over all cells but those left out.
///
/// # Errors
/// No trial was typed.
pub(super) fn bound(
    study: &Study,
    settings: &Settings,
    left_out: &[usize],
) -> Result<Bound, Unusable> {
    let kept: Vec<usize> = (0..study.cells.len())
        .filter(|cell| !left_out.contains(cell))
        .collect();
    let urn = study.urn.values();
    let mut events = 0;
    let mut background = Vec::with_capacity(study.typed.len());
    for trial in &study.typed {
        let any = Change::any(kept.iter().map(|cell| &trial.changes[*cell]));
        events += u64::from(any.rose(trial.pin));
        background.push(any.risen(urn) as f64 / urn.len() as f64);
    }
    leak_rate(events, &background, settings.confidence)
}
