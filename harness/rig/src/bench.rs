//! The bench: every driver of a rig, opened; performs steps, reaches the safe state.
//!
//! May be shared between the runner and a watchdog: every method takes `&self`, and `make_safe` depends on nothing
//! that a blocked step holds.

mod secrets;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use shinsa_model::event::{Fault, Preflight};
use shinsa_model::observation::{Observation, Stamp};
use shinsa_model::plan::Trial;
use shinsa_model::rig::{Driver, DriverKind, DutProfile, HandedOver, PatientCamera, RigFile};
use shinsa_model::scenario::Step;
use shinsa_vision::Catalogue;
use shinsa_wire::v1::PinCounts;

use crate::clock::HarnessClock;
use crate::command::Command;
use crate::fault::{harness, incapable};
use crate::operator::Operator;
use crate::options::OpenOptions;
use crate::pcsc::Pcsc;
use crate::screen::Screen;
use crate::secrets::Secrets;
use crate::texts::Kinds;
use crate::verbs::{Following, Witness};
use crate::wire::Wire;
use crate::{preflight, verbs};

/// Deadline of calls where neither step nor driver names one.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// An opened rig.
pub struct Bench {
    pub(crate) rig: RigFile,
    pub(crate) options: OpenOptions,
    pub(crate) clock: HarnessClock,
    pub(crate) wires: BTreeMap<String, Wire>,
    pub(crate) pcsc: Option<Pcsc>,
    pub(crate) operator: Option<Operator>,
    pub(crate) commands: BTreeMap<String, Command>,
    pub(crate) screen: Option<Screen>,
    pub(crate) kinds: Kinds,
    secrets: Mutex<Arc<Secrets>>,
    pub(crate) handed_over: Vec<HandedOver>,
    pub(crate) patient_cameras: Vec<PatientCamera>,
    pub(crate) trial: Mutex<TrialState>,
    /// Where PINs were seen in the run.
    pub(crate) following: Mutex<Following>,
    /// Who was asked whether they take part, and what they said.
    pub(crate) consents: Mutex<BTreeMap<String, bool>>,
}

/// What the bench remembers of the current trial.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrialState {
    /// Faces presented so far: each gets its own variation.
    pub presented: u64,
    /// Has anybody been presented who exists? Then no picture of the screen is kept.
    pub real_person: bool,
    /// Last transaction of the back end before the trial.
    pub back_end_mark: u64,
    /// Lines of each file (by folder and path) before the trial.
    pub line_marks: BTreeMap<(String, String), usize>,
    /// When the card was last taken away.
    pub taken_away: Option<Instant>,
    /// Who was presented, as last seen.
    pub witnesses: BTreeMap<String, Witness>,
    /// Where they stand, before the first of them did.
    pub nobody: Witness,
    /// Counts of all PINs before the authentication.
    pub pin_counts: Option<Vec<PinCounts>>,
}

/// The trial that a step belongs to.
#[derive(Debug, Clone)]
pub struct TrialContext {
    /// Trial id of the plan.
    pub trial: String,
    /// Variation seed of the trial.
    pub seed: u64,
    /// When the trial started, harness's monotonic clock.
    pub started: Instant,
}

/// What a step yielded.
#[derive(Debug, Clone, Default)]
pub struct Performed {
    /// Readings; `None` where the verb only acts and nothing was stamped.
    pub observation: Option<Observation>,
    /// Files for the artefact store; `observation.artefacts` is filled in by the caller.
    pub files: Vec<NewFile>,
}

/// A file that belongs to an observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// For people, e.g. `log/operation.log`.
    pub name: String,
    /// MIME type.
    pub media: String,
    /// Contents; personal data are redacted already.
    pub bytes: Vec<u8>,
}

/// What the safe state came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SafeState {
    /// Drivers that answered.
    pub reached: Vec<String>,
    /// Drivers that did not, with reason.
    pub failed: BTreeMap<String, String>,
}

/// Longest wait for a sign of life.
const ALIVE: Duration = Duration::from_secs(2);

