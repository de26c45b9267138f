//! Criteria: the requirement items (項番) as data, and how editions overlay each other.
//!
//! The catalogue file (`scenarios/criteria/*.yaml`) is parsed into [`CatalogueFile`]; files are merged in
//! order, later wins per field, into [`Criterion`]s. Nothing here knows a particular item.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::quantity::{Quantity, Share};
use crate::text::Bilingual;

/// A catalogue or overlay file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueFile {
    /// Name of this edition, e.g. `reader-1.2`.
    pub edition: String,
    /// Layout version: 1.
    pub format: u32,
    /// For people.
    pub title: Bilingual,
    /// Where the requirements come from.
    pub source: String,
    /// Items added or changed.
    pub criteria: Vec<CriterionEntry>,
}

/// One item in a file. In an overlay, fields left out keep their earlier value;
/// a new item needs `title`, `requirement`, `class`, `obligation` and `methods`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CriterionEntry {
    /// 項番, e.g. `3-23`.
    pub id: String,
    /// Short name.
    #[serde(default)]
    pub title: Option<Bilingual>,
    /// The requirement in our own words.
    #[serde(default)]
    pub requirement: Option<Bilingual>,
    /// Chapter of the official table.
    #[serde(default)]
    pub class: Option<Class>,
    /// Whether a `fail` fails the run.
    #[serde(default)]
    pub obligation: Option<Obligation>,
    /// An item is decided only when all of its methods are.
    #[serde(default)]
    pub methods: Option<Vec<Method>>,
    /// Limit that measurements take when they name none.
    #[serde(default)]
    pub limit: Option<Limit>,
    /// Default decision rule.
    #[serde(default)]
    pub rule: Option<Rule>,
    /// Default one-sided confidence.
    #[serde(default)]
    pub confidence: Option<Share>,
    /// Documents due (method `document`): all of them.
    #[serde(default)]
    pub documents: Option<Vec<DocumentDue>>,
    /// Items that cannot be decided `pass` while these are not `pass`.
    #[serde(default)]
    pub depends_on: Option<Vec<String>>,
    /// Remark for people, e.g. how a free choice in the official text was made.
    #[serde(default)]
    pub note: Option<Bilingual>,
}

/// An item after all overlays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// 項番.
    pub id: String,
    /// Short name.
    pub title: Bilingual,
    /// In our own words.
    pub requirement: Bilingual,
    /// Chapter.
    pub class: Class,
    /// Whether a `fail` fails the run.
    pub obligation: Obligation,
    /// How it is decided.
    pub methods: Vec<Method>,
    /// Default limit of its measurements.
    pub limit: Option<Limit>,
    /// Default decision rule.
    pub rule: Rule,
    /// Default confidence.
    pub confidence: Share,
    /// Documents due.
    pub documents: Vec<DocumentDue>,
    /// Items it rests on.
    pub depends_on: Vec<String>,
    /// Remark.
    pub note: Option<Bilingual>,
    /// Edition that had the last word.
    pub edition: String,
}

/// Chapters of the official table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// 1 機器.
    Device,
    /// 2 動作環境等.
    Environment,
    /// 3 本人認証用カードリーダーソフト.
    Software,
    /// 4 製造及び保守の体制.
    Manufacture,
    /// 5 資格.
    Standing,
}

/// Weight of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Obligation {
    /// A `fail` fails the run.
    Mandatory,
    /// 望ましい: reported, never fails the run.
    Desirable,
    /// Recorded only (任意実装), never fails.
    Recorded,
}

/// Verification methods of CRITERIA.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// T: on the rig.
    Test,
    /// M: by an instrument or descriptor.
    Measurement,
    /// D: document of the applicant.
    Document,
    /// A: attestation by a named role.
    Attestation,
}

/// A document that an item needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentDue {
    /// Kind, as in the store's index.
    pub kind: String,
    /// For people.
    pub title: Bilingual,
    /// Name of a version reading of the DUT (`engine`, `firmware`, `software`) that the document's version must equal.
    #[serde(default)]
    pub version_of: Option<String>,
}

/// Decision rules. `guarded` and `simple` are CRITERIA.md's; `all` is for expectations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The one-sided bound must clear the limit for `pass`, the opposite bound must violate it for `fail`.
    Guarded,
    /// The point estimate decides.
    Simple,
}

/// A limit: exactly one of the bounds, or both for a range. Same dimension as the measurement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Largest conforming value.
    #[serde(default)]
    pub at_most: Option<Quantity>,
    /// Smallest conforming value.
    #[serde(default)]
    pub at_least: Option<Quantity>,
}
