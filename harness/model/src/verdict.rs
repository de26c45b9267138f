//! Verdicts and what they rest on. Produced by `decide`, rendered by the report; never edited.

use serde::{Deserialize, Serialize};

/// What is said of a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The evidence shows conformity under the declared decision rule.
    Pass,
    /// The evidence shows non-conformity under the declared decision rule.
    Fail,
    /// Evidence exists but cannot decide; the statement says what would settle it.
    Inconclusive,
    /// The harness or the rig was at fault; says nothing of the DUT.
    Error,
    /// No evidence was gathered.
    NotTested,
    /// Declared as not applicable, with a reason.
    NotApplicable,
    /// A document lies there and was not reviewed yet.
    Submitted,
    /// A document was reviewed and found good.
    Reviewed,
}

/// One criterion's verdict with its grounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriterionVerdict {
    /// 項番, e.g. `3-23`.
    pub criterion: String,
    /// What is said.
    pub verdict: Verdict,
    /// One sentence each, Japanese and English: why.
    pub reason: crate::text::Bilingual,
    /// What would settle an inconclusive verdict or is missing for a decision.
    pub open: Vec<crate::text::Bilingual>,
    /// Measurements that decided, in plan order.
    pub measurements: Vec<Measurement>,
    /// Documents that decided.
    pub documents: Vec<DocumentFinding>,
}

/// A value derived from observations, judged against its limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// `scenario/name`.
    pub id: String,
    /// For people.
    pub title: crate::text::Bilingual,
    /// Unit of all values below.
    pub unit: String,
    /// Number of trials (or readings) that entered.
    pub n: u64,
    /// Point estimate; absent where nothing could be measured.
    pub estimate: Option<f64>,
    /// One-sided confidence bounds (lower, upper) at `confidence`, with measurement uncertainty included.
    pub bounds: Option<(f64, f64)>,
    /// 0 … 1.
    pub confidence: f64,
    /// Limit in words: `≤ 5 s (95 % of transactions)`.
    pub limit: String,
    /// Decision rule by name: `guarded`, `simple`, `all`.
    pub rule: String,
    /// By the declared rule.
    pub verdict: Verdict,
    /// What the `simple` rule (point estimate) would say; always shown beside.
    pub simple: Verdict,
    /// What would settle it, e.g. `12 more trials`.
    pub open: Option<crate::text::Bilingual>,
    /// Journal sequence numbers of the observations used.
    pub evidence: Vec<u64>,
    /// Single values for plots (per trial), in base order.
    pub values: Vec<f64>,
    /// Name of the error rate that failures are, where the scenario names one: `IAPAR`, `FRR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_rate: Option<String>,
    /// Of these trials the device gave no response, where the scenario says on which screens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_response: Option<u64>,
    /// Groups that had to hold each by itself; empty where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupFinding>,
    /// With scores: the whole evaluation, for curve and tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub study: Option<Box<StudyFinding>>,
    /// With counts of PINs: what they and their controls showed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pins: Option<Box<PinFinding>>,
    /// With sketches of vectors: what comparing them and the planted ones showed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vectors: Option<Box<VectorFinding>>,
}

/// What the counts of PINs showed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PinFinding {
    /// Authentications with a PIN of their own each.
    pub authentications: u64,
    /// Forms × regions × delays in which PINs were counted.
    pub counted_in: u64,
    /// The forms, sorted: what the bound holds for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<String>,
    /// Where chance alone raises counts so often that no bound of the limit can be shown: tested, and bounded only together with all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loud: Vec<String>,
    /// Upper bound of the leak rate over all cells, those included, 0 … 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<f64>,
    /// Where PINs stayed behind.
    pub cells: Vec<PinCell>,
    /// Places and contexts that held a PIN once and were followed through later authentications.
    #[serde(default)]
    pub noticed: u64,
    /// Of these the ones that held the right PIN time and again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recurring: Vec<PinRecurrence>,
    /// Null arm: PINs that were drawn and never typed.
    pub never_typed: u64,
    /// Null arm: cells that were significant all the same.
    pub alarms: u64,
    /// Seeded arm: leaks that were planted.
    pub planted: u64,
    /// Seeded arm: planted leaks that were found.
    pub planted_found: u64,
    /// Seeded arm: lower bound of the share found, 0 … 1.
    pub sensitivity: f64,
    /// Live arm: searches in mid-authentication.
    pub live: u64,
    /// Live arm: cells in which the PIN was seen there.
    pub live_visible: u64,
}

