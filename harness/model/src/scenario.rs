//! Scenarios: what is done on the rig and what is read from it, as written in YAML.
//!
//! These types are the YAML's layout (the JSON Schema is made from them). `check` resolves them against
//! criteria and rig, `plan` expands them into trials. What a verb reads stands with the verb.

mod expectation;
mod inspect;
mod measurement;
mod trials;
mod verbs;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::quantity::Time;
use crate::text::Bilingual;

pub use expectation::{Compare, Expect};
pub use inspect::{AttachUsb, CollectVectors, Keeper, OfTarget, PinCount, SearchResidue, UsbCable};
pub use measurement::{
    AccuracyOf, AccuracyRate, AfterStep, CommonResidue, Interval, MeasureOf, MeasurementSpec,
    PinResidue, Predicted, Reading, Statistic, Success, VectorResidue,
};
pub use trials::{InTurn, Matrix, MatrixValues, OfSeries, Order};
pub use verbs::{
    AnswerKind, Ask, CaptureScreen, CardStatus, Collect, Consent, EnterPin, EvaluateMatcher,
    InsertCard, Manage, Nothing, OneOrMany, Pause, PinChoice, PinKind, Power, PresentFace,
    ReadRetryCounter, ReadText, SendApdu, SetBackEnd, Software, SoftwareAction, StayOnScreen,
    Touch, UseSequence, UseWith, WaitScreen,
};

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
    pub matrix: Matrix,
    /// Order of the trials; default as written.
    #[serde(default)]
    pub order: Order,
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
    /// Deadline of this step; without it the scenario's, and in steps that let time pass so much more.
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

    /// Put a card on the reader. Capability `card_feeder`. Reads `card`, `subject` (whose it is).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insert_card: Option<InsertCard>,
    /// Take the card away. `card_feeder`. Reads nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remove_card: Option<Nothing>,
    /// Present a face. `face_presenter`. Reads `subject`, `presentation`, `seed`; where a person leads people, `presented`: who does
    /// not come ends the trial `declined`.
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
    /// `files`, `invalid_utf8_files`, `byte_order_marks`, `personal_data_findings`, `missing_kinds` (count), `disorder` (count), `miscounted` (kinds).
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
    /// Does this person take part? `operator`. Asked once a session of each person; a trial of somebody who does not ends
    /// `declined` and counts for nothing. Reads `subject`, `consented` (bool), `role`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Technology evaluation (ISO/IEC 19795-2): every live presentation of the face library against every reference photo by the
    /// vendor's engine. `matcher`, `face_library`. Reads `engine`, `engine_version`, `threshold`, `subjects`, `genuine`, `impostor`,
    /// `failures_to_acquire`, `failures_to_enrol`, `library_sha256`; keeps all scores. Resumes from stored rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluate_matcher: Option<EvaluateMatcher>,
    /// The DUT's supply. `power`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power: Option<Power>,
    /// Read the room. `environment`. Reads `illuminance_lx`, `temperature_celsius`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_environment: Option<Nothing>,
    /// Search memory and storage of reader and terminal for what is left of a card's data, and of the faces presented in this trial (`FacePresenter.Witness`;
    /// without a picture of them they count as not searched), in place. `inspector`. Reads `patterns`, `searched_bytes`,
    /// `not_searched` (places), `search_s`, `age_s` (since the card was taken away), `listed` (findings, without a byte of them), and the counts
    /// `memory_findings`, `storage_findings` (data of the card in what outlives the supply), `handed_over` (declared in the DUT profile), `storage_pictures` (of a face there), `chance_findings` (forms so
    /// short that they count for nothing alone). A count of nothing is left out where not everything could be searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search_residue: Option<SearchResidue>,
    /// Remember hashes of all memory of the running processes. `inspector`. Reads `processes`, `pages`, `vectors`, `not_searched` (places).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_pages: Option<Nothing>,
    /// Vectors of 64 to 1,024 numbers (f32, f64, f16, i8) that may be face templates and appeared in memory since `snapshot_pages` of the same trial, as sketches that can be
    /// compared with each other and with nothing else. `inspector`. Reads `subject`, `candidates`, `dropped`, `unchanged`, `searched_bytes`,
    /// `not_searched` (places), `collect_s`, `vectors` (the sketches).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collect_vectors: Option<CollectVectors>,
    /// Remember every file below the folders that the agent's configuration names (targets of kind files). `inspector`. Reads `files`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark_files: Option<Nothing>,
    /// What was written since `mark_files` of the same trial: in those folders, and, on Linux, in files elsewhere that processes of targets still have open or mapped.
    /// `inspector`. Reads `new`, `changed`, `deleted`, `came_and_went`, `pictures` (files whose content is a picture, by whatever name; left out where there is none
    /// and not every file could be read, short-lived ones included, or a target's working or temporary folder is not watched), `not_searched` (places), `written` (every file).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_files: Option<Nothing>,
    /// Try every way of the operating system to get at a process's memory. `inspector`. Reads `technician` and `administrator` (ways that succeeded; `technician` is left
    /// out where no way could be tried), `tried`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub try_dumps: Option<OfTarget>,
    /// Make a process crash, and look for a dump. `inspector`. Reads `ended`, `dumps` (count), `files`, `looked_in`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crash: Option<OfTarget>,
    /// Look for ways in: sockets, consoles, debug bridges, debug switches. `inspector`. Reads `undeclared` (count; left out where there is none and not everything
    /// could be looked for), `entrances`, `not_probed`, `out_of_scope` (what the agent's configuration declares not to be the DUT's).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe_entrances: Option<Nothing>,
    /// Plug a foreign USB device in. `usb_switch`. Reads `device`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attach_usb: Option<AttachUsb>,
    /// Pull every foreign USB device out. `usb_switch`. Reads nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detach_usb: Option<Nothing>,
    /// Pull the reader's own USB cable, or plug it in. `usb_switch`. Reads `plugged`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usb_cable: Option<UsbCable>,
    /// Let time pass (only where the DUT's own timer is the subject).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// Put a shared sequence here.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub use_sequence: Option<UseSequence>,
}

impl Step {
    /// Time that it lets pass whatever happens; 0 for most.
    pub fn passes(&self) -> Time {
        let pause = self.pause.as_ref().map(|pause| pause.duration);
        let stay = self.stay_on_screen.as_ref().map(|stay| stay.duration);
        pause.or(stay).unwrap_or(Time::from_seconds(0.0))
    }
}
