//! Which trials a scenario has and in which order. Layouts only; the planner makes the trials.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rig::{RigFile, Series};

/// Values of a matrix parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum MatrixValues {
    /// As they stand.
    List(Vec<Value>),
    /// Subjects of a series of the rig file.
    Series(OfSeries),
    /// One for each combination of the other parameters, in turn.
    InTurn(InTurn),
}

/// Values that share out the combinations of the other parameters among them, instead of multiplying them: the first combination gets the first
/// value, the next one the next, and again from the first. For what must not come twice, a person's PIN for instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InTurn {
    /// The values.
    pub in_turn: Vec<Value>,
}

/// Subjects of a series of the rig file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfSeries {
    /// The series' prefix.
    pub series: String,
    /// Only the first so many; default all.
    #[serde(default)]
    pub count: Option<u32>,
}

/// Values of each parameter of a matrix.
pub type Matrix = BTreeMap<String, MatrixValues>;

impl MatrixValues {
    /// Values that stand in the file, a series' subjects do not; for checks that know no rig.
    pub fn written(raw: &Value) -> Option<&Vec<Value>> {
        raw.as_array().or_else(|| raw.get("in_turn")?.as_array())
    }

    /// The values on this rig; none where it has no such series.
    pub fn on(&self, rig: &RigFile) -> Vec<Value> {
        match self {
            Self::List(values) => values.clone(),
            Self::Series(of) => {
                let series = rig.series.iter().find(|series| series.prefix == of.series);
                let most = of.count.map_or(usize::MAX, |count| count as usize);
                let subjects = series.into_iter().flat_map(Series::subjects);
                subjects.take(most).map(Value::from).collect()
            }
            Self::InTurn(of) => of.in_turn.clone(),
        }
    }
}

/// Order of a scenario's trials. Either way it stands in the plan, so it is recorded before the first stimulus.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Combination by combination, repeats of each after each other.
    #[default]
    AsWritten,
    /// All of them mixed, by the plan's seed (ISO/IEC 19795-2 wants an order that favours nobody).
    Random,
    /// Mixed among those of the same value of this parameter, which come together: people come one by one.
    RandomWithin(String),
}

impl Order {
    /// Nothing is mixed.
    pub fn is_as_written(&self) -> bool {
        *self == Self::AsWritten
    }
}
