//! Events: the one closed list of what happens in a run. The runner writes them to the journal
//! first; console, JUnit and reports only listen. They carry no presentation.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::observation::{Artefact, Observation, Stamp};

/// One journal line, without its chain (`seq`, `sum` are the journal's).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Counts from 0, no gaps.
    pub seq: u64,
    /// Process start within the run: 0 first, +1 for each resume. `t_ns` restarts with it.
    pub session: u32,
    /// Monotonic nanoseconds since the session's start.
    pub t_ns: u64,
    /// Civil time, RFC 3339 with offset; for people, never for intervals.
    pub wall: String,
    /// What happened.
    pub event: Event,
}

/// What happens in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// First line of every journal.
    RunStarted {
        /// Layout version of journal and plan: 1.
        format: u32,
        /// Run id: folder name.
        run: String,
        /// Version of shinsa.
        shinsa: String,
        /// SHA-256 of the bytes of `plan.json`.
        plan_sha256: String,
        /// Seed for orders and variations.
        seed: u64,
    },
    /// A process began to work on the run (at start and at each resume).
    SessionStarted {
        /// Boot id of the machine: monotonic clocks of two sessions compare only within one boot.
        boot: String,
        /// Bytes of a torn last line that were cut off before going on.
        repaired_bytes: u64,
    },
    /// Preflight of one driver.
    Preflight(Preflight),
    /// A document of the document store, as found at the start.
    Document(DocumentRecord),
    /// A trial begins.
    TrialStarted {
        /// Trial id from the plan.
        trial: String,
        /// 1 first; +1 each time the trial is begun again after an abandoned attempt.
        attempt: u32,
    },
    /// A stimulus is about to go out. On disk before it does.
    StepStarted {
        /// Trial id.
        trial: String,
        /// Attempt.
        attempt: u32,
        /// Step path, e.g. `steps[3]` or `teardown[0]`; with occurrence for repeated steps.
        step: String,
        /// 0 first; counts repetitions of one step within the trial.
        occurrence: u32,
    },
    /// A step ended.
    StepEnded {
        /// Trial id.
        trial: String,
        /// Attempt.
        attempt: u32,
        /// Step path.
        step: String,
        /// Occurrence.
        occurrence: u32,
        /// How.
        outcome: StepOutcome,
        /// What was read; absent where the step only acts or ended in an error.
        observation: Option<Observation>,
    },
    /// A trial ended; its teardown has run.
    TrialEnded {
        /// Trial id.
        trial: String,
        /// Attempt.
        attempt: u32,
        /// How.
        outcome: TrialOutcome,
    },
    /// A resumed run found this attempt without an end. It stays in the ledger and never counts.
    TrialAbandoned {
        /// Trial id.
        trial: String,
        /// Attempt that has no end.
        attempt: u32,
        /// Why, e.g. `process ended without a trial end`.
        why: String,
    },
    /// The civil clock jumped against the monotonic one.
    ClockStepped {
        /// Jump, signed, ms.
        by_ms: i64,
    },
    /// The rig was brought to its safe state (or could not be).
    SafeState {
        /// Drivers that answered.
        reached: Vec<String>,
        /// Drivers that did not, with reason.
        failed: BTreeMap<String, String>,
    },
    /// The run stopped before its end; it can be resumed.
    RunInterrupted {
        /// Why.
        why: String,
    },
    /// Every trial of the plan has an end.
    RunEnded,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum StepOutcome {
    /// Done; its expectations hold.
    Done,
    /// The rig worked, the DUT did not do what the step expects.
    Unmet {
        /// Expected and observed, one line per expectation that does not hold.
        why: Vec<String>,
    },
    /// Harness or rig at fault.
    Error(Fault),
}

/// How a trial ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum TrialOutcome {
    /// All steps done.
    Completed,
    /// A step's expectation did not hold; later steps were not run.
    Unmet {
        /// Step path.
        step: String,
    },
    /// The person does not take part (any more): the trial counts for nothing and is no gap.
    Declined {
        /// Step path.
        step: String,
    },
    /// Harness or rig at fault: the trial says nothing of the DUT.
    Error {
        /// Step path; empty when not in a step.
        step: String,
        /// What went wrong.
        fault: Fault,
    },
}

/// What went wrong on our side, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Closed list, for machines.
    pub kind: FaultKind,
    /// What happened, for people.
    pub message: String,
    /// What to do next.
    pub todo: String,
}

/// Kinds of faults of harness and rig.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// Driver or device cannot be reached.
    Unreachable,
    /// No answer within the deadline.
    Timeout,
    /// Answer that makes no sense.
    Garbage,
    /// The device answered with an error of its own.
    Device,
    /// The PIN interlock refused; the card was not touched.
    Interlock,
    /// The rig cannot do what the step asks (found only at run time).
    Incapable,
    /// A person did not answer, or answered that it cannot be done.
    Operator,
    /// The harness itself.
    Harness,
}

/// What preflight found of one driver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preflight {
    /// Driver name in the rig file.
    pub driver: String,
    /// Reached and speaking a known version?
    pub ready: bool,
    /// Reason where not ready, and warnings.
    pub notes: Vec<String>,
    /// Instruments behind it.
    pub equipment: Vec<EquipmentRecord>,
    /// Its clock against the harness's.
    pub clock: Option<ClockOffset>,
}

/// One instrument as it described itself, or as the rig file does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EquipmentRecord {
    /// Service or capability.
    pub service: String,
    /// Maker.
    pub make: String,
    /// Model.
    pub model: String,
    /// Serial number.
    pub serial: String,
    /// Firmware or software version.
    pub firmware: String,
    /// ISO date; empty: none needed.
    pub calibration_due: String,
    /// Simulated physical world.
    pub simulated: bool,
}

/// Offset of an instrument's clock: instrument − harness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockOffset {
    /// Clock name.
    pub clock: String,
    /// Nanoseconds.
    pub offset_ns: i64,
    /// Half-width (half the shortest round trip), ns.
    pub half_width_ns: i64,
    /// When it was measured, harness clock.
    pub at: Stamp,
}

/// One entry of the document store's index, checked against the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRecord {
    /// Kind, e.g. `jlis-conformity`; the catalogue names kinds per criterion.
    pub document_kind: String,
    /// File name relative to the store.
    pub file: String,
    /// SHA-256 in the index, hex.
    pub sha256_index: String,
    /// SHA-256 of the file as found; empty when it cannot be read.
    pub sha256_found: String,
    /// ISO date.
    pub issued: String,
    /// ISO date; empty: does not expire.
    pub expires: String,
    /// Product, firmware or algorithm version that the document is about; empty: none.
    pub version: String,
    /// Criteria it is handed in for.
    pub criteria: Vec<String>,
    /// Reviewer's role; empty: not reviewed.
    pub reviewer: String,
    /// `accepted`, `rejected` or empty.
    pub review: String,
    /// Date of the run, ISO, against which expiry is judged.
    pub today: String,
    /// The file itself, where it was stored with the run.
    pub artefact: Option<Artefact>,
}
