//! Measurements as a scenario declares them. Layouts only; `measure` computes them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::criterion::{Limit, Rule};
use crate::quantity::{Share, Time};
use crate::text::Bilingual;

/// A measurement, declared before use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasurementSpec {
    /// Unique in the scenario.
    pub name: String,
    /// For people.
    pub title: Bilingual,
    /// Item it decides.
    pub criterion: String,
    /// Unit of the value: one of quantity's units.
    pub unit: String,
    /// What is measured.
    pub of: MeasureOf,
    /// Default: the criterion's.
    #[serde(default)]
    pub limit: Option<Limit>,
    /// Which statistic of the trials' values must clear the limit; default `each`.
    #[serde(default)]
    pub statistic: Option<Statistic>,
    /// Default: the criterion's.
    #[serde(default)]
    pub rule: Option<Rule>,
    /// Default: the criterion's.
    #[serde(default)]
    pub confidence: Option<Share>,
}

/// What a measurement is made from: exactly one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasureOf {
    /// Time between two marks of one trial, s; both stamps must be of one clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// A numeric reading of a step, one value for each occurrence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
    /// Share of trials (0…1) that met the expectations of a step, of all trials that reached it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success: Option<Success>,
    /// An error rate of 1:1 matching, from the scores of a step `evaluate_matcher`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<AccuracyOf>,
    /// Share of decisions on live faces that are what the engine's scores foretell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicted: Option<Predicted>,
    /// Rate of authentications that leave their PIN behind, from the counts of all PINs before and after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_residue: Option<PinResidue>,
    /// Number of forms of values that are met by chance as well (dates, PINs in long forms), and that were met in more searches than chance
    /// explains while none of their controls was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub common_residue: Option<CommonResidue>,
    /// Number of places in memory whose vectors tell subjects apart (face templates that stay), from the sketches of vectors after each
    /// authentication, each subject's several times in random order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vector_residue: Option<VectorResidue>,
    /// p-value of chi-square tests that each symbol is equally frequent at each place of a text reading
    /// over all occurrences (Bonferroni over the places).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uniformity: Option<Reading>,
    /// Number of different values of a reading over all occurrences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distinct: Option<Reading>,
}

/// Two marks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// Earlier mark.
    pub from: String,
    /// Later mark.
    pub to: String,
}

/// A reading of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Step id.
    pub step: String,
    /// Name of the reading.
    pub field: String,
}

/// A step by its id, whose expectations are met or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Success {
    /// Step id.
    pub step: String,
    /// Parameter of the matrix that tells groups apart, e.g. a PAI species: each group must clear the limit by itself,
    /// never the pool (ISO/IEC 30107-3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst_by: Option<String>,
    /// Parameter of the matrix that says whose trials these are. Trials of one subject hang together and prove less than as
    /// many of different ones: the bounds are those of the deflated number (design effect, correlation at least 0.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Name of the error rate that the failures are, for the report: `IAPAR`, `BPCER`, `FRR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_rate: Option<String>,
    /// Screens that mean that the device gave no response: their share is shown by itself (APNRR of ISO/IEC 30107-3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no_response: Vec<String>,
}

/// Short secrets lie in memory by chance: only counts over many authentications, each with a PIN of its own, say something. Without the
/// steps `live` and `seeded` (what the reader must hold is seen; what is planted is found) nothing can pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PinResidue {
    /// Steps `search_residue` with `pins: after`.
    pub after: Vec<AfterStep>,
    /// Step `search_residue` with `pins: live`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<String>,
    /// Step `search_residue` with `pins: seeded`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seeded: Option<String>,
}

/// Eight digits of a birth date lie in memory by chance: only searches for many people's values, each held against controls, say something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommonResidue {
    /// Step `search_residue` with `pins: after`.
    pub step: String,
    /// Parameter of the matrix that says whose values are searched for; of each person the first search counts.
    pub subject: String,
}

/// A template cannot be searched for; vectors that agree within a subject more than between subjects show it. Without the step `seeded` (what
/// is planted is found) nothing can pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VectorResidue {
    /// Step `collect_vectors`.
    pub step: String,
    /// Parameter of the matrix that says whose trial it is.
    pub subject: String,
    /// Step `collect_vectors` with `seeded: true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seeded: Option<String>,
}

/// A search after the end, and how long after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AfterStep {
    /// Step id.
    pub step: String,
    /// Time from the end to the search, as planned.
    pub delay: Time,
}

/// Decisions foretold by scores: whoever scores clearly above a threshold must be let in, whoever scores clearly below must not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Predicted {
    /// Step id whose `screen` tells the decision on the card that was inserted and the face that was presented last.
    pub step: String,
    /// Screens that mean acceptance.
    pub accepted: Vec<String>,
    /// Step id of the `evaluate_matcher` of the same trial that has the scores of these people.
    pub evaluation: String,
    /// Parameter with the threshold that the decisions are made under; left out: the one that the engine says it works with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<String>,
    /// How far from the threshold all scores of a pair must lie for a prediction, in the engine's units.
    pub margin: f64,
}

/// An error rate from scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccuracyOf {
    /// Step id of an `evaluate_matcher`.
    pub step: String,
    /// Which rate.
    pub rate: AccuracyRate,
    /// With `fnmr-at-fmr`: the false match rate at which the threshold is set; default 0.01 %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fmr: Option<Share>,
}

/// Error rates of 1:1 matching (ISO/IEC 19795-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccuracyRate {
    /// FNMR at the lowest threshold whose FMR is at most `fmr`; the threshold's own uncertainty enters.
    FnmrAtFmr,
    /// FMR at the threshold that the engine says it works with.
    FmrInUse,
    /// FNMR at the threshold that the engine says it works with.
    FnmrInUse,
}

/// Statistic of the values. A percentile is bounded by order statistics; a mean by Student's t.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Statistic {
    /// Every value must clear the limit (with its uncertainty).
    Each,
    /// This share of transactions must.
    Percentile(Share),
    /// Their mean.
    Mean,
}
