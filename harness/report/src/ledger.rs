//! The attempts of a run as the journal tells them: every one, abandoned ones too. Derives no verdict.

use std::collections::{BTreeMap, HashMap};

use shinsa_model::event::{Event, Record, StepOutcome, TrialOutcome};
use shinsa_model::plan::Plan;

/// How an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// All steps done.
    Completed,
    /// An expectation did not hold.
    Unmet,
    /// The person does not take part; counts for nothing.
    Declined,
    /// Harness or rig at fault.
    Error,
    /// Left without an end by a process that died.
    Abandoned,
    /// No end in the journal.
    Open,
}

impl Standing {
    /// CSS class and words.
    pub(crate) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Completed => ("pass", "✓ 完了 completed"),
            Self::Unmet => ("fail", "✗ 期待不成立 unmet"),
            Self::Declined => ("inconclusive", "– 不参加・計数外 declined"),
            Self::Error => ("error", "! 異常 error"),
            Self::Abandoned => ("inconclusive", "? 中断・計数外 abandoned"),
            Self::Open => ("inconclusive", "? 終了記録なし no end"),
        }
    }
}

/// One attempt at one trial.
pub(crate) struct Attempt {
    /// Trial id.
    pub trial: String,
    /// From 1.
    pub number: u32,
    /// How it ended.
    pub standing: Standing,
    /// Seconds; absent without an end in the same session.
    pub seconds: Option<f64>,
    /// Steps ended.
    pub steps: usize,
    /// What did not hold or went wrong, with what to do; one line each.
    pub remarks: Vec<String>,
    /// Journal line of its start.
    pub line: u64,
    session: u32,
    start_ns: u64,
}

impl Attempt {
    fn step_ended(&mut self, step: &str, outcome: &StepOutcome) {
        match outcome {
            StepOutcome::Done => {}
            StepOutcome::Unmet { why } => self.remarks.push(format!("{step}: {}", why.join("; "))),
            StepOutcome::Error(fault) => self
                .remarks
                .push(format!("{step}: {} → {}", fault.message, fault.todo)),
        }
    }

    fn ended(&mut self, record: &Record, outcome: &TrialOutcome) {
        if self.session == record.session {
            self.seconds = Some(record.t_ns.saturating_sub(self.start_ns) as f64 / 1e9);
        }
        self.standing = match outcome {
            TrialOutcome::Completed => Standing::Completed,
            TrialOutcome::Unmet { .. } => Standing::Unmet,
            TrialOutcome::Declined { .. } => Standing::Declined,
            TrialOutcome::Error { step, fault } => {
                // a step's own fault is remarked where the step ended
                if step.is_empty() {
                    self.remarks
                        .push(format!("{} → {}", fault.message, fault.todo));
                }
                Standing::Error
            }
        };
    }
}

/// How one step of a trial ended.
pub(crate) struct StepEnd<'a> {
    /// Outcome.
    pub outcome: &'a StepOutcome,
    /// Attempt.
    pub attempt: u32,
    /// Sequence number.
    pub seq: u64,
}

/// All of a run.
pub(crate) struct Ledger<'a> {
    /// Attempts by scenario id, in order of running.
    pub attempts: BTreeMap<&'a str, Vec<Attempt>>,
    /// Step ends by trial, path and occurrence.
    pub steps: HashMap<(&'a str, &'a str, u32), Vec<StepEnd<'a>>>,
    /// Abandoned attempts: they never count.
    pub abandoned: usize,
}

/// Reads the journal once.
pub(crate) fn read<'a>(plan: &'a Plan, records: &'a [Record]) -> Ledger<'a> {
    let scenario: HashMap<&str, &str> = plan
        .trials
        .iter()
        .map(|t| (t.id.as_str(), t.scenario.as_str()))
        .collect();
    let mut open: Vec<Attempt> = Vec::new();
    let mut at: HashMap<(&str, u32), usize> = HashMap::new();
    let mut steps: HashMap<(&str, &str, u32), Vec<StepEnd>> = HashMap::new();
    for record in records {
        match &record.event {
            Event::TrialStarted { trial, attempt } => {
                at.insert((trial, *attempt), open.len());
                open.push(Attempt {
                    trial: trial.clone(),
                    number: *attempt,
                    standing: Standing::Open,
                    seconds: None,
                    steps: 0,
                    remarks: Vec::new(),
                    line: record.seq + 1,
                    session: record.session,
                    start_ns: record.t_ns,
                });
            }
            Event::StepEnded {
                trial,
                attempt,
                step,
                occurrence,
                outcome,
                ..
            } => {
                steps
                    .entry((trial, step, *occurrence))
                    .or_default()
                    .push(StepEnd {
                        outcome,
                        attempt: *attempt,
                        seq: record.seq,
                    });
                let Some(attempt) = at.get(&(trial.as_str(), *attempt)).map(|i| &mut open[*i])
                else {
                    continue;
                };
                attempt.steps += 1;
                attempt.step_ended(step, outcome);
            }
            Event::TrialEnded {
                trial,
                attempt,
                outcome,
            } => {
                let Some(attempt) = at.get(&(trial.as_str(), *attempt)).map(|i| &mut open[*i])
                else {
                    continue;
                };
                attempt.ended(record, outcome);
            }
            Event::TrialAbandoned {
                trial,
                attempt,
                why,
            } => {
                let Some(attempt) = at.get(&(trial.as_str(), *attempt)).map(|i| &mut open[*i])
                else {
                    continue;
                };
                attempt.standing = Standing::Abandoned;
                attempt.remarks.push(why.clone());
            }
            _ => {}
        }
    }
    let abandoned = open
        .iter()
        .filter(|a| a.standing == Standing::Abandoned)
        .count();
    let mut attempts: BTreeMap<&str, Vec<Attempt>> = BTreeMap::new();
    for attempt in open {
        if let Some(id) = scenario.get(attempt.trial.as_str()) {
            attempts.entry(id).or_default().push(attempt);
        }
    }
    Ledger {
        attempts,
        steps,
        abandoned,
    }
}
