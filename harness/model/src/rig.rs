//! Rig files: which equipment stands there, how it is reached, what it provides; and the DUT's profile.
//!
//! Passive data. `shinsa-rig` makes drivers of it; `check` compares `provides` with scenarios' `requires`.

mod flow;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::quantity::Time;
use crate::text::Bilingual;

pub use flow::{Flow, FlowScreen, Targets};

/// Everything a rig can provide, i.e. a scenario can require.
pub const CAPABILITIES: &[&str] = &[
    "card_feeder",
    "face_presenter",
    "card_face_presenter",
    "finger",
    "screen",
    "text_reader",
    "power",
    "environment",
    "terminal",
    "back_end",
    "pcsc",
    "management",
    "operator",
    "matcher",
    "face_library",
    "inspector",
    "usb_switch",
];

/// A rig file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RigFile {
    /// Id.
    pub rig: String,
    /// Layout version: 1. A newer one is refused.
    pub format: u32,
    /// For people.
    pub title: Bilingual,
    /// Laboratory and place (ISO/IEC 17025 7.8.2.1); no person.
    pub place: String,
    /// Folder for sockets and state, relative to the working directory; relative addresses are below it. `--rig-dir` overrides.
    pub run_dir: String,
    /// Command that brings the rig's own processes up (`shinsa rig up`, `run --up`); `${run_dir}` and `${rig}` (the rig
    /// file's folder) and `${bin}` (the folder of the shinsa binary) are replaced.
    #[serde(default)]
    pub launch: Option<Launch>,
    /// Drivers by name.
    pub drivers: BTreeMap<String, Driver>,
    /// Instruments that do not describe themselves, and calibration of those that do.
    #[serde(default)]
    pub equipment: Vec<Equipment>,
    /// DUT profile, path relative to the rig file.
    pub dut: String,
    /// Cards of the lab.
    pub cards: Vec<Card>,
    /// Subjects or heads of the lab: pseudonymous ids.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// Many numbered subjects, each with a card: joins `subjects` and `cards`.
    #[serde(default)]
    pub series: Vec<Series>,
    /// YAML with PINs and printed data by card id, relative to `run_dir`; never copied into evidence.
    #[serde(default)]
    pub secrets: Option<String>,
    /// Safety limits.
    #[serde(default)]
    pub limits: Limits,
    /// How long to reach the safe state before giving up; default 10 s.
    #[serde(default)]
    pub safe_state_within: Option<Time>,
}

/// Most subjects of a series.
pub const LONGEST_SERIES: u32 = 10_000;

/// Numbered subjects with a card each: `f0001` … with cards `f0001-regular` …
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// Before the number; names the series in a scenario's matrix.
    pub prefix: String,
    /// First number.
    pub first: u32,
    /// Last number; at most 10,000 subjects.
    pub last: u32,
    /// Digits of the number, zeros in front; default 4.
    #[serde(default = "four")]
    pub digits: u8,
    /// Kind of their cards, and the end of the cards' ids.
    pub kind: String,
    /// People who do not exist. Of others no picture of the screen is kept while they stand there.
    #[serde(default)]
    pub synthetic: bool,
}

fn four() -> u8 {
    4
}

impl Series {
    /// Subject ids in order; none where `last` is below `first`.
    pub fn subjects(&self) -> impl Iterator<Item = String> + '_ {
        let width = usize::from(self.digits);
        (self.first..=self.last).map(move |n| format!("{}{n:0width$}", self.prefix))
    }

    fn cards(&self) -> impl Iterator<Item = Card> + '_ {
        self.subjects().map(|subject| Card {
            id: format!("{subject}-{}", self.kind),
            subject,
            kind: self.kind.clone(),
            synthetic: self.synthetic,
        })
    }
}

impl RigFile {
    /// With the subjects and cards of its series among its own. Series must have been checked for their length.
    #[must_use]
    pub fn expanded(mut self) -> Self {
        for series in &self.series {
            self.subjects.extend(series.subjects());
            self.cards.extend(series.cards());
        }
        self
    }

    /// Is this somebody who does not exist? Only a card that says so makes one.
    pub fn synthetic(&self, subject: &str) -> bool {
        let mut cards = self
            .cards
            .iter()
            .filter(|card| card.subject == subject)
            .peekable();
        cards.peek().is_some() && cards.all(|card| card.synthetic)
    }

    /// Those of the wanted capabilities that no driver provides.
    pub fn missing<'a>(&self, wanted: &'a [String]) -> Vec<&'a str> {
        let provided = |wanted: &str| {
            let mut drivers = self.drivers.values();
            drivers.any(|driver| driver.provides.iter().any(|given| given == wanted))
        };
        let wanted = wanted.iter().map(String::as_str);
        wanted.filter(|wanted| !provided(wanted)).collect()
    }
}

