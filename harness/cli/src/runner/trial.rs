//! One trial: setup, steps, teardown. Stops at the first step that is unmet or in error; teardown runs all the same.

use std::time::{Duration, Instant};

use shinsa_journal::WriteError;
use shinsa_model::event::{Event, Fault, FaultKind, StepOutcome, TrialOutcome};
use shinsa_model::expect;
use shinsa_model::observation::Observation;
use shinsa_model::plan::{Phase, PlannedStep};
use shinsa_rig::{Performed, TrialContext};

use super::{Pending, Runner};

/// What a driver may take beyond a step's deadline before it is left alone.
const GRACE: Duration = Duration::from_secs(5);
/// Deadline where the plan has none (it always has).
const DEADLINE: Duration = Duration::from_secs(10);

impl Runner<'_> {
    /// Runs one trial. `None`: it was stopped from outside and has no end; a resumed run begins it again.
    pub(super) async fn trial(
        &mut self,
        next: &Pending,
    ) -> Result<Option<TrialOutcome>, WriteError> {
        let trial = &next.trial;
        self.recorder.record(Event::TrialStarted {
            trial: trial.id.clone(),
            attempt: next.attempt,
        });
        let context = TrialContext {
            trial: trial.id.clone(),
            seed: trial.seed,
            started: Instant::now(),
        };
        let mut outcome = match self.guarded(DEADLINE, self.bench.begin_trial(trial)).await {
            Some(Ok(())) => TrialOutcome::Completed,
            Some(Err(fault)) => TrialOutcome::Error {
                step: String::new(),
                fault,
            },
            None => return self.stopped(next, &context).await,
        };
        for planned in trial
            .steps
            .iter()
            .filter(|planned| planned.phase != Phase::Teardown)
        {
            if outcome != TrialOutcome::Completed {
                break;
            }
            match self.step(next, planned, &context).await {
                Some(StepOutcome::Done) => {}
                Some(StepOutcome::Unmet { .. }) => {
                    let step = planned.path.clone();
                    // Nothing but a person's own word makes these two unmet.
                    let of_people = &planned.step;
                    outcome = if of_people.consent.is_some() || of_people.present_face.is_some() {
                        TrialOutcome::Declined { step }
                    } else {
                        TrialOutcome::Unmet { step }
                    };
                }
                Some(StepOutcome::Error(fault)) => {
                    outcome = TrialOutcome::Error {
                        step: planned.path.clone(),
                        fault,
                    }
                }
                None => return self.stopped(next, &context).await,
            }
        }
        if !self.teardown(next, &context).await {
            return Ok(None);
        }
        self.recorder.record(Event::TrialEnded {
            trial: trial.id.clone(),
            attempt: next.attempt,
            outcome: outcome.clone(),
        });
        self.recorder.flush()?;
        Ok(Some(outcome))
    }

    /// After the first stop the teardown still runs; a second one skips it.
    async fn stopped(
        &mut self,
        next: &Pending,
        context: &TrialContext,
    ) -> Result<Option<TrialOutcome>, WriteError> {
        self.stops.mark_unchanged();
        self.teardown(next, context).await;
        Ok(None)
    }

    /// Runs all of the teardown; false when it was stopped from outside.
    async fn teardown(&mut self, next: &Pending, context: &TrialContext) -> bool {
        for planned in next
            .trial
            .steps
            .iter()
            .filter(|planned| planned.phase == Phase::Teardown)
        {
            if self.step(next, planned, context).await.is_none() {
                return false;
            }
        }
        true
    }

    /// One step; `None` when it was stopped from outside.
    async fn step(
        &mut self,
        next: &Pending,
        planned: &PlannedStep,
        context: &TrialContext,
    ) -> Option<StepOutcome> {
        let (trial, attempt, step, occurrence) = (
            next.trial.id.clone(),
            next.attempt,
            planned.path.clone(),
            planned.occurrence,
        );
        self.recorder.record(Event::StepStarted {
            trial: trial.clone(),
            attempt,
            step: step.clone(),
            occurrence,
        });
        let within = planned
            .step
            .within
            .map_or(DEADLINE, |within| within.duration());
        let performed = self
            .guarded(within, self.bench.perform(&planned.step, context))
            .await?;
        let (mut outcome, observation) =
            match performed.and_then(|performed| self.keep_files(performed)) {
                Ok(observation) => (judge_step(planned, observation.as_ref()), observation),
                Err(fault) => (StepOutcome::Error(fault), None),
            };
        // The DUT can do nothing on a broken rig: what it did not do is then not held against it.
        if matches!(outcome, StepOutcome::Unmet { .. })
            && let Err(fault) = self.guarded(DEADLINE, self.bench.alive()).await?
        {
            outcome = StepOutcome::Error(fault);
        }
        self.recorder.record(Event::StepEnded {
            trial,
            attempt,
            step,
            occurrence,
            outcome: outcome.clone(),
            observation,
        });
        Some(outcome)
    }

    /// Waits for a driver, but neither longer than its deadline and some grace, nor after a stop (`None`).
    async fn guarded<T>(
        &self,
        within: Duration,
        work: impl Future<Output = Result<T, Fault>>,
    ) -> Option<Result<T, Fault>> {
        let mut stops = self.stops.clone();
        tokio::select! {
            biased;
            _ = stops.changed() => None,
            done = tokio::time::timeout(within + GRACE, work) => Some(done.unwrap_or_else(|_| Err(Fault {
                kind: FaultKind::Timeout,
                message: format!("the driver did not come back within {} s", (within + GRACE).as_secs_f64()),
                todo: "look at the driver's own log, restart it, then `shinsa resume`".into(),
            }))),
        }
    }

    fn keep_files(&self, performed: Performed) -> Result<Option<Observation>, Fault> {
        let Some(mut observation) = performed.observation else {
            return Ok(None);
        };
        for file in &performed.files {
            let stored = self.recorder.store(file).map_err(|error| Fault {
                kind: FaultKind::Harness,
                message: format!("{} cannot be stored: {error}", file.name),
                todo: "free space on the disk of the run's folder, then `shinsa resume`".into(),
            })?;
            observation.artefacts.push(stored);
        }
        Ok(Some(observation))
    }
}

fn judge_step(planned: &PlannedStep, observation: Option<&Observation>) -> StepOutcome {
    let Some(observation) = observation else {
        return StepOutcome::Done;
    };
    let why = expect::unmet(&planned.step, observation);
    if why.is_empty() {
        StepOutcome::Done
    } else {
        StepOutcome::Unmet { why }
    }
}
