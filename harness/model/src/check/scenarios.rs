//! Scenarios and sequences: criteria, capabilities, verbs; the rest in `parameters`, `names`, `uses`, `measurements`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::criterion::Criterion;
use crate::diagnostic::{Diagnostic, nearest};
use crate::rig::{CAPABILITIES, Flow, RigFile};
use crate::scenario::{Scenario, Sequence, Step};

use super::steps::{capabilities_of, names_used};
use super::{Checked, File, measurements, names, parameters, searches};

/// Deepest nesting of sequences.
pub const DEEPEST_USE: usize = 8;

/// What names are looked up in.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub criteria: &'a [Criterion],
    pub sequences: &'a BTreeMap<String, Checked<Sequence>>,
    pub rig: Option<&'a RigFile>,
    pub flow: Option<&'a Flow>,
    pub every_sequence_is_whole: bool,
}

/// Everything about one scenario that needs more than its layout.
pub fn check(
    file: &File,
    scenario: &Scenario,
    value: &Value,
    context: &Context,
    found: &mut Vec<Diagnostic>,
) {
    for (index, id) in scenario.criteria.iter().enumerate() {
        known_criterion(file, &format!("/criteria/{index}"), id, context, found);
    }
    for (index, capability) in scenario.requires.iter().enumerate() {
        required(
            file,
            &format!("/requires/{index}"),
            capability,
            context,
            found,
        );
    }
    parameters::parameters(file, value, found);
    names::matrix(file, scenario, context.rig, found);
    let mut needed = Vec::new();
    for part in ["setup", "steps", "teardown"] {
        steps(
            file,
            part,
            value,
            Some(scenario),
            context,
            &mut needed,
            found,
        );
    }
    if context.every_sequence_is_whole {
        for (pointer, capability) in needed {
            if !scenario.requires.contains(&capability) {
                let message = format!(
                    "this needs the capability `{capability}`, which the scenario does not require"
                );
                found.push(file.at(
                    &pointer,
                    message,
                    format!("add `{capability}` to `requires`"),
                ));
            }
        }
    }
    measurements::check(file, scenario, context, found);
    searches::measured(file, scenario, found);
}

/// A sequence by itself.
pub fn check_sequence(file: &File, value: &Value, context: &Context, found: &mut Vec<Diagnostic>) {
    parameters::parameters(file, value, found);
    steps(file, "steps", value, None, context, &mut Vec::new(), found);
}

fn known_criterion(
    file: &File,
    pointer: &str,
    id: &str,
    context: &Context,
    found: &mut Vec<Diagnostic>,
) {
    if context.criteria.is_empty() || context.criteria.iter().any(|known| known.id == id) {
        return;
    }
    let help = nearest(id, context.criteria.iter().map(|known| known.id.as_str())).map_or_else(
        || "name an item of the catalogue (--criteria)".to_owned(),
        |near| format!("did you mean {near}?"),
    );
    found.push(file.at(pointer, format!("unknown criterion `{id}`"), help));
}

fn required(
    file: &File,
    pointer: &str,
    capability: &str,
    context: &Context,
    found: &mut Vec<Diagnostic>,
) {
    if !CAPABILITIES.contains(&capability) {
        let help = nearest(capability, CAPABILITIES.iter().copied()).map_or_else(
            || format!("known: {}", CAPABILITIES.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        found.push(file.at(pointer, format!("unknown capability `{capability}`"), help));
    } else if let Some(rig) = context.rig
        && !rig.missing(&[capability.to_owned()]).is_empty()
    {
        let message = format!(
            "rig `{}` has no driver that provides `{capability}`",
            rig.rig
        );
        found.push(file.at(
            pointer,
            message,
            "add a driver to the rig file, or leave the scenario out (--allow-missing)",
        ));
    }
}

fn steps(
    file: &File,
    part: &str,
    value: &Value,
    scenario: Option<&Scenario>,
    context: &Context,
    needed: &mut Vec<(String, String)>,
    found: &mut Vec<Diagnostic>,
) {
    let Some(list) = value.get(part).and_then(Value::as_array) else {
        return;
    };
    if list.is_empty() && part == "steps" {
        found.push(file.at("/steps", "there are no steps", "write at least one step"));
    }
    for (index, step) in list.iter().enumerate() {
        let pointer = format!("/{part}/{index}");
        let verbs = capabilities_of(step);
        match verbs.as_slice() {
            [(verb, needs)] => {
                needed.extend(
                    needs
                        .iter()
                        .map(|need| (format!("{pointer}/{verb}"), (*need).to_owned())),
                );
                names::one_step(file, &pointer, verb, step, context, needed, found);
            }
            [] => found.push(file.at(
                &pointer,
                "a step without a verb",
                "write what is done, e.g. `wait_screen:`",
            )),
            many => {
                let names: Vec<&str> = many.iter().map(|(verb, _)| *verb).collect();
                found.push(file.at(
                    &pointer,
                    format!("a step with {} verbs: {}", many.len(), names.join(", ")),
                    "make each its own step",
                ));
            }
        }
        too_short(file, &pointer, step, found);
        for (nth, id) in step
            .get("decides")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
        {
            decides(
                file,
                &format!("{pointer}/decides/{nth}"),
                part,
                id.as_str().unwrap_or_default(),
                scenario,
                found,
            );
        }
    }
}

/// A step that lets time pass must be given that time.
fn too_short(file: &File, pointer: &str, step: &Value, found: &mut Vec<Diagnostic>) {
    // What a parameter decides is not known here.
    let known = |value: &Value| {
        let mut names = Vec::new();
        names_used(value, &mut names);
        names.is_empty()
    };
    let mut step = step.clone();
    if let Some(entries) = step.as_object_mut() {
        entries.retain(|_, value| known(value));
    }
    let Ok(step) = serde_json::from_value::<Step>(step) else {
        return;
    };
    let passes = step.passes();
    if let Some(within) = step.within
        && within.seconds() < passes.seconds()
    {
        let (passes, within) = (String::from(passes), String::from(within));
        found.push(file.at(
            &format!("{pointer}/within"),
            format!("a step that takes {passes} cannot end within {within}"),
            "leave `within` out: the time that is to pass is then added to the scenario's deadline",
        ));
    }
}

fn decides(
    file: &File,
    pointer: &str,
    part: &str,
    id: &str,
    scenario: Option<&Scenario>,
    found: &mut Vec<Diagnostic>,
) {
    if part != "steps" {
        found.push(file.at(
            pointer,
            format!("`decides` in {part} decides nothing"),
            "only `steps` may decide; move the step, or leave `decides` out",
        ));
    } else if let Some(scenario) =
        scenario.filter(|scenario| !scenario.criteria.iter().any(|known| known == id))
    {
        let help = format!("this scenario serves {}", scenario.criteria.join(", "));
        found.push(file.at(
            pointer,
            format!("`{id}` is not among the scenario's criteria"),
            help,
        ));
    }
}
