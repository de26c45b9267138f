//! The ledger: which attempt of each trial counts, and what its steps gave.
//!
//! Only the first attempt that has an end counts: abandoned attempts never do, and a later attempt never clears an
//! earlier `error`. Built once from the journal; read by `measure` and `decide`.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::{Event, Record, StepOutcome, TrialOutcome};
use crate::observation::Observation;

/// What the journal says of all trials.
#[derive(Debug, Default)]
pub struct Ledger<'a> {
    counted: BTreeMap<&'a str, TrialFacts<'a>>,
    begun: BTreeSet<&'a str>,
}

/// The counting attempt of one trial.
#[derive(Debug)]
pub struct TrialFacts<'a> {
    /// How it ended.
    pub outcome: &'a TrialOutcome,
    /// Journal line of its end.
    pub seq: u64,
    steps: Steps<'a>,
}

/// Ends of steps by path and occurrence.
type Steps<'a> = BTreeMap<(&'a str, u32), StepFacts<'a>>;

/// How one step ended.
#[derive(Debug, Clone, Copy)]
pub struct StepFacts<'a> {
    /// Journal line.
    pub seq: u64,
    /// How.
    pub outcome: &'a StepOutcome,
    /// What was read.
    pub observation: Option<&'a Observation>,
}

impl<'a> Ledger<'a> {
    /// Reads the journal once.
    pub fn new(records: &'a [Record]) -> Self {
        let mut ledger = Self::default();
        let mut open: BTreeMap<(&str, u32), Steps> = BTreeMap::new();
        for record in records {
            match &record.event {
                Event::TrialStarted { trial, attempt } => {
                    ledger.begun.insert(trial);
                    open.insert((trial, *attempt), BTreeMap::new());
                }
                Event::StepEnded {
                    trial,
                    attempt,
                    step,
                    occurrence,
                    outcome,
                    observation,
                } => {
                    let facts = StepFacts {
                        seq: record.seq,
                        outcome,
                        observation: observation.as_ref(),
                    };
                    if let Some(steps) = open.get_mut(&(trial.as_str(), *attempt)) {
                        steps.insert((step, *occurrence), facts);
                    }
                }
                Event::TrialEnded {
                    trial,
                    attempt,
                    outcome,
                } => {
                    if let Some(steps) = open.remove(&(trial.as_str(), *attempt)) {
                        let facts = TrialFacts {
                            outcome,
                            seq: record.seq,
                            steps,
                        };
                        ledger.counted.entry(trial).or_insert(facts);
                    }
                }
                Event::TrialAbandoned { trial, attempt, .. } => {
                    open.remove(&(trial.as_str(), *attempt));
                }
                _ => {}
            }
        }
        ledger
    }

    /// The counting attempt of a trial; `None` where none has an end.
    pub fn counted(&self, trial: &str) -> Option<&TrialFacts<'a>> {
        self.counted.get(trial)
    }

    /// Was the trial ever begun?
    pub fn begun(&self, trial: &str) -> bool {
        self.begun.contains(trial)
    }
}

impl<'a> TrialFacts<'a> {
    /// A step's end; `None` where it was not reached.
    pub fn step(&self, path: &str, occurrence: u32) -> Option<StepFacts<'a>> {
        self.steps.get(&(path, occurrence)).copied()
    }
}
