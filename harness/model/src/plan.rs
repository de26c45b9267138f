//! The plan: every trial of a run, resolved, before the first stimulus. Its bytes are hashed into the journal.
//!
//! A plan holds all that `measure` and `decide` need besides the journal, so that a stored run can be judged
//! without the YAML it came from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::criterion::Criterion;
use crate::scenario::{MeasurementSpec, Order, Step};
use crate::text::Bilingual;

/// `plan.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Layout version: 1.
    pub format: u32,
    /// Rig id.
    pub rig: String,
    /// Lab and place.
    pub place: String,
    /// DUT by its profile: maker and model.
    pub dut: String,
    /// Seed for orders and variations.
    pub seed: u64,
    /// Files that decided, in order of reading.
    pub inputs: Vec<InputFile>,
    /// Catalogue after overlays, catalogue order.
    pub criteria: Vec<Criterion>,
    /// Scenarios, order of running.
    pub scenarios: Vec<PlannedScenario>,
    /// Trials, order of running.
    pub trials: Vec<Trial>,
    /// Where `--max-trials N` cut the repeats: N. Printed in every report.
    pub max_trials: Option<u32>,
    /// Where `--max-combinations N` cut the combinations of each matrix: N. Printed in every report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_combinations: Option<u32>,
    /// Where `--max-subjects N` cut the people of each series: N. Printed in every report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_subjects: Option<u32>,
}

/// A file that entered the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// As given.
    pub path: String,
    /// `criteria`, `scenario`, `sequence`, `rig`, `dut`, `documents`.
    pub role: String,
    /// Hex.
    pub sha256: String,
}

/// What all trials of a scenario share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedScenario {
    /// Id.
    pub id: String,
    /// For people.
    pub title: Bilingual,
    /// Items served.
    pub criteria: Vec<String>,
    /// Limits, rules and confidences filled in from the criteria.
    pub measurements: Vec<MeasurementSpec>,
    /// Capabilities used.
    pub requires: Vec<String>,
    /// Order of its trials.
    #[serde(default, skip_serializing_if = "Order::is_as_written")]
    pub order: Order,
    /// Reason why it cannot run on this rig (capability missing); its criteria stay `not tested` through it.
    pub skipped: Option<Bilingual>,
}

/// One trial: a scenario with parameters filled in and sequences expanded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// `scenario#k` with k from 1; unique.
    pub id: String,
    /// Scenario id.
    pub scenario: String,
    /// Values of parameters and matrix.
    pub parameters: BTreeMap<String, Value>,
    /// Variation seed of this trial, derived from the run's seed.
    pub seed: u64,
    /// Setup, steps and teardown, flattened; every `within` filled in; no `use`, no `${…}`, no `times`.
    pub steps: Vec<PlannedStep>,
}

/// One step of a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// `setup[0]`, `steps[3]`, `steps[3].wait-done[1]` (sequence), `teardown[0]`; unique with `occurrence`.
    pub path: String,
    /// For steps repeated by `times`.
    pub occurrence: u32,
    /// Part of the trial.
    pub phase: Phase,
    /// The step itself.
    pub step: Step,
}

/// Parts of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Prepares; decides nothing.
    Setup,
    /// The test.
    Steps,
    /// Always runs.
    Teardown,
}
