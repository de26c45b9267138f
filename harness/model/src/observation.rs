//! Observations: what an instrument (or a person) read, when, by which clock.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An instant by a named clock. Two stamps may be subtracted only on one clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Clock's name, e.g. `harness`, `world`.
    pub clock: String,
    /// Nanoseconds since the clock's origin.
    pub ns: i64,
    /// Half-width of the interval that holds the true instant, ns.
    pub half_width_ns: i64,
}

/// A file beside the journal, addressed by its content: `artefacts/<first two hex>/<sha256>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artefact {
    /// What it is called for people, e.g. `log/operation.log`.
    pub name: String,
    /// Hex.
    pub sha256: String,
    /// Length.
    pub bytes: u64,
    /// MIME type.
    pub media: String,
}

/// A raw reading. What `value` holds is set by the verb (see [`crate::scenario::Step`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Instrument or role that read it: driver name, or `operator:ROLE`.
    pub instrument: String,
    /// When.
    pub at: Stamp,
    /// Readings by name. Never personal data.
    pub value: BTreeMap<String, serde_json::Value>,
    /// Files that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artefacts: Vec<Artefact>,
}
