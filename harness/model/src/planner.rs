//! The planner: resolved files in, every trial out. Pure and deterministic: the same files and seed give the same bytes.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::check::{Resolved, VERBS, capabilities_of, fill};
use crate::criterion::Criterion;
use crate::plan::{InputFile, Phase, Plan, PlannedScenario, PlannedStep, Trial};
use crate::quantity::Time;
use crate::rig::RigFile;
use crate::scenario::{MeasurementSpec, Scenario, Statistic, Step};
use crate::text::Bilingual;

/// Deadline of steps that name none.
const DEADLINE_S: f64 = 10.0;

/// What the user chose.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// Seed for orders and variations.
    pub seed: u64,
    /// Cuts the repeats of each combination.
    pub max_trials: Option<u32>,
    /// Only these scenarios; empty: all.
    pub only: Vec<String>,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Nothing to do.
    #[error("there is no scenario to run: give a scenario file or a folder that holds some")]
    Empty,
    /// `--only` names nothing.
    #[error("no scenario `{0}`: known are {1}")]
    NoSuchScenario(String, String),
    /// `enough_for` cannot be resolved.
    #[error(
        "scenario `{0}`: `enough_for` needs a measurement with a percentile or a success share"
    )]
    NoSampleSize(String),
    /// Parameters gave a step that is none.
    #[error("scenario `{0}`, {1}: {2}")]
    Step(String, String, String),
    /// A step, with its parameters filled in, names what the rig does not have.
    #[error("scenario `{0}`, {1}: rig `{2}` has no {3}: add it to the rig file, or choose another")]
    NotThere(String, String, String, String),
    /// No rig.
    #[error("a plan needs a rig file with its DUT profile: --rig FILE")]
    NoRig,
}

/// Makes the plan.
pub fn plan(
    resolved: &Resolved,
    inputs: Vec<InputFile>,
    options: &PlanOptions,
) -> Result<Plan, PlanError> {
    let (Some(rig), Some(dut)) = (&resolved.rig, &resolved.dut) else {
        return Err(PlanError::NoRig);
    };
    let known: Vec<&str> = resolved
        .scenarios
        .iter()
        .map(|scenario| scenario.typed.scenario.as_str())
        .collect();
    if let Some(wrong) = options.only.iter().find(|id| !known.contains(&id.as_str())) {
        return Err(PlanError::NoSuchScenario(wrong.clone(), known.join(", ")));
    }
    let chosen = |id: &String| options.only.is_empty() || options.only.contains(id);
    let (mut scenarios, mut trials) = (Vec::new(), Vec::new());
    for checked in resolved
        .scenarios
        .iter()
        .filter(|checked| chosen(&checked.typed.scenario))
    {
        let scenario = &checked.typed;
        let measurements: Vec<MeasurementSpec> = scenario
            .measurements
            .iter()
            .map(|spec| completed(spec, &resolved.criteria))
            .collect();
        let repeats = repeats(scenario, &measurements)?;
        let repeats = options
            .max_trials
            .map_or(repeats, |most| repeats.min(most.max(1)));
        let skipped = skipped(rig, scenario);
        for parameters in combinations(scenario) {
            for _ in 0..if skipped.is_some() { 0 } else { repeats } {
                let number = trials
                    .iter()
                    .filter(|trial: &&Trial| trial.scenario == scenario.scenario)
                    .count()
                    + 1;
                let id = format!("{}#{number}", scenario.scenario);
                let steps = expand(resolved, scenario, &checked.raw, &parameters)?;
                trials.push(Trial {
                    seed: trial_seed(options.seed, &id),
                    id,
                    scenario: scenario.scenario.clone(),
                    parameters: parameters.clone(),
                    steps,
                });
            }
        }
        scenarios.push(PlannedScenario {
            id: scenario.scenario.clone(),
            title: scenario.title.clone(),
            criteria: scenario.criteria.clone(),
            measurements,
            requires: scenario.requires.clone(),
            skipped,
        });
    }
    if scenarios.is_empty() {
        return Err(PlanError::Empty);
    }
    Ok(Plan {
        format: 1,
        rig: rig.rig.clone(),
        place: rig.place.clone(),
        dut: format!("{} {}", dut.make, dut.model),
        seed: options.seed,
        inputs,
        criteria: resolved.criteria.clone(),
        scenarios,
        trials,
        max_trials: options.max_trials,
    })
}

