//! A tree against its layout's schema: every deviation, placed and in our own words.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::diagnostic::{Problem, nearest};
use crate::quantity::{Quantity, Share, Time};
use crate::yaml::Node;

/// All deviations of `value` (the tree's value, parameters filled in) from the layout.
pub fn problems(validator: &Validator, schema: &Value, root: &Node, value: &Value) -> Vec<Problem> {
    validator
        .iter_errors(value)
        .flat_map(|error| explain(&error, schema, root))
        .collect()
}

fn explain(error: &ValidationError, schema: &Value, root: &Node) -> Vec<Problem> {
    let pointer = error.instance_path().to_string();
    let node = root.at(&pointer);
    let here = node.span.clone();
    let place = if pointer.is_empty() {
        "the file".to_owned()
    } else {
        format!("`{}`", pointer.trim_start_matches('/').replace('/', "."))
    };
    let found = error.instance();
    match error.kind() {
        Kind::AdditionalProperties { unexpected } => {
            let known = siblings(schema, &error.schema_path().to_string());
            unexpected
                .iter()
                .map(|key| unknown_key(node, key, &known))
                .collect()
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![
                Problem::new(first_character(&here), format!("{place} lacks `{name}`"))
                    .help(format!("add `{name}:`")),
            ]
        }
        Kind::Enum { options } => {
            let options: Vec<&str> = options
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            vec![one_of(here, found, &options)]
        }
        Kind::OneOfNotValid { .. } | Kind::AnyOf { .. } => {
            let options = alternatives(schema, &error.schema_path().to_string());
            let names: Vec<&str> = options.iter().map(String::as_str).collect();
            if names.is_empty() || !found.is_string() {
                return vec![Problem::new(
                    here,
                    format!("{place}: {} fits none of the allowed forms", show(found)),
                )];
            }
            vec![one_of(here, found, &names)]
        }
        Kind::Format { format } => vec![quantity(here, format, found)],
        Kind::Type { kind } => {
            let wanted = format!("{kind:?}").to_lowercase();
            vec![type_problem(here, &place, found, &wanted, error, schema)]
        }
        _ => vec![Problem::new(here, format!("{place}: {error}"))],
    }
}

fn first_character(span: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    span.start..span.start + 1
}

fn show(value: &Value) -> String {
    match value {
        Value::Object(_) => "a mapping".into(),
        Value::Array(_) => "a list".into(),
        other => other.to_string(),
    }
}

fn unknown_key(node: &Node, key: &str, known: &[String]) -> Problem {
    let span = node.key(key).unwrap_or_else(|| node.span.clone());
    let help = match nearest(key, known.iter().map(String::as_str)) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("known here: {}", known.join(", ")),
    };
    Problem::new(span, format!("unknown key `{key}`")).help(help)
}

fn one_of(span: std::ops::Range<usize>, found: &Value, options: &[&str]) -> Problem {
    let near = found
        .as_str()
        .and_then(|text| nearest(text, options.iter().copied()));
    let help = near.map_or_else(
        || format!("expected one of: {}", options.join(", ")),
        |name| format!("did you mean `{name}`?"),
    );
    Problem::new(span, format!("{} is not allowed here", show(found))).help(help)
}

fn quantity(span: std::ops::Range<usize>, format: &str, found: &Value) -> Problem {
    let text = found.as_str().unwrap_or_default().to_owned();
    let why = match format {
        "shinsa-time" => Time::try_from(text).err(),
        "shinsa-share" => Share::try_from(text).err(),
        _ => text.parse::<Quantity>().err(),
    };
    Problem::new(
        span,
        why.map_or_else(|| "not a quantity".into(), |why| why.to_string()),
    )
}

/// A number where a quantity is due is the commonest mistake: say so.
fn type_problem(
    span: std::ops::Range<usize>,
    place: &str,
    found: &Value,
    wanted: &str,
    error: &ValidationError,
    schema: &Value,
) -> Problem {
    let form = schema
        .pointer(&parent(&error.schema_path().to_string()))
        .and_then(|sub| sub.get("format"))
        .and_then(Value::as_str);
    let unit = match form {
        Some("shinsa-time") => Some("s"),
        Some("shinsa-share") => Some("%"),
        Some("shinsa-quantity") => Some("UNIT"),
        _ => None,
    };
    match (unit, found) {
        (Some(unit), Value::Number(number)) => {
            Problem::new(span, format!("{place}: {number} has no unit")).help(format!(
                "write a number with its unit, e.g. \"{number} {unit}\""
            ))
        }
        _ => Problem::new(
            span,
            format!("{place}: {} where {} is due", show(found), readable(wanted)),
        ),
    }
}

fn readable(kind: &str) -> String {
    let names: Vec<&str> = [
        "string", "integer", "number", "boolean", "array", "object", "null",
    ]
    .into_iter()
    .filter(|name| kind.contains(name))
    .collect();
    let word = |name: &&str| match *name {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a mapping",
        _ => "nothing",
    };
    names.iter().map(word).collect::<Vec<_>>().join(" or ")
}

fn parent(pointer: &str) -> String {
    let cut = pointer.rsplit_once('/').map_or("", |(front, _)| front);
    resolve(cut)
}

/// Validators follow `$ref`; a schema path names the definition it went through last.
fn resolve(pointer: &str) -> String {
    pointer
        .rfind("/$defs/")
        .map_or_else(|| pointer.to_owned(), |at| pointer[at..].to_owned())
}

fn siblings(schema: &Value, schema_path: &str) -> Vec<String> {
    let keys = |pointer: &str| -> Option<Vec<String>> {
        let properties = schema.pointer(pointer)?.get("properties")?.as_object()?;
        Some(properties.keys().cloned().collect())
    };
    keys(&follow(schema, &parent(schema_path))).unwrap_or_default()
}

fn alternatives(schema: &Value, schema_path: &str) -> Vec<String> {
    let Some(options) = schema
        .pointer(&follow(schema, schema_path))
        .and_then(Value::as_array)
    else {
        return Vec::new();
    };
    let texts = |option: &Value| -> Vec<String> {
        let many = option
            .get("enum")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        many.chain(option.get("const"))
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    options.iter().flat_map(texts).collect()
}

/// Follows `$ref` members that stand in the way of a schema path.
fn follow(schema: &Value, pointer: &str) -> String {
    let mut real = String::new();
    for step in pointer.split('/').skip(1) {
        if step == "$ref" {
            let target = schema
                .pointer(&real)
                .and_then(|sub| sub.get("$ref"))
                .and_then(Value::as_str);
            real = target
                .map(|target| target.trim_start_matches('#').to_owned())
                .unwrap_or_default();
        } else {
            real = format!("{real}/{step}");
        }
    }
    real
}
