//! Each measure function with a pass, a fail and an inconclusive case, and what must never count.

// json!(…) literals read best handed over as they are.
#![allow(clippy::needless_pass_by_value)]

mod accuracy;
mod attempts;
mod intervals;
mod limits;
mod missing;
mod people;
mod successes;
mod texts;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::accuracy::ScoreFiles;
use super::ledger::Ledger;
use super::measure;
use crate::event::{Event, StepOutcome, TrialOutcome};
use crate::judge::sample::{Run, fault, run, spec, unmet};
use crate::observation::Artefact;
use crate::verdict::{Measurement, Verdict};

fn measured(run: &Run) -> Measurement {
    with_scores(run, &BTreeMap::new())
}

fn with_scores(run: &Run, scores: &ScoreFiles) -> Measurement {
    measure(&run.plan, &Ledger::new(&run.records), scores)
        .remove(0)
        .measurement
}

/// One trial for each reading of step `a`, field `r`.
fn readings(spec: Value, values: &[Value]) -> Measurement {
    let mut run = run(json!({}), spec, &[json!({"id": "a"})], values.len() as u32);
    for (i, value) in values.iter().enumerate() {
        run.reading(i as u32 + 1, value.clone());
    }
    measured(&run)
}

fn reading() -> Value {
    json!({"reading": {"step": "a", "field": "r"}})
}

fn at_least_640_px() -> Value {
    let limit = json!({"at_least": "640 px"});
    spec("px", reading(), limit, json!(null), "simple")
}

fn numbers(n: usize, value: f64, k: usize, other: f64) -> Vec<Value> {
    (0..n)
        .map(|i| json!(if i < k { other } else { value }))
        .collect()
}