/// Why a scenario cannot run on this rig, where it cannot (`check` lets it pass only with `allow_missing`).
fn skipped(rig: &RigFile, scenario: &Scenario) -> Option<Bilingual> {
    let missing = rig.missing(&scenario.requires).join(", ");
    (!missing.is_empty()).then(|| Bilingual {
        ja: format!("試験系 {} に {missing} がない", rig.rig),
        en: format!("rig {} provides no {missing}", rig.rig),
    })
}

/// A measurement with the criterion's limit, rule and confidence where it names none.
fn completed(spec: &MeasurementSpec, criteria: &[Criterion]) -> MeasurementSpec {
    let mut spec = spec.clone();
    if let Some(criterion) = criteria
        .iter()
        .find(|criterion| criterion.id == spec.criterion)
    {
        spec.limit = spec.limit.or_else(|| criterion.limit.clone());
        spec.rule = spec.rule.or(Some(criterion.rule));
        spec.confidence = spec.confidence.or(Some(criterion.confidence));
    }
    spec
}

fn repeats(scenario: &Scenario, measurements: &[MeasurementSpec]) -> Result<u32, PlanError> {
    let Some(repeat) = &scenario.repeat else {
        return Ok(1);
    };
    let Some(name) = &repeat.enough_for else {
        return Ok(repeat.times.unwrap_or(1).max(1));
    };
    let wrong = || PlanError::NoSampleSize(scenario.scenario.clone());
    let spec = measurements
        .iter()
        .find(|spec| spec.name == *name)
        .ok_or_else(wrong)?;
    let share = match (&spec.statistic, &spec.of.success, &spec.limit) {
        (Some(Statistic::Percentile(share)), ..) => share.fraction(),
        (_, Some(_), Some(limit)) => limit.at_least.as_ref().ok_or_else(wrong)?.base(),
        _ => return Err(wrong()),
    };
    let confidence = spec
        .confidence
        .as_ref()
        .map_or(0.95, crate::quantity::Share::fraction);
    let violations = u64::from(repeat.errors_allowed.unwrap_or(0));
    let groups = spec.of.success.as_ref().and_then(|of| of.worst_by.as_ref());
    let groups = groups
        .and_then(|name| scenario.matrix.get(name))
        .map_or(1, Vec::len);
    // Each group must clear the limit by itself: trials of other groups do not help.
    let combinations = (combinations(scenario).len() / groups.max(1)).max(1) as u64;
    let trials =
        shinsa_stats::sample_size::for_share(share, confidence, violations).map_err(|_| wrong())?;
    u32::try_from(trials.div_ceil(combinations)).map_err(|_| wrong())
}

/// Every combination of the matrix, over the parameters' defaults.
fn combinations(scenario: &Scenario) -> Vec<BTreeMap<String, Value>> {
    scenario.matrix.iter().fold(
        vec![scenario.parameters.clone()],
        |combinations, (name, values)| {
            combinations
                .iter()
                .flat_map(|base| {
                    values.iter().map(move |value| {
                        let mut parameters = base.clone();
                        parameters.insert(name.clone(), value.clone());
                        parameters
                    })
                })
                .collect()
        },
    )
}

/// First eight bytes of SHA-256 over seed and trial id: independent of order and of other trials.
fn trial_seed(seed: u64, trial: &str) -> u64 {
    let digest = Sha256::new()
        .chain_update(seed.to_be_bytes())
        .chain_update(trial)
        .finalize();
    u64::from_be_bytes(digest[..8].try_into().unwrap_or_default())
}

fn expand(
    resolved: &Resolved,
    scenario: &Scenario,
    raw: &Value,
    parameters: &BTreeMap<String, Value>,
) -> Result<Vec<PlannedStep>, PlanError> {
    let deadline = scenario.deadline.unwrap_or(Time::from_seconds(DEADLINE_S));
    let mut steps = Vec::new();
    for (part, phase) in [
        ("setup", Phase::Setup),
        ("steps", Phase::Steps),
        ("teardown", Phase::Teardown),
    ] {
        let mut expansion = Expansion {
            resolved,
            scenario: &scenario.scenario,
            phase,
            deadline,
            steps: &mut steps,
        };
        expansion.list(part, raw.get(part), parameters, 0)?;
    }
    Ok(steps)
}

struct Expansion<'a> {
    resolved: &'a Resolved,
    scenario: &'a str,
    phase: Phase,
    deadline: Time,
    steps: &'a mut Vec<PlannedStep>,
}

