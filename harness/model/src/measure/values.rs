//! Values: the single figures of a measurement, each with its measurement uncertainty and its journal lines.
//!
//! What cannot be counted is listed with its reason, never replaced. Decides nothing.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::ledger::{Ledger, StepFacts};
use super::missing::Missing;
use super::{accuracy, common, predicted, residue, successes, vectors};
use crate::event::{StepOutcome, TrialOutcome};
use crate::observation::Observation;
use crate::plan::{Plan, PlannedStep, Trial};
use crate::quantity::Quantity;
use crate::scenario::{Interval, MeasureOf, Reading};

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// In the measurement's unit.
    pub value: f64,
    /// Half-width of its uncertainty, same unit.
    pub half_width: f64,
    /// Group that must hold by itself; empty where there are none.
    pub group: String,
    /// Whose trial it is, where trials of one subject hang together; else empty.
    pub subject: String,
    /// Screen that the trial ended on; empty where none was read.
    pub ended_on: String,
}

impl Figure {
    /// Of no group and of nobody in particular.
    pub fn of(value: f64, half_width: f64) -> Self {
        Self {
            value,
            half_width,
            group: String::new(),
            subject: String::new(),
            ended_on: String::new(),
        }
    }
}

/// Everything that enters a measurement.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Figures, in plan order.
    pub values: Vec<Figure>,
    /// Texts, for `uniformity` and `distinct`.
    pub texts: Vec<String>,
    /// Score files, with the threshold that the engine said it works with.
    pub scores: Vec<accuracy::Stored>,
    /// Decisions that scores may foretell.
    pub decisions: Vec<predicted::Decision>,
    /// Counts of PINs.
    pub counted: Vec<residue::Counted>,
    /// Searches for values that are met by chance as well.
    pub common: Vec<common::Searched>,
    /// Sketches of vectors.
    pub vectors: shinsa_stats::templates::Study,
    /// Formats that every collection of vectors looked for.
    pub vector_formats: Option<BTreeSet<String>>,
    /// Journal lines used.
    pub evidence: Vec<u64>,
    /// What was planned and does not count.
    pub missing: Missing,
    /// Trials that ended in an error of harness or rig.
    pub errors: u64,
    /// Trials of which an attempt has an end.
    pub ended: u64,
}

impl Gathered {
    pub(super) fn miss(&mut self, ja: &str, en: &str) {
        self.missing.add(ja, en);
    }

    /// Is there nothing that could be judged?
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
            && self.texts.is_empty()
            && self.scores.is_empty()
            && self.decisions.is_empty()
            && self.counted.is_empty()
            && self.common.is_empty()
            && self.vectors.plain.is_empty()
    }
}

/// Gathers what `of` names from all trials of a scenario.
pub fn gather(
    of: &MeasureOf,
    unit: &str,
    scenario: &str,
    plan: &Plan,
    ledger: &Ledger,
) -> Gathered {
    let trials = plan.trials.iter();
    let trials: Vec<&Trial> = trials.filter(|trial| trial.scenario == scenario).collect();
    let mut gathered = Gathered {
        missing: Missing::of(&trials),
        ..Gathered::default()
    };
    for trial in trials {
        gathered.missing.now(trial);
        match ledger.counted(&trial.id).map(|facts| facts.outcome) {
            Some(TrialOutcome::Declined { .. }) => continue,
            Some(outcome) => {
                gathered.ended += 1;
                gathered.errors += u64::from(matches!(outcome, TrialOutcome::Error { .. }));
            }
            None if ledger.begun(&trial.id) => {
                gathered.miss("試行が終了していない", "trial without an end");
            }
            None => gathered.miss("試行が実施されていない", "trial not run"),
        }
        if let Some(interval) = &of.interval {
            intervals(interval, unit, trial, ledger, &mut gathered);
        } else if let Some(reading) = &of.reading {
            readings(reading, trial, ledger, &mut gathered);
        } else if let Some(step) = &of.success {
            successes::gather(step, unit, trial, ledger, &mut gathered);
        } else if let Some(of) = &of.predicted {
            predicted::gather(of, trial, ledger, &mut gathered);
        } else if let Some(of) = &of.pin_residue {
            residue::gather(of, trial, ledger, &mut gathered);
        } else if let Some(of) = &of.common_residue {
            common::gather(of, trial, ledger, &mut gathered);
        } else if let Some(of) = &of.vector_residue {
            vectors::gather(of, trial, plan, ledger, &mut gathered);
        } else if let Some(of) = &of.accuracy {
            accuracy::gather(of, trial, ledger, &mut gathered);
        } else if let Some(reading) = of.uniformity.as_ref().or(of.distinct.as_ref()) {
            texts(reading, trial, ledger, &mut gathered);
        }
    }
    gathered
}

