//! Successes: which trials met the expectations of a step. Gathers; what they show is `share`'s.

use serde_json::Value;

use super::ledger::Ledger;
use super::values::{Figure, Gathered, ends};
use crate::event::StepOutcome;
use crate::plan::Trial;
use crate::quantity::Quantity;
use crate::scenario::Success;

/// A trial succeeds when every occurrence of the step met its expectations; trials in error are not the DUT's.
pub fn gather(of: &Success, unit: &str, trial: &Trial, ledger: &Ledger, gathered: &mut Gathered) {
    let parameter = |name: &Option<String>| {
        let value = name.as_ref().and_then(|name| trial.parameters.get(name));
        value.map_or_else(String::new, |value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        })
    };
    let ends = ends(trial, ledger, |planned| {
        planned.step.id.as_ref() == Some(&of.step)
    });
    let reached: Vec<_> = ends.iter().flatten().collect();
    gathered
        .evidence
        .extend(reached.iter().map(|facts| facts.seq));
    let screen = reached
        .last()
        .and_then(|facts| facts.observation?.value.get("screen"))
        .and_then(Value::as_str);
    let one = Quantity::from_base(1.0, unit).map_or(1.0, |q| q.number());
    let unmet = reached
        .iter()
        .any(|facts| matches!(facts.outcome, StepOutcome::Unmet { .. }));
    let all_done = !ends.is_empty()
        && ends
            .iter()
            .all(|end| end.is_some_and(|facts| *facts.outcome == StepOutcome::Done));
    if unmet || all_done {
        gathered.values.push(Figure {
            value: if unmet { 0.0 } else { one },
            half_width: 0.0,
            group: parameter(&of.worst_by),
            subject: parameter(&of.subject),
            ended_on: screen.unwrap_or_default().into(),
        });
    } else if !ends.is_empty() {
        gathered.miss("手順に到達していない", "the step was not reached");
    }
}