/// What comparing vectors showed. For vectors of 64 to 1,024 numbers in these formats alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VectorFinding {
    /// How numbers were stored in what was looked for: `f32`, `f64`, `f16`, `i8`.
    #[serde(default)]
    pub formats: Vec<String>,
    /// Authentications.
    pub authentications: u64,
    /// Different subjects.
    pub subjects: u64,
    /// Vectors that appeared, over all authentications.
    pub candidates: u64,
    /// Of these left out because their like appeared after more authentications than any subject has.
    pub common: u64,
    /// Of these not compared because too few authentications left any of their length.
    pub rare: u64,
    /// Places that were tested: lengths, and addresses.
    pub tested: u64,
    /// Smallest p after Holm; 1 where nothing was tested.
    pub smallest_p: f64,
    /// Places that tell subjects apart.
    pub places: Vec<VectorPlace>,
    /// Seeded arm: lengths that were planted in each format.
    pub planted: Vec<u32>,
    /// Seeded arm: how many of all lengths and formats were found.
    pub planted_found: u64,
    /// Vectors that were found and not kept.
    pub dropped: u64,
    /// Places that were not searched.
    pub unsearched: u64,
    /// Seed of the permutations.
    pub seed: u64,
}

/// Where vectors tell subjects apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VectorPlace {
    /// How a number is stored.
    #[serde(default)]
    pub format: String,
    /// Numbers of a vector.
    pub length: u32,
    /// Target and class of memory; empty: wherever they agree best.
    pub region: String,
    /// Address there; 0 with an empty region.
    pub address: u64,
    /// Mean agreement within a subject, −1 … 1.
    pub within: f64,
    /// The same between subjects.
    pub between: f64,
    /// p after Holm.
    pub p: f64,
}

/// Where PINs stay behind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PinCell {
    /// Form, e.g. `utf-16le`.
    pub form: String,
    /// Target and region class.
    pub region: String,
    /// Seconds after the end.
    pub delay_s: u32,
    /// Authentications after which the PIN's count had risen.
    pub rose: u64,
    /// p after Holm.
    pub p: f64,
}

/// A place or context that held the right PIN time and again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PinRecurrence {
    /// A place: the same address, or offset in a file. Otherwise the same bytes around.
    pub place: bool,
    /// Form.
    pub form: String,
    /// Target and region class.
    pub region: String,
    /// Seconds after the end.
    pub delay_s: u32,
    /// Authentications after which it held the right PIN.
    pub held: u64,
    /// Authentications after which it could have, from the first that did.
    pub present: u64,
    /// Chance of that, times the number of places and contexts that were noticed.
    pub p: f64,
}

/// One group of a measurement, e.g. a PAI species.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupFinding {
    /// Value of the parameter that tells groups apart.
    pub name: String,
    /// Trials.
    pub n: u64,
    /// Of these successes.
    pub successes: u64,
    /// One-sided bounds of the share of successes, in the measurement's unit.
    pub bounds: Option<(f64, f64)>,
    /// By the guarded rule.
    pub verdict: Verdict,
    /// How many trials ended on which screen, where screens were read.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub ended_on: std::collections::BTreeMap<String, u64>,
}

/// A technology evaluation and the decision on its FNMR.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudyFinding {
    /// Everything that the scores say.
    pub study: shinsa_stats::study::Study,
    /// On the limit below.
    pub decision: shinsa_stats::study::Decision,
    /// Largest tolerated FNMR, 0 … 1.
    pub limit: f64,
}

/// What a document contributes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentFinding {
    /// Kind by the catalogue, e.g. `jlis-conformity`.
    pub kind: String,
    /// File name in the document store; empty when missing.
    pub file: String,
    /// SHA-256 of the file, hex; empty when missing.
    pub sha256: String,
    /// `pass` never: `submitted`, `reviewed`, `fail` (rejected), `inconclusive` (missing, expired, mismatching).
    pub verdict: Verdict,
    /// Why.
    pub reason: crate::text::Bilingual,
    /// Journal sequence number of the record.
    pub evidence: Vec<u64>,
}

/// `verdicts.json`: everything `judge` derives from one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Version of this layout.
    pub format: u32,
    /// Run judged.
    pub run: String,
    /// Hash of the last journal line that was judged (hex) and number of lines.
    pub journal_head: String,
    /// Lines judged.
    pub journal_lines: u64,
    /// SHA-256 of the plan.
    pub plan_sha256: String,
    /// True when any instrument was simulated.
    pub simulated: bool,
    /// False when the run has trials without an end.
    pub complete: bool,
    /// Catalogue order.
    pub criteria: Vec<CriterionVerdict>,
    /// Worst of the mandatory criteria: the run in one word.
    pub overall: Verdict,
}
