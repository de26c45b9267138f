//! The planner: resolved files in, every trial out. Pure and deterministic: the same files and seed give the same bytes.

mod expansion;
mod trials;

use sha2::{Digest, Sha256};

use crate::check::{Resolved, VERBS, capabilities_of};
use crate::criterion::Criterion;
use crate::plan::{InputFile, Plan, PlannedScenario, Trial};
use crate::rig::RigFile;
use crate::scenario::{MeasurementSpec, Scenario, Step};
use crate::text::Bilingual;
use expansion::expand;

/// What the user chose.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// Seed for orders and variations.
    pub seed: u64,
    /// Cuts the repeats of each combination.
    pub max_trials: Option<u32>,
    /// Cuts the combinations of each matrix.
    pub max_combinations: Option<u32>,
    /// Cuts the people of each series.
    pub max_subjects: Option<u32>,
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
    /// Trials of too few subjects hang together too much.
    #[error(
        "scenario `{0}`: {1} subjects cannot show this share however often they come; {2} could: add subjects to the matrix"
    )]
    TooFewSubjects(String, usize, u64),
    /// A series with nobody in it.
    #[error(
        "scenario `{0}`: rig `{1}` has no series of subjects that the matrix names: see `series:` in the rig file"
    )]
    NoSeries(String, String),
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
        let skipped = skipped(rig, scenario);
        let given = match skipped {
            Some(_) => Vec::new(),
            None => trials::given(scenario, &measurements, rig, options)?,
        };
        for (index, parameters) in given.into_iter().enumerate() {
            let id = format!("{}#{}", scenario.scenario, index + 1);
            let steps = expand(resolved, scenario, &checked.raw, &parameters)?;
            trials.push(Trial {
                seed: trial_seed(options.seed, &id),
                id,
                scenario: scenario.scenario.clone(),
                parameters,
                steps,
            });
        }
        scenarios.push(PlannedScenario {
            id: scenario.scenario.clone(),
            title: scenario.title.clone(),
            criteria: scenario.criteria.clone(),
            measurements,
            requires: scenario.requires.clone(),
            order: scenario.order.clone(),
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
        max_combinations: options.max_combinations,
        max_subjects: options.max_subjects,
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

/// First eight bytes of SHA-256 over seed and trial id: independent of order and of other trials.
fn trial_seed(seed: u64, trial: &str) -> u64 {
    let digest = Sha256::new()
        .chain_update(seed.to_be_bytes())
        .chain_update(trial)
        .finalize();
    u64::from_be_bytes(digest[..8].try_into().unwrap_or_default())
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
