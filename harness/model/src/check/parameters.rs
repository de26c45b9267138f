//! Parameters of a scenario or sequence: defined and used, used and defined. Called by `scenarios`.

use serde_json::Value;

use crate::diagnostic::{Diagnostic, nearest};

use super::File;
use super::steps::names_used;

/// Everything used is a parameter. In a scenario every parameter is used; sequences that stand for each other (`use: "${end}"`) take the same
/// parameters, whether they need them or not.
pub fn parameters(file: &File, value: &Value, found: &mut Vec<Diagnostic>) {
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
    let sequence = raw.get("sequence").is_some();
    for name in &defined {
        if !sequence && !used.contains(name) {
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
