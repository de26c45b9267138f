//! The verbs' arguments. What each does and reads stands at its field of [`Step`](super::Step). Layouts only.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::quantity::Time;
use crate::text::Bilingual;

#[cfg(doc)]
use super::Step;

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
    /// How many lines of a kind what the rig did must have caused (within lines written since the trial began).
    #[serde(default)]
    pub counts: BTreeMap<String, u64>,
    /// Counts begin at the last line of this kind: what an earlier trial caused may be written after this one began.
    #[serde(default)]
    pub counts_from: Option<String>,
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

/// See [`Step::consent`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Subject id of the rig: a number, never a name.
    pub subject: String,
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

/// See [`Step::evaluate_matcher`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvaluateMatcher {
    /// How many subjects of the face library, in its order; default all.
    #[serde(default)]
    pub subjects: Option<u32>,
    /// Only these subjects of the face library, instead of `subjects`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Live presentations of each; default all that the library has.
    #[serde(default)]
    pub presentations: Option<u32>,
    /// Condition of the presentations, by the library's names; default `ideal`.
    #[serde(default)]
    pub condition: Option<String>,
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
