//! The runner: does what the plan says, writes down what happened, decides only whether it can go on.
//!
//! Journal first: a step is in the journal before its stimulus goes out; each trial is on the disk before the next one begins.
//! Teardown always runs; the safe state does not depend on the plan. Called by `run` and `resume`.

pub mod recorder;
mod trial;

use std::time::Duration;

use shinsa_journal::WriteError;
use shinsa_model::event::{Event, TrialOutcome};
use shinsa_model::plan::Trial;
use shinsa_rig::Bench;
use tokio::sync::watch;

pub use recorder::Recorder;

/// After so many trials in a row that ended in an error, a person must look.
const ERRORS_IN_A_ROW: u32 = 3;

/// A trial that is still to be done, with the number of its next attempt.
#[derive(Debug, Clone)]
pub struct Pending {
    /// From the plan.
    pub trial: Trial,
    /// 1 first.
    pub attempt: u32,
}

/// How a session of a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Every trial has an end.
    Complete,
    /// A person or a signal stopped it.
    Interrupted,
    /// The rig cannot go on; why.
    Broken(String),
}

/// What a session of a run needs.
pub struct Runner<'a> {
    /// The rig.
    pub bench: &'a Bench,
    /// Journal and listeners.
    pub recorder: &'a mut Recorder,
    /// How often a stop was asked for.
    pub stops: watch::Receiver<u32>,
    /// How long the safe state may take.
    pub safe_within: Duration,
}

impl Runner<'_> {
    /// Runs the pending trials in order.
    pub async fn run(&mut self, pending: &[Pending]) -> Result<End, WriteError> {
        let mut errors = 0;
        let mut end = End::Complete;
        for next in pending {
            let Some(outcome) = self.trial(next).await? else {
                end = End::Interrupted;
                break;
            };
            let TrialOutcome::Error { fault, .. } = &outcome else {
                errors = 0;
                continue;
            };
            errors += 1;
            let message = format!("{}; {}", fault.message, fault.todo);
            let unsafe_drivers = self.make_safe().await;
            if !unsafe_drivers.is_empty() {
                end = End::Broken(format!(
                    "the rig could not be brought to its safe state ({}): {message}",
                    unsafe_drivers.join(", ")
                ));
                break;
            }
            if errors == ERRORS_IN_A_ROW {
                end = End::Broken(format!(
                    "{errors} trials in a row ended in an error, the last with: {message}"
                ));
                break;
            }
        }
        self.make_safe().await;
        self.recorder.record(match &end {
            End::Complete => Event::RunEnded,
            End::Interrupted => Event::RunInterrupted {
                why: "stopped by signal".into(),
            },
            End::Broken(why) => Event::RunInterrupted { why: why.clone() },
        });
        self.recorder.flush()?;
        Ok(end)
    }

    /// Brings the rig to its safe state; returns the drivers that could not be.
    async fn make_safe(&mut self) -> Vec<String> {
        let asked = self.bench.make_safe(self.safe_within);
        let state = tokio::time::timeout(self.safe_within * 2, asked)
            .await
            .unwrap_or_else(|_| {
                let why = format!(
                    "no driver answered within {} s",
                    self.safe_within.as_secs_f64()
                );
                shinsa_rig::SafeState {
                    reached: Vec::new(),
                    failed: [("rig".to_owned(), why)].into(),
                }
            });
        let failed: Vec<String> = state
            .failed
            .iter()
            .map(|(driver, why)| format!("{driver}: {why}"))
            .collect();
        self.recorder.record(Event::SafeState {
            reached: state.reached,
            failed: state.failed,
        });
        failed
    }
}
