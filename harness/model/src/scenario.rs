//! Scenarios: what is done on the rig and what is read from it, as written in YAML.
//!
//! These types are the YAML's layout (the JSON Schema is made from them). `check` resolves them against
//! criteria and rig, `plan` expands them into trials. What a verb reads stands with the verb.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::criterion::{Limit, Rule};
use crate::quantity::{Share, Time};
use crate::text::Bilingual;

/// One scenario file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Id, unique in a run; kebab-case.
    pub scenario: String,
    /// Layout version: 1.
    pub format: u32,
    /// For people.
    pub title: Bilingual,
    /// Items it serves: every `decides` and measurement must name one of them.
    pub criteria: Vec<String>,
    /// Capabilities that the rig must provide.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Free words to choose scenarios by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Parameters with defaults; used as `${name}` in any string.
    #[serde(default)]
    pub parameters: BTreeMap<String, Value>,
    /// One trial for each combination of these values; overrides parameters of the same name.
    #[serde(default)]
    pub matrix: BTreeMap<String, Vec<Value>>,
    /// How many trials for each combination.
    #[serde(default)]
    pub repeat: Option<Repeat>,
    /// Deadline of steps that name none; default 10 s.
    #[serde(default)]
    pub deadline: Option<Time>,
    /// Before the steps; a failure here makes the trial `unmet` or `error`, never a `fail`.
    #[serde(default)]
    pub setup: Vec<Step>,
    /// The test.
    pub steps: Vec<Step>,
    /// Always runs, also after errors and interrupts.
    #[serde(default)]
    pub teardown: Vec<Step>,
    /// Declared before use.
    #[serde(default)]
    pub measurements: Vec<MeasurementSpec>,
}

/// A shared step sequence (`scenarios/sequences/*.yaml`), used by `use:`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// Id, as named by `use`.
    pub sequence: String,
    /// Layout version: 1.
    pub format: u32,
    /// Parameters with defaults; `use` may set them in `with`.
    #[serde(default)]
    pub parameters: BTreeMap<String, Value>,
    /// Put in place of the `use` step. May use other sequences; no cycles; at most 8 deep.
    pub steps: Vec<Step>,
}

/// How many trials.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// Fixed number.
    #[serde(default)]
    pub times: Option<u32>,
    /// Enough trials that this measurement can pass with `errors_allowed` violations under its rule;
    /// resolved to a number when the plan is made.
    #[serde(default)]
    pub enough_for: Option<String>,
    /// With `enough_for`; default 0.
    #[serde(default)]
    pub errors_allowed: Option<u32>,
}

