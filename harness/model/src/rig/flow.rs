//! The DUT's screen flow, as its profile declares it. Layout, and plain questions about it; what a scenario makes of it is `check`'s.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The DUT's screens and how they follow each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Screen that stands when nobody is there.
    pub start: String,
    /// Screens by id, as the screen catalogue has them.
    pub screens: BTreeMap<String, FlowScreen>,
}

/// One screen of the flow.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlowScreen {
    /// What can be touched: ids alone, or each with the screens that follow its touch.
    #[serde(default)]
    pub targets: Targets,
    /// Screens that may follow. Where `targets` says what follows each touch: those that may come untouched, for whatever other reason
    /// (a card, a face, a time limit, the back end, a fault).
    #[serde(default)]
    pub leads_to: Vec<String>,
}

/// What can be touched on a screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Targets {
    /// Ids: where each leads is not told apart from `leads_to`.
    Ids(Vec<String>),
    /// Screens that may follow the touch of each; `[]`: it stays on the screen.
    Led(BTreeMap<String, Vec<String>>),
}

impl Default for Targets {
    fn default() -> Self {
        Self::Ids(Vec::new())
    }
}

impl Targets {
    /// Their ids.
    pub fn ids(&self) -> Vec<&str> {
        match self {
            Self::Ids(ids) => ids.iter().map(String::as_str).collect(),
            Self::Led(led) => led.keys().map(String::as_str).collect(),
        }
    }

    /// Each with the screens that its touch leads to, as far as that is told.
    pub fn led(&self) -> impl Iterator<Item = (&str, &[String])> {
        let led = match self {
            Self::Ids(_) => None,
            Self::Led(led) => Some(led),
        };
        led.into_iter()
            .flatten()
            .map(|(id, next)| (id.as_str(), next.as_slice()))
    }
}
