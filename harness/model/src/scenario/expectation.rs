//! What a step expects of its readings. Layouts only; `expect` decides whether they hold.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An expectation on one reading: a plain value or list means `equals`; a mapping names comparisons.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Expect {
    /// Comparisons; all must hold.
    Compare(Compare),
    /// Must be equal.
    Equals(#[schemars(schema_with = "plain_value")] Value),
}

/// Written by hand: derived, a misspelt comparison would silently become a mapping to be equal to, and a list would be
/// taken for a [`Compare`] whose fields stand in order.
impl<'de> Deserialize<'de> for Expect {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            map @ Value::Object(_) => serde_json::from_value(map)
                .map(Self::Compare)
                .map_err(serde::de::Error::custom),
            plain => Ok(Self::Equals(plain)),
        }
    }
}

fn plain_value(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": ["string", "number", "boolean", "array", "null"] })
}

/// Comparisons of one reading. Numbers compare as numbers; a missing reading never holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// Equal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
    /// Not equal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differs_from: Option<Value>,
    /// Number ≥.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// Number ≤.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// Equal to one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_of: Option<Vec<Value>>,
    /// Text contains, or list has, this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<Value>,
    /// Text does not contain, or list has not, this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<Value>,
}
