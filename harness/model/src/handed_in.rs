//! What people hand in beside scenarios: the index of a document store, the answers for unattended runs. Layouts only; the
//! harness reads them through `check::whole`, so that a mistake gets its place.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `index.yaml` of a document store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentIndex {
    /// Layout version: 1.
    pub format: u32,
    /// The files.
    pub documents: Vec<DocumentEntry>,
}

/// A file that the applicant hands in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentEntry {
    /// Kind, as the catalogue asks for it.
    pub kind: String,
    /// Path below the store.
    pub file: String,
    /// SHA-256 of the file, 64 hex digits.
    pub sha256: String,
    /// Day of issue, YYYY-MM-DD.
    pub issued: String,
    /// Last day of validity, YYYY-MM-DD; empty: no end.
    #[serde(default)]
    pub expires: String,
    /// Version of what it speaks of.
    #[serde(default)]
    pub version: String,
    /// Items that it is handed in for.
    pub criteria: Vec<String>,
    /// Role that reviewed it, never a name.
    #[serde(default)]
    pub reviewer: String,
    /// What the review came to.
    #[serde(default)]
    pub review: Review,
}

/// What a person's review of a document came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Review {
    /// It shows what it must.
    Accepted,
    /// It does not.
    Rejected,
    /// Nobody has looked yet.
    #[default]
    None,
}

/// Answers of people for unattended runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswersFile {
    /// Layout version: 1.
    pub format: u32,
    /// By the scenario's question.
    pub answers: BTreeMap<String, Given>,
}

/// An answer and who gave it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Yes or no, number or text.
    pub answer: Value,
    /// Role, never a name.
    pub role: String,
}
