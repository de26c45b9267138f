//! JSON Schemas of the YAML layouts, made from the Rust types: what an editor completes with, and what `check` validates with.

use serde_json::Value;

use crate::quantity::{Quantity, Share, Time};
use crate::{criterion, handed_in, rig, scenario};

/// The layouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `scenarios/**/*.yaml`.
    Scenario,
    /// `scenarios/sequences/*.yaml`.
    Sequence,
    /// `scenarios/criteria/*.yaml`.
    Criteria,
    /// Rig file.
    Rig,
    /// DUT profile.
    Dut,
    /// Index of a document store.
    Documents,
    /// Answers for unattended runs.
    Answers,
}

impl Layout {
    /// All, by their names on the command line.
    pub const ALL: [(&'static str, Self); 7] = [
        ("scenario", Self::Scenario),
        ("sequence", Self::Sequence),
        ("criteria", Self::Criteria),
        ("rig", Self::Rig),
        ("dut", Self::Dut),
        ("documents", Self::Documents),
        ("answers", Self::Answers),
    ];

    /// JSON Schema, draft 2020-12.
    pub fn schema(self) -> Value {
        let mut schema = match self {
            Self::Scenario => schemars::schema_for!(scenario::Scenario),
            Self::Sequence => schemars::schema_for!(scenario::Sequence),
            Self::Criteria => schemars::schema_for!(criterion::CatalogueFile),
            Self::Rig => schemars::schema_for!(rig::RigFile),
            Self::Dut => schemars::schema_for!(rig::DutProfile),
            Self::Documents => schemars::schema_for!(handed_in::DocumentIndex),
            Self::Answers => schemars::schema_for!(handed_in::AnswersFile),
        }
        .to_value();
        without_null(&mut schema);
        schema
    }

    /// A validator that also checks quantities.
    ///
    /// # Panics
    /// Never for the shipped types: a test builds all.
    pub fn validator(self) -> jsonschema::Validator {
        jsonschema::options()
            .with_format("shinsa-time", |text: &str| {
                Time::try_from(text.to_owned()).is_ok()
            })
            .with_format("shinsa-share", |text: &str| {
                Share::try_from(text.to_owned()).is_ok()
            })
            .with_format("shinsa-quantity", |text: &str| {
                text.parse::<Quantity>().is_ok()
            })
            .should_validate_formats(true)
            .build(&self.schema())
            .expect("the schemas of our own types are valid")
    }
}

/// An optional field is left out, never null: `anyOf: [X, null]` becomes X, so that each mistake in X gets its own message.
fn without_null(schema: &mut Value) {
    if let Some(kinds) = schema.get_mut("type").and_then(Value::as_array_mut) {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            schema["type"] = only.clone();
        }
    }
    let optional = schema
        .get("anyOf")
        .and_then(Value::as_array)
        .and_then(|options| match options.as_slice() {
            [option, null] if null.get("type").is_some_and(|kind| kind == "null") => {
                Some(option.clone())
            }
            _ => None,
        });
    if let (Some(Value::Object(option)), Some(own)) = (optional, schema.as_object_mut()) {
        own.remove("anyOf");
        own.extend(option);
    }
    match schema {
        Value::Object(entries) => {
            entries.remove("default");
            entries.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_is_a_schema() {
        for (name, layout) in Layout::ALL {
            let schema = layout.schema();
            assert!(jsonschema::meta::is_valid(&schema), "{name}");
            assert!(!schema.to_string().contains("\"null\""), "{name}");
            layout.validator();
        }
    }
}