/// Steps of a trial that a measurement names, with their ends; nothing for trials without an end (counted once already).
pub(super) fn ends<'t, 'r>(
    trial: &'t Trial,
    ledger: &'t Ledger<'r>,
    named: impl Fn(&PlannedStep) -> bool,
) -> Vec<Option<StepFacts<'r>>> {
    let Some(facts) = ledger.counted(&trial.id) else {
        return Vec::new();
    };
    let steps = trial.steps.iter().filter(|planned| named(planned));
    steps
        .map(|planned| facts.step(&planned.path, planned.occurrence))
        .collect()
}

fn intervals(
    interval: &Interval,
    unit: &str,
    trial: &Trial,
    ledger: &Ledger,
    gathered: &mut Gathered,
) {
    let marked = |mark: &String| {
        ends(trial, ledger, |planned| {
            planned.step.mark.as_ref() == Some(mark)
        })
    };
    // An unmet step was stamped by its deadline, not by the event that it waited for.
    let stamp = |end: &Option<StepFacts<'_>>| {
        end.filter(|facts| *facts.outcome == StepOutcome::Done)
            .and_then(|facts| Some((facts.seq, facts.observation?.at.clone())))
    };
    for (from, to) in marked(&interval.from).iter().zip(&marked(&interval.to)) {
        let (Some((from_seq, from)), Some((to_seq, to))) = (stamp(from), stamp(to)) else {
            gathered.miss("時刻の印に到達していない", "a mark was not reached");
            continue;
        };
        if from.clock != to.clock {
            gathered.miss(
                &format!("時計が異なる（{}・{}）", from.clock, to.clock),
                &format!("two clocks ({}, {})", from.clock, to.clock),
            );
            continue;
        }
        let seconds = |ns: i128| Quantity::from_base(ns as f64 / 1e9, unit).map(|q| q.number());
        let between = i128::from(to.ns) - i128::from(from.ns);
        let around = i128::from(from.half_width_ns).abs() + i128::from(to.half_width_ns).abs();
        match (seconds(between), seconds(around)) {
            (Some(value), Some(half_width)) if between + around >= 0 => {
                gathered.values.push(Figure::of(value, half_width));
                gathered.evidence.extend([from_seq, to_seq]);
            }
            _ => gathered.miss(
                "時刻の前後が逆",
                "the later mark was stamped before the earlier one",
            ),
        }
    }
}

fn readings(reading: &Reading, trial: &Trial, ledger: &Ledger, gathered: &mut Gathered) {
    for end in ends(trial, ledger, |planned| {
        planned.step.id.as_ref() == Some(&reading.step)
    }) {
        let observation = end.and_then(|facts| Some((facts.seq, facts.observation?)));
        let json = observation.and_then(|(seq, read)| Some((seq, read.value.get(&reading.field)?)));
        match json.map(|(seq, json)| (seq, json.as_f64().filter(|number| number.is_finite()))) {
            Some((seq, Some(value))) => {
                gathered.values.push(Figure::of(value, 0.0));
                gathered.evidence.push(seq);
            }
            Some((_, None)) => gathered.miss("読み取り値が数値でない", "a reading is not a number"),
            None => match observation.and_then(|(_, read)| not_looked_at(read)) {
                Some(place) => gathered.miss(
                    &format!("読み取り値がない（探索・確認できない場所がある: {place}）"),
                    &format!("no reading, for not everything could be looked at: {place}"),
                ),
                None => gathered.miss("読み取り値がない", "no reading"),
            },
        }
    }
}

/// The first place that an inspection could not look at, and why. Nothing personal: the rig hid it.
fn not_looked_at(read: &Observation) -> Option<String> {
    let place = read.value.get("places_not_searched")?.get(0)?;
    let words = ["target", "place", "why"].map(|name| place.get(name).and_then(Json::as_str));
    let words: Vec<&str> = words
        .into_iter()
        .flatten()
        .filter(|word| !word.is_empty())
        .collect();
    Some(words.join(" "))
}

fn texts(reading: &Reading, trial: &Trial, ledger: &Ledger, gathered: &mut Gathered) {
    for end in ends(trial, ledger, |planned| {
        planned.step.id.as_ref() == Some(&reading.step)
    }) {
        let json =
            end.and_then(|facts| Some((facts.seq, facts.observation?.value.get(&reading.field)?)));
        let Some((seq, json)) = json.filter(|(_, json)| !json.is_null()) else {
            gathered.miss("読み取り値がない", "no reading");
            continue;
        };
        let text = json
            .as_str()
            .map_or_else(|| Json::to_string(json), str::to_owned);
        gathered.texts.push(text);
        gathered.evidence.push(seq);
    }
}
