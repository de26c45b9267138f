//! Measurements: declared things must exist, and limits must be of the measured kind.

use serde_json::Value;

use crate::criterion::Limit;
use crate::diagnostic::Diagnostic;
use crate::quantity::Quantity;
use crate::scenario::{MeasureOf, Scenario};

use super::File;
use super::scenarios::Context;

/// Checks the measurements of a scenario.
pub fn check(file: &File, scenario: &Scenario, context: &Context, found: &mut Vec<Diagnostic>) {
    let (ids, marks) = names(file, context);
    for (index, spec) in scenario.measurements.iter().enumerate() {
        let at = |field: &str| format!("/measurements/{index}/{field}");
        if scenario.measurements[..index]
            .iter()
            .any(|other| other.name == spec.name)
        {
            found.push(file.at(
                &at("name"),
                format!("measurement `{}` is declared twice", spec.name),
                "give it another name",
            ));
        }
        if !scenario.criteria.contains(&spec.criterion) {
            let help = format!("this scenario serves {}", scenario.criteria.join(", "));
            found.push(file.at(
                &at("criterion"),
                format!("`{}` is not among the scenario's criteria", spec.criterion),
                help,
            ));
        }
        let Some(unit) = Quantity::new(0.0, &spec.unit) else {
            found.push(file.at(
                &at("unit"),
                format!("unknown unit `{}`", spec.unit),
                "see `shinsa schema scenario`: s, ms, %, px, count, levels …",
            ));
            continue;
        };
        let criterion = context
            .criteria
            .iter()
            .find(|known| known.id == spec.criterion);
        match spec
            .limit
            .as_ref()
            .or_else(|| criterion.and_then(|known| known.limit.as_ref()))
        {
            Some(limit) => limit_of_kind(
                file,
                &at(if spec.limit.is_some() {
                    "limit"
                } else {
                    "name"
                }),
                limit,
                &unit,
                found,
            ),
            None => found.push(file.at(
                &at("name"),
                format!("measurement `{}` has no limit", spec.name),
                "give it a `limit`, or the criterion one",
            )),
        }
        of_the_matrix(file, &at("of"), scenario, &spec.of, found);
        what_is_measured(file, &at("of"), &spec.of, &ids, &marks, found);
    }
    if let Some(name) = scenario
        .repeat
        .as_ref()
        .and_then(|repeat| repeat.enough_for.as_ref())
    {
        let percentile = scenario.measurements.iter().find(|spec| spec.name == *name);
        if percentile.is_none() {
            found.push(file.at(
                "/repeat/enough_for",
                format!("no measurement `{name}`"),
                "name a measurement of this scenario",
            ));
        }
    }
}

/// Parameters that a measurement names must be there.
fn of_the_matrix(
    file: &File,
    pointer: &str,
    scenario: &Scenario,
    of: &MeasureOf,
    found: &mut Vec<Diagnostic>,
) {
    let known: Vec<&str> = scenario.matrix.keys().map(String::as_str).collect();
    let success = of.success.iter();
    let vectors = of.vector_residue.iter().map(|of| &of.subject);
    let common = of.common_residue.iter().map(|of| &of.subject);
    for parameter in success
        .flat_map(|of| of.worst_by.iter().chain(&of.subject))
        .chain(vectors)
        .chain(common)
    {
        if !known.contains(&parameter.as_str()) {
            found.push(file.at(
                pointer,
                format!("`{parameter}` is no parameter of the matrix"),
                format!("`worst_by` and `subject` name one of: {}", known.join(", ")),
            ));
        }
    }
    let threshold = of.predicted.as_ref().and_then(|of| of.threshold.as_ref());
    if let Some(parameter) = threshold
        && !known.contains(&parameter.as_str())
        && !scenario.parameters.contains_key(parameter)
    {
        found.push(file.at(
            pointer,
            format!("`{parameter}` is no parameter of the scenario"),
            "`threshold` names a parameter that holds a number",
        ));
    }
}