/// See [`RigFile::launch`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Launch {
    /// Program and arguments; no shell.
    pub command: Vec<String>,
    /// The command prints the line `ready` within this time.
    pub ready_within: Time,
}

/// One driver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Driver {
    /// Kind.
    pub driver: DriverKind,
    /// Capabilities that this driver provides.
    pub provides: Vec<String>,
    /// `wire`: `unix:world.sock`, `http://127.0.0.1:7000`, `https://lab-pc:7000`.
    #[serde(default)]
    pub address: Option<String>,
    /// `wire` with https.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// `pcsc`: socket of a private pcscd (PCSCLITE_CSOCK_NAME); default: the system's.
    #[serde(default)]
    pub socket: Option<String>,
    /// `pcsc`: part of the reader's name; default: the only reader there is.
    #[serde(default)]
    pub reader: Option<String>,
    /// `command`: program and arguments by verb (`manage`, `read-text`); `${run_dir}`, `${rig}`, `${bin}` are replaced.
    #[serde(default)]
    pub commands: BTreeMap<String, Vec<String>>,
    /// Deadline for each call; default 10 s.
    #[serde(default)]
    pub deadline: Option<Time>,
}

/// Kinds of drivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DriverKind {
    /// PC/SC on this machine.
    Pcsc,
    /// gRPC services of `shinsa.v1`.
    Wire,
    /// A person at the terminal, or `--answers FILE`.
    Operator,
    /// A lab's own executable.
    Command,
}

/// PEM files for mutual TLS, relative to the rig file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The other side's authority.
    pub authority: String,
    /// Our certificate.
    pub certificate: String,
    /// Our key.
    pub key: String,
}

/// An instrument by the rig file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Equipment {
    /// Id in the lab's register.
    pub id: String,
    /// Maker.
    pub make: String,
    /// Model.
    pub model: String,
    /// Serial number.
    pub serial: String,
    /// Date, YYYY-MM-DD; left out: needs no calibration.
    #[serde(default)]
    pub calibration_due: Option<String>,
    /// Capability it serves.
    pub serves: String,
}

/// A card of the lab. The persona and the secrets are the lab's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Id.
    pub id: String,
    /// Subject whose card it is.
    pub subject: String,
    /// `regular`, `face`, `blocked`, `broken` …
    pub kind: String,
    /// Synthetic person: pictures of screens may be stored unmasked.
    #[serde(default)]
    pub synthetic: bool,
}

/// Safety limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// A VERIFY is sent or caused only with at least so many tries left; for PINs (of 3); default 2.
    pub pin_floor: u32,
    /// Likewise for 照合番号B (of 10); default 4.
    pub number_b_floor: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            pin_floor: 2,
            number_b_floor: 4,
        }
    }
}

/// A DUT profile (`dut.yaml`): what the vendor or the lab knows of the reader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DutProfile {
    /// Layout version: 1.
    pub format: u32,
    /// Maker.
    pub make: String,
    /// Model.
    pub model: String,
    /// Screen catalogue (`screens.yaml`): path relative to `run_dir` if it starts with `run_dir:`, else to this file.
    pub screens: String,
    /// Regular expressions of log lines by kind.
    pub log_kinds: BTreeMap<String, String>,
    /// Its screen flow, where the vendor gives it: scenarios are then checked against it before anything runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<Flow>,
    /// Light in which cameras see the patient; visible light always counts as named. What a camera captured is looked for by the rig's own picture in that light
    /// (`FacePresenter.Witness`); without one it counts as not searched, and 3-16 is then not decided. Depth sensors take no picture of a face and are not named.
    #[serde(default = "in_visible_light")]
    pub patient_cameras: Vec<PatientCamera>,
    /// Data of a patient that the product hands over on purpose, e.g. the confirmed name to the receipt computer. A search for residue
    /// lists them, and counts them apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handed_over: Vec<HandedOver>,
}

fn in_visible_light() -> Vec<PatientCamera> {
    vec![PatientCamera::Visible]
}

/// What a patient's camera sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PatientCamera {
    /// Light as people see it, in colours or grey.
    Visible,
    /// Near infrared.
    Infrared,
}

impl PatientCamera {
    /// As in a profile.
    pub fn name(self) -> &'static str {
        match self {
            Self::Visible => "visible",
            Self::Infrared => "infrared",
        }
    }
}

/// Where data are handed over, and which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandedOver {
    /// Target of the agent, e.g. `terminal-storage`.
    pub target: String,
    /// Files whose path below the target begins so, e.g. `result/`.
    pub below: String,
    /// Keys of the rig's secrets file, e.g. `name_kanji`. Never a PIN, a picture or 照合番号B.
    pub data: Vec<String>,
}
