//! PINs that stay behind (3-16): the counts of all authentications of a scenario, put together and judged by
//! `shinsa_stats::pins`. Pure; the labels in the journal say nothing of the PINs.

mod assembly;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;

use shinsa_stats::pins::{Found, Judged, Kind, Outcome, Recurring, Settings, Study, judge};

use assembly::study;
use words::words;

use super::ledger::Ledger;
use super::limit::Bounds;
use super::rule::Ruling;
use super::values::{Gathered, ends};
use crate::event::StepOutcome;
use crate::plan;
use crate::quantity::Quantity;
use crate::residue::{PinChanges, READING};
use crate::scenario::PinResidue;
use crate::text::Bilingual;
use crate::verdict::{PinCell, PinFinding, PinRecurrence, Verdict};

/// Counts of one authentication, or of one planted leak.
#[derive(Debug, Clone, PartialEq)]
pub enum Counted {
    /// After the end, by planned delay in seconds.
    After(Vec<(u32, PinChanges)>),
    /// In mid-authentication.
    Live(PinChanges),
    /// With a planted leak.
    Seeded(PinChanges),
}

/// Collects the counts of a trial. Counts after the end count only together: all delays or none.
pub fn gather(of: &PinResidue, trial: &plan::Trial, ledger: &Ledger, gathered: &mut Gathered) {
    let mut read = |id: &String| -> Vec<PinChanges> {
        let steps = ends(trial, ledger, |planned| {
            planned.step.id.as_ref() == Some(id)
        });
        let read: Vec<Option<(u64, PinChanges)>> = steps
            .iter()
            .map(|end| {
                let done = end.filter(|facts| *facts.outcome == StepOutcome::Done)?;
                let value = done.observation?.value.get(READING)?;
                Some((done.seq, serde_json::from_value(value.clone()).ok()?))
            })
            .collect();
        let mut all = Vec::new();
        for one in read {
            match one {
                Some((seq, changes)) => {
                    gathered.evidence.push(seq);
                    all.push(changes);
                }
                None => gathered.miss("暗証番号の計数がない", "PINs were not counted"),
            }
        }
        all
    };
    let after: Vec<Vec<PinChanges>> = of.after.iter().map(|after| read(&after.step)).collect();
    let mut counted = Vec::new();
    let repetitions = after.iter().map(Vec::len).min().unwrap_or(0);
    for n in 0..repetitions {
        let delays = of.after.iter().zip(&after);
        let all =
            delays.map(|(step, found)| (step.delay.seconds().round() as u32, found[n].clone()));
        counted.push(Counted::After(all.collect()));
    }
    let live = of.live.iter().flat_map(&mut read);
    counted.extend(live.map(Counted::Live));
    counted.extend(of.seeded.iter().flat_map(read).map(Counted::Seeded));
    gathered.counted.extend(counted);
}

/// The rate of authentications that leave their PIN behind, against its limit.
pub fn rule(
    gathered: &Gathered,
    limit: &Bounds,
    unit: &str,
    confidence: f64,
    seed: u64,
) -> (Ruling, u64, Option<Box<PinFinding>>) {
    let whole = Quantity::whole(unit);
    let Some(most) = limit.most.filter(|_| limit.least.is_none()) else {
        return nothing(
            "漏れの率の限度は at_most で与える",
            "a leak rate's limit is an `at_most`",
        );
    };
    let Some(study) = study(&gathered.counted) else {
        return nothing(
            "暗証番号の計数が互いに合わない",
            "counts of PINs do not fit together: a cell twice, or a label beyond 9,999",
        );
    };
    let settings = Settings {
        confidence,
        largest_bound: most / whole,
        ..Settings::standard(study.cells.len(), seed)
    };
    let judged = match judge(&study, &settings) {
        Ok(judged) => judged,
        Err(why) => return nothing("暗証番号の計数を判定できない", &why.to_string()),
    };
    let trials = study.typed.len() as u64;
    let finding = finding(&study, &judged);
    let (guarded, bounds, open) = match &judged.outcome {
        Outcome::Residue { .. } => (Verdict::Fail, None, None),
        Outcome::Bound(bound) => (Verdict::Pass, Some((0.0, bound.upper * whole)), None),
        Outcome::Inconclusive(reasons) => (Verdict::Inconclusive, None, Some(words(reasons))),
    };
    let residue = matches!(judged.outcome, Outcome::Residue { .. });
    let share = |n: u64| n as f64 / trials.max(1) as f64 * whole;
    let ruling = Ruling {
        estimate: (trials > 0).then(|| {
            share(
                finding
                    .cells
                    .iter()
                    .map(|cell| cell.rose)
                    .chain(finding.recurring.iter().map(|one| one.held))
                    .max()
                    .unwrap_or(0),
            )
        }),
        bounds,
        guarded,
        simple: if residue { Verdict::Fail } else { guarded },
        open,
    };
    (ruling, trials, Some(Box::new(finding)))
}

fn nothing(ja: &str, en: &str) -> (Ruling, u64, Option<Box<PinFinding>>) {
    let open = Some(Bilingual {
        ja: ja.into(),
        en: en.into(),
    });
    (
        Ruling {
            open,
            ..Ruling::nothing()
        },
        0,
        None,
    )
}

fn finding(study: &Study, judged: &Judged) -> PinFinding {
    let (cells, recurring) = match &judged.outcome {
        Outcome::Residue { cells, recurring } => (cells.as_slice(), recurring.as_slice()),
        _ => (&[][..], &[][..]),
    };
    let cell = |found: &Found| PinCell {
        form: found.cell.encoding.clone(),
        region: found.cell.region.clone(),
        delay_s: found.cell.delay_s,
        rose: found.rose,
        p: found.adjusted,
    };
    let loud = |place: &usize| {
        let cell = &study.cells[*place];
        format!("{} {} {} s", cell.encoding, cell.region, cell.delay_s)
    };
    let forms: BTreeSet<&String> = study.cells.iter().map(|cell| &cell.encoding).collect();
    PinFinding {
        authentications: study.typed.len() as u64,
        counted_in: study.cells.len() as u64,
        forms: forms.into_iter().cloned().collect(),
        loud: judged.loud.iter().map(loud).collect(),
        whole: judged.whole.map(|whole| whole.upper),
        cells: cells.iter().map(cell).collect(),
        noticed: judged.noticed,
        recurring: recurring.iter().map(|one| recurrence(study, one)).collect(),
        never_typed: judged.null.trials,
        alarms: judged.null.alarms.len() as u64,
        planted: judged.sensitivity.planted,
        planted_found: judged.sensitivity.found,
        sensitivity: judged.sensitivity.lower,
        live: judged.live.trials,
        live_visible: judged.live.visible.len() as u64,
    }
}

fn recurrence(study: &Study, one: &Recurring) -> PinRecurrence {
    let cell = study.cells.get(one.cell);
    PinRecurrence {
        place: one.key.kind == Kind::Place,
        form: cell.map(|cell| cell.encoding.clone()).unwrap_or_default(),
        region: cell.map(|cell| cell.region.clone()).unwrap_or_default(),
        delay_s: one.key.delay_s,
        held: one.held,
        present: one.present,
        p: one.p,
    }
}