/// One step: exactly one verb, and what is common to all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Name, unique in the scenario; measurements refer to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Names the instant at which the step's observation was stamped, for `interval`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// Items for which an unmet expectation of this step is a `fail`. Empty: the trial ends `unmet`
    /// and says nothing of the DUT's conformity.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decides: Vec<String>,
    /// Deadline of this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Time>,
    /// Repeat this step (or sequence) so many times; default 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// Expectations on readings of this step, by name of the reading.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub expect: BTreeMap<String, Expect>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,

    /// Put a card on the reader. Capability `card_feeder`. Reads `card`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insert_card: Option<InsertCard>,
    /// Take the card away. `card_feeder`. Reads nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remove_card: Option<Nothing>,
    /// Present a face. `face_presenter`. Reads `subject`, `presentation`, `seed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present_face: Option<PresentFace>,
    /// Nobody stands before the reader. `face_presenter`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdraw_face: Option<Nothing>,
    /// Touch the panel. `finger` (and `screen` for a named target). Reads `x_px`, `y_px`; stamped at contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touch: Option<Touch>,
    /// Type a card's PIN on the screen's keypad, wherever its digits stand. `finger`, `screen`, `pcsc`.
    /// The PIN interlock is respected before the first digit. Reads `digits` (how many), `tries_left_before`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enter_pin: Option<EnterPin>,
    /// Wait until a screen stands. `screen`. Reads `screen` (what stands; `unknown` where none was recognised at
    /// the deadline), `score`, `waited_s`; stamped by the first frame that shows it. Implicit expectation: one of those named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_screen: Option<WaitScreen>,
    /// The screen must not change to another one for a time. `screen`. Reads `screen`, `stayed` (bool). Implicit expectation: `stayed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay_on_screen: Option<StayOnScreen>,
    /// Keep the current frame. `screen`. Reads `width_px`, `height_px`, `levels_red|green|blue`, `levels_red_gap`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture_screen: Option<CaptureScreen>,
    /// Read a text region of the current screen. `screen`, `text_reader`. Reads `text`, `similarity` (0…1 to `compare_to`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_text: Option<ReadText>,
    /// Where the keypad's digits stand now. `screen`. Reads `layout` (digit of each cell in order, e.g. `1234567890`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_keypad: Option<Nothing>,
    /// Is the reader there for PC/SC? `pcsc`. Reads `listed` (bool), `readers` (count), `card_present` (bool), `atr` (hex or empty), `atr_form`
    /// (`type-b`, `type-a-storage`, `contact`, `unknown`, `none`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_status: Option<CardStatus>,
    /// Send one command to the card over PC/SC; never VERIFY with data. `pcsc`. Reads `sw` (hex), `length`, `micros`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_apdu: Option<SendApdu>,
    /// Read a retry counter with an empty VERIFY. `pcsc`. Reads `tries_left`, `sw`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_retry_counter: Option<ReadRetryCounter>,
    /// Start, stop or kill the vendor's software. `terminal`. Reads `running`, `last_exit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software: Option<Software>,
    /// Edition of the terminal's operating system. `terminal`. Reads `os_edition`, `os_build`, `architecture`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_platform: Option<Nothing>,
    /// Collect a named folder of the terminal. `terminal`. Reads what `collect` reads are listed in `measure::texts`:
    /// `files`, `invalid_utf8_files`, `byte_order_marks`, `personal_data_findings`, `missing_kinds` (count), `disorder` (count).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collect: Option<Collect>,
    /// Call a management function of the DUT. `management`. Reads `ok` (bool) and what the function answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manage: Option<Manage>,
    /// Set the back end's state. `back_end`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_back_end: Option<SetBackEnd>,
    /// What reached the back end since this trial began. `back_end`. Reads `transactions` (list of `kind/method/card/result`), `count`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_back_end: Option<Nothing>,
    /// Ask a person. `operator`. Reads `answer` (bool, number or text by kind), `role`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<Ask>,
    /// The DUT's supply. `power`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power: Option<Power>,
    /// Read the room. `environment`. Reads `illuminance_lx`, `temperature_celsius`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_environment: Option<Nothing>,
    /// Let time pass (only where the DUT's own timer is the subject).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// Put a shared sequence here.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub use_sequence: Option<UseSequence>,
}

/// A verb without arguments: written `{}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// See [`Step::insert_card`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InsertCard {
    /// Card id of the rig.
    pub card: String,
}

/// See [`Step::present_face`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PresentFace {
    /// Subject id of the rig.
    pub subject: String,
    /// `bona-fide` (default) or a PAI species.
    #[serde(default)]
    pub presentation: Option<String>,
}

/// See [`Step::touch`]: one of the two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Touch {
    /// Target by id or label of the current screen's catalogue entry.
    #[serde(default)]
    pub target: Option<String>,
    /// Screen whose catalogue entry holds the target; default: the one that stands.
    #[serde(default)]
    pub screen: Option<String>,
    /// Millimetres from the panel's top left corner.
    #[serde(default)]
    pub at_mm: Option<[f64; 2]>,
}

/// See [`Step::enter_pin`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterPin {
    /// Card whose PIN it is.
    pub card: String,
    /// `right` (default), `wrong` (a different PIN, made at run time).
    #[serde(default)]
    pub pin: Option<PinChoice>,
    /// Type only the first so many digits; default all.
    #[serde(default)]
    pub digits: Option<u32>,
}

/// Which PIN is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PinChoice {
    /// The card's own.
    Right,
    /// Another one.
    Wrong,
}

/// See [`Step::wait_screen`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitScreen {
    /// Screen id or ids, any of which will do.
    pub screen: OneOrMany,
}

/// One string or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Any of these.
    Many(Vec<String>),
}

