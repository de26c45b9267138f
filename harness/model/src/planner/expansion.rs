//! One trial's steps: sequences put in place, parameters filled in, deadlines named. Called by `plan`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::PlanError;
use crate::check::{Resolved, fill};
use crate::plan::{Phase, PlannedStep};
use crate::quantity::Time;
use crate::scenario::{Scenario, Step};

/// Deadline of steps that name none.
const DEADLINE_S: f64 = 10.0;

pub(super) fn expand(
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
        let all = Time::from_seconds(self.deadline.seconds() + step.passes().seconds());
        step.within = step.within.or(Some(all));
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
            .or(step.enter_pin.as_ref().map(|enter| &enter.card))
            .or(step.search_residue.as_ref().map(|search| &search.card));
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