impl Expansion<'_> {
    fn list(
        &mut self,
        path: &str,
        list: Option<&Value>,
        parameters: &BTreeMap<String, Value>,
        occurrence: u32,
    ) -> Result<(), PlanError> {
        for (index, step) in list
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
        {
            let step = fill(step, parameters);
            let path = format!("{path}[{index}]");
            let times = step.get("times").and_then(Value::as_u64).unwrap_or(1) as u32;
            for repetition in 0..times {
                let occurrence = occurrence * times + repetition;
                match step.get("use") {
                    Some(used) => self.sequence(&path, used, occurrence)?,
                    None => self.single(&path, &step, occurrence)?,
                }
            }
        }
        Ok(())
    }

    fn sequence(&mut self, path: &str, used: &Value, occurrence: u32) -> Result<(), PlanError> {
        let name = used
            .as_str()
            .or_else(|| used.get("sequence").and_then(Value::as_str))
            .unwrap_or_default();
        let sequence = self
            .resolved
            .sequences
            .get(name)
            .ok_or_else(|| self.wrong(path, format!("unknown sequence `{name}`")))?;
        let mut parameters = sequence.typed.parameters.clone();
        for (key, value) in used
            .get("with")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            parameters.insert(key.clone(), value.clone());
        }
        self.list(
            &format!("{path}.{name}"),
            sequence.raw.get("steps"),
            &parameters,
            occurrence,
        )
    }

    fn single(&mut self, path: &str, step: &Value, occurrence: u32) -> Result<(), PlanError> {
        let mut step: Step = serde_json::from_value(step.clone())
            .map_err(|error| self.wrong(path, error.to_string()))?;
        self.on_this_rig(path, &step)?;
        step.within = step.within.or(Some(self.deadline));
        step.times = None;
        self.steps.push(PlannedStep {
            path: path.into(),
            occurrence,
            phase: self.phase,
            step,
        });
        Ok(())
    }

    fn on_this_rig(&self, path: &str, step: &Step) -> Result<(), PlanError> {
        let Some(rig) = &self.resolved.rig else {
            return Ok(());
        };
        let card = step
            .insert_card
            .as_ref()
            .map(|insert| &insert.card)
            .or(step.enter_pin.as_ref().map(|enter| &enter.card));
        let card = card
            .filter(|card| rig.cards.iter().all(|known| known.id != **card))
            .map(|card| format!("card `{card}`"));
        let subject = step.present_face.as_ref().map(|present| &present.subject);
        let subject = subject
            .filter(|subject| !rig.subjects.contains(subject))
            .map(|subject| format!("subject `{subject}`"));
        match card.or(subject) {
            Some(missing) => Err(PlanError::NotThere(
                self.scenario.into(),
                path.into(),
                rig.rig.clone(),
                missing,
            )),
            None => Ok(()),
        }
    }

    fn wrong(&self, path: &str, why: String) -> PlanError {
        PlanError::Step(self.scenario.into(), path.into(), why)
    }
}

/// Typical seconds of a verb on a quick rig; for predictions only.
fn typical_seconds(step: &Step) -> f64 {
    let waits = step
        .pause
        .as_ref()
        .map(|pause| pause.duration)
        .or(step.stay_on_screen.as_ref().map(|stay| stay.duration));
    if let Some(duration) = waits {
        return duration.seconds();
    }
    let value = serde_json::to_value(step).unwrap_or_default();
    let verb = capabilities_of(&value).first().map_or("", |(verb, _)| verb);
    match verb {
        "software" => 1.5,
        "wait_screen" | "read_text" => 0.6,
        "insert_card" | "remove_card" | "card_status" => 0.3,
        "ask" => 30.0,
        _ => 0.1,
    }
}

/// Predicted duration, s: sums of typical times. A prediction, not a promise.
pub fn predicted_seconds(plan: &Plan) -> f64 {
    plan.trials
        .iter()
        .flat_map(|trial| &trial.steps)
        .map(|planned| typical_seconds(&planned.step))
        .sum()
}

/// The verb of a step, by its YAML name.
pub fn verb_of(step: &Step) -> &'static str {
    let value = serde_json::to_value(step).unwrap_or_default();
    VERBS
        .iter()
        .map(|(verb, _)| *verb)
        .find(|verb| value.get(*verb).is_some())
        .unwrap_or("")
}
