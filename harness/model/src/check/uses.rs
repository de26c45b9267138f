//! `use`: sequences by name, their parameters, what they need. Called by `scenarios`.

use serde_json::Value;

use crate::diagnostic::{Diagnostic, nearest};

use super::File;
use super::scenarios::{Context, DEEPEST_USE};
use super::steps::capabilities_of;

/// One `use`; what the sequence needs is added to `needed`.
pub fn used_sequence(
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