impl Bench {
    /// Opens every driver. The rig's own processes must be up.
    pub async fn open(rig: &RigFile, options: &OpenOptions) -> Result<Self, Fault> {
        if rig.format != 1 {
            return Err(incapable(
                format!("rig file format {}: this shinsa reads format 1", rig.format),
                "use a newer shinsa, or write the rig file in format 1",
            ));
        }
        let profile = dut(rig, options)?;
        let mut bench = Self {
            rig: rig.clone(),
            options: options.clone(),
            clock: HarnessClock::new(options.origin),
            wires: BTreeMap::new(),
            pcsc: None,
            operator: None,
            commands: BTreeMap::new(),
            screen: None,
            kinds: Kinds::compile(&profile.log_kinds)?,
            secrets: Mutex::default(),
            handed_over: profile.handed_over.clone(),
            patient_cameras: profile.patient_cameras.clone(),
            trial: Mutex::default(),
            following: Mutex::default(),
            consents: Mutex::default(),
        };
        for (name, driver) in &rig.drivers {
            bench.open_driver(name, driver).await?;
        }
        bench.read_secrets()?;
        if let Some(wire) = bench.wire_of("screen").cloned() {
            let catalogue = catalogue(&profile, rig, options)?;
            bench.screen = Some(Screen::new(wire, catalogue));
        }
        Ok(bench)
    }

    async fn open_driver(&mut self, name: &str, driver: &Driver) -> Result<(), Fault> {
        let run_dir = &self.options.run_dir;
        let deadline = driver.deadline.map_or(DEADLINE, |time| time.duration());
        match driver.driver {
            DriverKind::Wire => {
                let folder = &self.options.rig_folder;
                let wire = Wire::open(name, driver, folder, run_dir, deadline).await?;
                self.wires.insert(name.into(), wire);
            }
            DriverKind::Pcsc => {
                let socket = driver.socket.as_ref().map(|path| run_dir.join(path));
                let socket = socket.map(|path| std::path::absolute(&path).unwrap_or(path));
                self.pcsc = Some(Pcsc::open(name, socket, driver.reader.clone())?);
            }
            DriverKind::Operator => {
                let answers = self.options.answers.as_deref();
                self.operator = Some(Operator::open(name, answers)?);
            }
            DriverKind::Command => {
                let fill =
                    |words: &Vec<String>| words.iter().map(|w| self.options.fill(w)).collect();
                let verbs = driver.commands.iter();
                let verbs = verbs
                    .map(|(verb, words)| (verb.clone(), fill(words)))
                    .collect();
                let command = Command {
                    name: name.into(),
                    verbs,
                };
                self.commands.insert(name.into(), command);
            }
        }
        Ok(())
    }

    /// Everything that must be known before the first stimulus, one entry per driver.
    pub async fn preflight(&self) -> Vec<Preflight> {
        preflight::preflight(self).await
    }

    /// Sets the marks of a trial: what reached the back end and what was logged before it is not the trial's.
    pub async fn begin_trial(&self, trial: &Trial) -> Result<(), Fault> {
        self.pins_tell_cards([trial])?;
        let mut state = TrialState::default();
        let uses = |verb: fn(&Step) -> bool| trial.steps.iter().any(|planned| verb(&planned.step));
        if uses(|step| step.read_back_end.is_some()) {
            state.back_end_mark = verbs::back_end::newest(self).await?;
        }
        for planned in &trial.steps {
            let Some(collect) = &planned.step.collect else {
                continue;
            };
            if state
                .line_marks
                .keys()
                .any(|(folder, _)| *folder == collect.folder)
            {
                continue;
            }
            let marks = verbs::collect::line_counts(self, &collect.folder).await?;
            state.line_marks.extend(marks);
        }
        *self.lock_trial()? = state;
        Ok(())
    }

    /// Performs one step within its deadline. Exactly one verb must be set; `use` must have been expanded.
    pub async fn perform(&self, step: &Step, context: &TrialContext) -> Result<Performed, Fault> {
        verbs::perform(self, step, context).await
    }

    /// Is every driver still there? Asked when the DUT did not do what was expected: it can do nothing on a broken rig.
    pub async fn alive(&self) -> Result<(), Fault> {
        for wire in self.wires.values() {
            wire.alive(ALIVE).await?;
        }
        if let Some(pcsc) = &self.pcsc {
            pcsc.readers(ALIVE).await?;
        }
        Ok(())
    }

