//! Measure: from observations to judged measurements. Pure; called by `judge` only.
//!
//! Must not touch devices, clocks or files, and never fills in what was not observed. A measurement of a scenario
//! whose trials ended in errors of the rig is `error` unless its values already show a `fail`.

pub mod accuracy;
mod common;
pub mod ledger;
mod limit;
mod missing;
pub mod predicted;
pub mod residue;
mod rule;
mod ruled;
pub mod share;
mod spread;
mod successes;
mod values;
pub mod vectors;

#[cfg(test)]
mod tests;

use accuracy::ScoreFiles;
use ledger::Ledger;
use limit::Bounds;
use ruled::rule_on;
use values::Gathered;

use crate::criterion::{Criterion, Rule};
use crate::plan::{Plan, PlannedScenario};
use crate::scenario::{MeasurementSpec, Success};
use crate::text::Bilingual;
use crate::verdict::{Measurement, Verdict};

/// A measurement and the item that it decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// 項番.
    pub criterion: String,
    /// Scenario.
    pub scenario: String,
    /// The measurement.
    pub measurement: Measurement,
}

/// All measurements of the plan, in plan order.
pub fn measure(plan: &Plan, ledger: &Ledger, scores: &ScoreFiles) -> Vec<Measured> {
    let of_scenario = |scenario: &PlannedScenario| -> Vec<Measured> {
        let specs = scenario.measurements.iter();
        specs
            .map(|spec| Measured {
                criterion: spec.criterion.clone(),
                scenario: scenario.id.clone(),
                measurement: one(spec, scenario, plan, ledger, scores),
            })
            .collect()
    };
    plan.scenarios.iter().flat_map(of_scenario).collect()
}

fn one(
    spec: &MeasurementSpec,
    scenario: &PlannedScenario,
    plan: &Plan,
    ledger: &Ledger,
    scores: &ScoreFiles,
) -> Measurement {
    let criterion = plan
        .criteria
        .iter()
        .find(|criterion| criterion.id == spec.criterion);
    let limit = spec
        .limit
        .as_ref()
        .or(criterion.and_then(|c| c.limit.as_ref()));
    let rule = spec
        .rule
        .or(criterion.map(|c| c.rule))
        .unwrap_or(Rule::Guarded);
    let confidence = confidence(spec, criterion);
    let gathered = values::gather(&spec.of, &spec.unit, &scenario.id, plan, ledger);
    let bounds = Bounds::new(limit, &spec.unit);
    let ruled = rule_on(spec, &gathered, bounds.as_ref(), confidence, plan, scores);
    let ruling = ruled.ruling;
    let of_success = spec.of.success.as_ref();
    let settled = |by_values: Verdict| settle(by_values, &gathered);
    let verdict = settled(match rule {
        Rule::Guarded => ruling.guarded,
        Rule::Simple => ruling.simple,
    });
    let mut open: Vec<Bilingual> = Vec::new();
    open.extend(scenario.skipped.clone());
    if scenario.skipped.is_none() {
        open.extend(gathered.missing.words());
    }
    if verdict == Verdict::Inconclusive {
        open.extend(ruling.open);
    }
    Measurement {
        id: format!("{}/{}", scenario.id, spec.name),
        title: spec.title.clone(),
        unit: spec.unit.clone(),
        n: ruled
            .compared
            .unwrap_or((gathered.values.len() + gathered.texts.len()) as u64),
        estimate: ruling.estimate.filter(|x| x.is_finite()),
        bounds: ruling
            .bounds
            .filter(|(low, high)| low.is_finite() && high.is_finite()),
        confidence,
        limit: limit::words(limit, spec.statistic.as_ref()),
        rule: match rule {
            Rule::Guarded => "guarded".into(),
            Rule::Simple => "simple".into(),
        },
        verdict,
        simple: settled(ruling.simple),
        open: join(&open),
        values: ruled.values,
        error_rate: of_success.and_then(|of| of.error_rate.clone()),
        no_response: of_success.and_then(|of| no_response(of, &gathered)),
        groups: ruled.groups,
        study: ruled.study,
        pins: ruled.pins,
        vectors: ruled.vectors,
        evidence: gathered.evidence,
    }
}

/// Trials that ended on a screen of no response, where the scenario names any.
fn no_response(of: &Success, gathered: &Gathered) -> Option<u64> {
    let silent = |value: &&values::Figure| of.no_response.contains(&value.ended_on);
    let named = !of.no_response.is_empty();
    named.then(|| gathered.values.iter().filter(silent).count() as u64)
}

fn confidence(spec: &MeasurementSpec, criterion: Option<&Criterion>) -> f64 {
    let share = spec.confidence.or(criterion.map(|c| c.confidence));
    share.map_or(0.95, |share| share.fraction())
}

/// What faults and gaps leave of a verdict.
fn settle(by_values: Verdict, gathered: &Gathered) -> Verdict {
    if gathered.ended == 0 {
        Verdict::NotTested
    } else if by_values == Verdict::Fail {
        Verdict::Fail
    } else if gathered.errors > 0 {
        Verdict::Error
    } else if gathered.missing.count() > 0 || gathered.is_empty() {
        Verdict::Inconclusive
    } else {
        by_values
    }
}

fn join(parts: &[Bilingual]) -> Option<Bilingual> {
    (!parts.is_empty()).then(|| all(parts))
}

/// Reasons one after the other: English as they print themselves.
fn listed<R: ToString>(reasons: &[R], ja: impl Fn(&R) -> String) -> Bilingual {
    let one = |reason: &R| Bilingual {
        ja: ja(reason),
        en: reason.to_string(),
    };
    all(&reasons.iter().map(one).collect::<Vec<_>>())
}

fn all(parts: &[Bilingual]) -> Bilingual {
    let ja: Vec<_> = parts.iter().map(|part| part.ja.as_str()).collect();
    let en: Vec<_> = parts.iter().map(|part| part.en.as_str()).collect();
    Bilingual {
        ja: ja.join("。"),
        en: en.join("; "),
    }
}
