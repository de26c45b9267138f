//! Scenarios and sequences: names, parameters, verbs, capabilities.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::criterion::Criterion;
use crate::diagnostic::{Diagnostic, nearest};
use crate::rig::{CAPABILITIES, RigFile};
use crate::scenario::{Scenario, Sequence};

use super::steps::{capabilities_of, names_used};
use super::{Checked, File, measurements};

/// Deepest nesting of sequences.
pub const DEEPEST_USE: usize = 8;

/// What names are looked up in.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub criteria: &'a [Criterion],
    pub sequences: &'a BTreeMap<String, Checked<Sequence>>,
    pub rig: Option<&'a RigFile>,
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
    parameters(file, value, found);
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
}

/// A sequence by itself.
pub fn check_sequence(file: &File, value: &Value, context: &Context, found: &mut Vec<Diagnostic>) {
    parameters(file, value, found);
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
    } else if let Some(rig) = context.rig {
        let provided = rig
            .drivers
            .values()
            .any(|driver| driver.provides.iter().any(|given| given == capability));
        if !provided {
            let message = format!(
                "rig `{}` has no driver that provides `{capability}`",
                rig.rig
            );
            found.push(file.at(
                pointer,
                message,
                "add a driver to the rig file, or leave the scenario out",
            ));
        }
    }
}

fn parameters(file: &File, value: &Value, found: &mut Vec<Diagnostic>) {
    let raw = file.root.value();
    let keys = |name: &str| {
        raw.get(name)
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|map| map.keys().cloned())
    };
    let defined: Vec<String> = keys("parameters").chain(keys("matrix")).collect();
    let mut used = Vec::new();
    for part in ["setup", "steps", "teardown"] {
        names_used(raw.get(part).unwrap_or(&Value::Null), &mut used);
    }
    for name in &defined {
        if !used.contains(name) {
            let within = if value
                .get("parameters")
                .and_then(|map| map.get(name))
                .is_some()
            {
                "parameters"
            } else {
                "matrix"
            };
            found.push(file.at(
                &format!("/{within}/{name}"),
                format!("parameter `{name}` is never used"),
                format!("use it as ${{{name}}}, or leave it out"),
            ));
        }
    }
    for name in used.iter().filter(|name| !defined.contains(name)) {
        let pointer =
            pointer_of_text(&raw, &format!("${{{name}}}"), String::new()).unwrap_or_default();
        let help = nearest(name, defined.iter().map(String::as_str)).map_or_else(
            || "define it under `parameters` or `matrix`".to_owned(),
            |near| format!("did you mean ${{{near}}}?"),
        );
        found.push(file.at(&pointer, format!("parameter `{name}` is not defined"), help));
    }
}

fn pointer_of_text(value: &Value, text: &str, here: String) -> Option<String> {
    match value {
        Value::String(found) => found.contains(text).then_some(here),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| pointer_of_text(item, text, format!("{here}/{index}"))),
        Value::Object(entries) => entries
            .iter()
            .find_map(|(key, item)| pointer_of_text(item, text, format!("{here}/{key}"))),
        _ => None,
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
                one_step(file, &pointer, verb, step, context, needed, found);
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

fn one_step(
    file: &File,
    pointer: &str,
    verb: &str,
    step: &Value,
    context: &Context,
    needed: &mut Vec<(String, String)>,
    found: &mut Vec<Diagnostic>,
) {
    let argument = &step[verb];
    let text = |name: &str| argument.get(name).and_then(Value::as_str);
    if verb == "touch" && text("target").is_some() == argument.get("at_mm").is_some() {
        found.push(file.at(
            &format!("{pointer}/touch"),
            "a touch has either `target` or `at_mm`",
            "name exactly one of them",
        ));
    }
    if let Some(rig) = context.rig {
        if let Some(card) = text("card")
            .filter(|card| !card.contains("${") && rig.cards.iter().all(|known| known.id != **card))
        {
            let help = nearest(card, rig.cards.iter().map(|known| known.id.as_str()));
            let help = help.map_or_else(
                || "add it to the rig file's cards".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            found.push(file.at(
                &format!("{pointer}/{verb}/card"),
                format!("rig `{}` has no card `{card}`", rig.rig),
                help,
            ));
        }
        if let Some(subject) = text("subject").filter(|subject| {
            !subject.contains("${") && !rig.subjects.iter().any(|known| known == subject)
        }) {
            found.push(file.at(
                &format!("{pointer}/{verb}/subject"),
                format!("rig `{}` has no subject `{subject}`", rig.rig),
                "add it to the rig file's subjects",
            ));
        }
    }
    if verb == "use" {
        used_sequence(
            file,
            &format!("{pointer}/use"),
            argument,
            context,
            needed,
            found,
        );
    }
}

fn used_sequence(
    file: &File,
    pointer: &str,
    argument: &Value,
    context: &Context,
    needed: &mut Vec<(String, String)>,
    found: &mut Vec<Diagnostic>,
) {
    let name = argument
        .as_str()
        .or_else(|| argument.get("sequence").and_then(Value::as_str))
        .unwrap_or_default();
    let Some(sequence) = context.sequences.get(name) else {
        if context.every_sequence_is_whole {
            let help = nearest(name, context.sequences.keys().map(String::as_str)).map_or_else(
                || {
                    format!(
                        "known: {}",
                        context
                            .sequences
                            .keys()
                            .cloned()
                            .collect::<Vec<_>>()
                            .join(", ")
                    )
                },
                |near| format!("did you mean `{near}`?"),
            );
            found.push(file.at(pointer, format!("unknown sequence `{name}`"), help));
        }
        return;
    };
    for key in argument
        .get("with")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|with| with.keys())
    {
        if !sequence.typed.parameters.contains_key(key) {
            let known: Vec<&str> = sequence
                .typed
                .parameters
                .keys()
                .map(String::as_str)
                .collect();
            let help = nearest(key, known.iter().copied()).map_or_else(
                || format!("it has: {}", known.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            found.push(file.at(
                &format!("{pointer}/with/{key}"),
                format!("sequence `{name}` has no parameter `{key}`"),
                help,
            ));
        }
    }
    match needs_of(name, context, 0) {
        Ok(needs) => needed.extend(needs.into_iter().map(|need| (pointer.to_owned(), need))),
        Err(why) => {
            found.push(file.at(pointer, why, "sequences may not use each other in a circle"));
        }
    }
}

fn needs_of(name: &str, context: &Context, depth: usize) -> Result<Vec<String>, String> {
    if depth >= DEEPEST_USE {
        return Err(format!(
            "sequence `{name}` is used more than {DEEPEST_USE} deep"
        ));
    }
    let mut needs = Vec::new();
    let Some(sequence) = context.sequences.get(name) else {
        return Ok(needs);
    };
    for step in sequence
        .raw
        .get("steps")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        needs.extend(
            capabilities_of(step)
                .into_iter()
                .flat_map(|(_, needs)| needs)
                .map(str::to_owned),
        );
        if let Some(inner) = step.get("use") {
            let inner = inner
                .as_str()
                .or_else(|| inner.get("sequence").and_then(Value::as_str))
                .unwrap_or_default();
            needs.extend(needs_of(inner, context, depth + 1)?);
        }
    }
    needs.sort();
    needs.dedup();
    Ok(needs)
}