    /// Brings everything to its safe state, each driver on its own, all within `within`.
    pub async fn make_safe(&self, within: Duration) -> SafeState {
        let calls = self.wires.values().cloned().map(|wire| {
            tokio::spawn(async move { (wire.name.clone(), wire.make_safe(within).await) })
        });
        let mut state = SafeState::default();
        for call in calls.collect::<Vec<_>>() {
            match call.await {
                Ok((name, Ok(()))) => state.reached.push(name),
                Ok((name, Err(fault))) => {
                    state.failed.insert(name, fault.message);
                }
                Err(error) => {
                    state.failed.insert("harness".into(), error.to_string());
                }
            }
        }
        state
    }

    /// Ends watching and lets the drivers go. Leaves the card as it is.
    pub async fn close(self) {
        drop(self);
        tokio::task::yield_now().await;
    }

    /// Driver's name that provides a capability.
    pub fn provider(&self, capability: &str) -> Option<(&str, &Driver)> {
        self.rig
            .drivers
            .iter()
            .find(|(_, driver)| driver.provides.iter().any(|given| given == capability))
            .map(|(name, driver)| (name.as_str(), driver))
    }

    pub(crate) fn wire_of(&self, capability: &str) -> Option<&Wire> {
        self.wires.get(self.provider(capability)?.0)
    }

    pub(crate) fn need_wire(&self, capability: &str) -> Result<&Wire, Fault> {
        self.wire_of(capability).ok_or_else(|| missing(capability))
    }

    pub(crate) fn need_operator(&self) -> Result<&Operator, Fault> {
        self.operator.as_ref().ok_or_else(|| {
            incapable(
                "no driver of this rig is an operator",
                "add `driver: operator` with `provides: [operator]` to the rig file",
            )
        })
    }

    /// The operator, where a person provides a capability with their own hands.
    pub(crate) fn by_hand(&self, capability: &str) -> Option<&Operator> {
        let (name, _) = self.provider(capability)?;
        self.operator
            .as_ref()
            .filter(|operator| operator.name == name)
    }

    pub(crate) fn need_screen(&self) -> Result<&Screen, Fault> {
        self.screen.as_ref().ok_or_else(|| missing("screen"))
    }

    pub(crate) fn need_pcsc(&self) -> Result<&Pcsc, Fault> {
        self.pcsc.as_ref().ok_or_else(|| missing("pcsc"))
    }

    pub(crate) fn need_command(&self, capability: &str) -> Result<&Command, Fault> {
        self.provider(capability)
            .and_then(|(name, _)| self.commands.get(name))
            .ok_or_else(|| missing(capability))
    }

    pub(crate) fn now(&self) -> Stamp {
        self.clock.now()
    }

    pub(crate) fn lock_consents(
        &self,
    ) -> Result<std::sync::MutexGuard<'_, BTreeMap<String, bool>>, Fault> {
        self.consents
            .lock()
            .map_err(|_| harness("consents: lock poisoned"))
    }

    pub(crate) fn lock_trial(&self) -> Result<std::sync::MutexGuard<'_, TrialState>, Fault> {
        self.trial
            .lock()
            .map_err(|_| harness("trial state: lock poisoned"))
    }
}

fn missing(capability: &str) -> Fault {
    incapable(
        format!("no driver of this rig provides {capability}"),
        "add a driver to the rig file, or run without this scenario; `shinsa check` tells before",
    )
}

fn dut(rig: &RigFile, options: &OpenOptions) -> Result<DutProfile, Fault> {
    let path = options.rig_folder.join(&rig.dut);
    let broken = |why: String| {
        incapable(
            format!("DUT profile {}: {why}", path.display()),
            "see `dut:` in the rig file and `shinsa schema dut`",
        )
    };
    let text = std::fs::read(&path).map_err(|error| broken(error.to_string()))?;
    serde_yaml::from_slice(&text).map_err(|error| broken(error.to_string()))
}

fn catalogue(
    profile: &DutProfile,
    rig: &RigFile,
    options: &OpenOptions,
) -> Result<Catalogue, Fault> {
    let path = if let Some(below) = profile.screens.strip_prefix("run_dir:") {
        options.run_dir.join(below)
    } else {
        let profile_path = options.rig_folder.join(&rig.dut);
        let folder = profile_path.parent().map(ToOwned::to_owned);
        folder.unwrap_or_default().join(&profile.screens)
    };
    Catalogue::load(&path).map_err(|error| {
        incapable(
            format!("screen catalogue: {error}"),
            "ask the vendor for screens.yaml with one picture per screen; see `screens:` in the DUT profile",
        )
    })
}