fn limit_of_kind(
    file: &File,
    pointer: &str,
    limit: &Limit,
    unit: &Quantity,
    found: &mut Vec<Diagnostic>,
) {
    let bounds: Vec<&Quantity> = limit.at_most.iter().chain(&limit.at_least).collect();
    if bounds.is_empty() {
        found.push(file.at(
            pointer,
            "a limit without a bound",
            "write `at_most:` or `at_least:`",
        ));
    }
    for bound in bounds
        .iter()
        .filter(|bound| bound.dimension() != unit.dimension())
    {
        let message = format!(
            "limit {bound} is no limit of something measured in {}",
            unit.unit()
        );
        found.push(file.at(
            pointer,
            message,
            format!("give the limit in {}", unit.unit()),
        ));
    }
    if let (Some(most), Some(least)) = (&limit.at_most, &limit.at_least)
        && least.base() > most.base()
    {
        found.push(file.at(
            pointer,
            format!("nothing is at least {least} and at most {most}"),
            "swap them",
        ));
    }
}

fn what_is_measured(
    file: &File,
    pointer: &str,
    of: &MeasureOf,
    ids: &[String],
    marks: &[String],
    found: &mut Vec<Diagnostic>,
) {
    let steps: Vec<&String> = [&of.reading, &of.uniformity, &of.distinct]
        .into_iter()
        .flatten()
        .map(|reading| &reading.step)
        .chain(of.success.iter().map(|step| &step.step))
        .chain(of.accuracy.iter().map(|of| &of.step))
        .chain(of.predicted.iter().map(|of| &of.step))
        .chain(of.vector_residue.iter().map(|of| &of.step))
        .chain(of.common_residue.iter().map(|of| &of.step))
        .collect();
    let counted = of.pin_residue.iter();
    let many = steps.len() + usize::from(of.interval.is_some()) + counted.len();
    if many != 1 {
        found.push(file.at(
            pointer,
            format!("{many} things to measure"),
            "name exactly one: interval, reading, success, accuracy, predicted, pin_residue, common_residue, vector_residue, uniformity or distinct",
        ));
    }
    let evaluation = of.predicted.iter().map(|of| &of.evaluation);
    for step in steps
        .into_iter()
        .chain(evaluation)
        .chain(
            of.pin_residue
                .iter()
                .flat_map(|of| of.after.iter().map(|after| &after.step)),
        )
        .chain(
            of.pin_residue
                .iter()
                .flat_map(|of| of.live.iter().chain(&of.seeded)),
        )
        .chain(of.vector_residue.iter().flat_map(|of| &of.seeded))
        .filter(|step| !ids.contains(step))
    {
        found.push(file.at(
            pointer,
            format!("no step has the id `{step}`"),
            format!("steps with an id: {}", ids.join(", ")),
        ));
    }
    if let Some(interval) = &of.interval {
        let place = |mark: &String| marks.iter().position(|known| known == mark);
        for mark in [&interval.from, &interval.to]
            .into_iter()
            .filter(|mark| place(mark).is_none())
        {
            found.push(file.at(
                pointer,
                format!("no step sets the mark `{mark}`"),
                format!("marks: {}", marks.join(", ")),
            ));
        }
        if let (Some(from), Some(to)) = (place(&interval.from), place(&interval.to))
            && from >= to
        {
            found.push(file.at(
                pointer,
                format!(
                    "mark `{}` does not come after `{}`",
                    interval.to, interval.from
                ),
                "swap them",
            ));
        }
    }
}

/// Ids and marks of the scenario's steps, those of used sequences included, in order.
fn names(file: &File, context: &Context) -> (Vec<String>, Vec<String>) {
    let (mut ids, mut marks) = (Vec::new(), Vec::new());
    let raw = file.root.value();
    for part in ["setup", "steps", "teardown"] {
        collect(raw.get(part), context, 0, &mut ids, &mut marks);
    }
    (ids, marks)
}

fn collect(
    steps: Option<&Value>,
    context: &Context,
    depth: usize,
    ids: &mut Vec<String>,
    marks: &mut Vec<String>,
) {
    for step in steps.and_then(Value::as_array).into_iter().flatten() {
        ids.extend(step.get("id").and_then(Value::as_str).map(str::to_owned));
        marks.extend(step.get("mark").and_then(Value::as_str).map(str::to_owned));
        let Some(used) = step
            .get("use")
            .filter(|_| depth < super::scenarios::DEEPEST_USE)
        else {
            continue;
        };
        let name = used
            .as_str()
            .or_else(|| used.get("sequence").and_then(Value::as_str))
            .unwrap_or_default();
        collect(
            context
                .sequences
                .get(name)
                .and_then(|sequence| sequence.raw.get("steps")),
            context,
            depth + 1,
            ids,
            marks,
        );
    }
}