impl OneOrMany {
    /// As a list.
    pub fn list(&self) -> Vec<&str> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many.iter().map(String::as_str).collect(),
        }
    }
}

/// See [`Step::stay_on_screen`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StayOnScreen {
    /// Screen id.
    pub screen: String,
    /// How long.
    #[serde(rename = "for")]
    pub duration: Time,
}

/// See [`Step::capture_screen`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptureScreen {
    /// Name of the picture in the report.
    pub name: String,
}

/// See [`Step::read_text`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadText {
    /// Screen id.
    pub screen: String,
    /// Text region of the screen's catalogue entry.
    pub region: String,
    /// Text that should stand there.
    pub compare_to: String,
}

/// See [`Step::card_status`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CardStatus {
    /// Wait (within the step's deadline) until a card is, or is not, present; default: don't wait.
    #[serde(default)]
    pub until_present: Option<bool>,
}

/// See [`Step::send_apdu`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendApdu {
    /// Command in hex, e.g. `00A4040C0AD392F000260100000001`.
    pub command: String,
}

/// See [`Step::read_retry_counter`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadRetryCounter {
    /// Which.
    pub pin: PinKind,
}

/// Secrets on a card that lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PinKind {
    /// 利用者証明用 PIN (4 digits).
    Auth,
    /// 署名用 password.
    Sign,
    /// 照合番号B.
    NumberB,
}

/// See [`Step::software`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Software {
    /// What to do.
    pub action: SoftwareAction,
}

/// What can be done to the vendor's software.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SoftwareAction {
    /// Start; nothing when running.
    Start,
    /// Graceful stop.
    Stop,
    /// Stop, then start.
    Restart,
    /// As a crash does.
    Kill,
    /// Only read the state.
    Status,
}

/// See [`Step::collect`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Collect {
    /// Folder name that the terminal's agent knows, e.g. `log`.
    pub folder: String,
    /// Kinds of log lines that must be there, by the DUT profile's names.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Kinds that must appear in this order after each other (within lines written since the trial began).
    #[serde(default)]
    pub order: Vec<String>,
    /// Only file names that contain this.
    #[serde(default)]
    pub only: Option<String>,
}

/// See [`Step::manage`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manage {
    /// Function of the DUT's management, as the rig's driver knows it, e.g. `version`, `set`, `self-test`.
    pub function: String,
    /// Handed over as they are.
    #[serde(default)]
    pub arguments: BTreeMap<String, Value>,
}

/// See [`Step::set_back_end`]. Fields left out take the back end's defaults.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetBackEnd {
    /// `up`, `down`, `error`, `garbage`, `silent`.
    #[serde(default)]
    pub mode: Option<String>,
    /// Added to every answer.
    #[serde(default)]
    pub latency: Option<Time>,
    /// Consent screens asked for: `medical`, `checkup`, `limit`; `[]`: none; left out: all of them.
    #[serde(default)]
    pub consents: Option<Vec<String>>,
    /// Insurance state by card id: `valid`, `lapsed`, `lapsed-new`, `unregistered`.
    #[serde(default)]
    pub insurance: BTreeMap<String, String>,
}

/// See [`Step::ask`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Key of the answer in `--answers FILE`.
    pub question: String,
    /// The question.
    pub text: Bilingual,
    /// Who may answer: `operator`, `inspector`, `staff` …
    pub role: String,
    /// Form of the answer.
    pub kind: AnswerKind,
}

/// Forms of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerKind {
    /// `yes` or `no`.
    YesNo,
    /// A decimal number.
    Number,
    /// One line; must hold no personal data.
    Text,
}

/// See [`Step::power`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Power {
    /// On or off.
    pub on: bool,
}

/// See [`Step::pause`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// How long.
    #[serde(rename = "for")]
    pub duration: Time,
}

/// See [`Step::use_sequence`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum UseSequence {
    /// By name alone.
    Name(String),
    /// With parameters.
    With(UseWith),
}

/// A sequence with parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UseWith {
    /// Sequence id.
    pub sequence: String,
    /// Its parameters.
    #[serde(default)]
    pub with: BTreeMap<String, Value>,
}

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
    pub success: Option<StepName>,
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

/// A step by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepName {
    /// Step id.
    pub step: String,
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
