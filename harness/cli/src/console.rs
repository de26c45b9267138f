//! The live console: listens to events, shows how far the run is. Bars on a terminal, plain lines elsewhere.
//! Must not touch the run: what it shows is derived from events alone.

use std::collections::BTreeMap;

use indicatif::{ProgressBar, ProgressStyle};
use shinsa_model::event::{Event, Record, StepOutcome, TrialOutcome};

/// Shows a run to a person.
pub struct Console {
    bar: Option<ProgressBar>,
    total: u64,
    done: u64,
    unmet: u64,
    errors: u64,
    reasons: BTreeMap<String, String>,
}

impl Console {
    /// For so many trials, some of them done in earlier sessions.
    pub fn new(total: u64, done: u64) -> Self {
        let bar = std::io::IsTerminal::is_terminal(&std::io::stderr()).then(|| {
            let bar = ProgressBar::new(total).with_position(done);
            let style = ProgressStyle::with_template(
                "{bar:30} {pos}/{len} trials  {per_sec}  {eta} left  {msg}",
            );
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.reset_eta();
            bar
        });
        Self {
            bar,
            total,
            done,
            unmet: 0,
            errors: 0,
            reasons: BTreeMap::new(),
        }
    }

    /// Hears an event.
    pub fn hear(&mut self, record: &Record) {
        match &record.event {
            Event::StepStarted { trial, step, .. } => self.show(&format!("{trial} {step}")),
            Event::StepEnded {
                trial,
                step,
                outcome: StepOutcome::Unmet { why },
                ..
            } => {
                self.reasons
                    .insert(trial.clone(), format!("{step}: {}", why.join("; ")));
            }
            Event::TrialEnded {
                trial,
                attempt,
                outcome,
            } => self.trial_ended(trial, *attempt, outcome),
            Event::ClockStepped { by_ms } => self.line(&format!(
                "note: the civil clock jumped by {by_ms} ms; intervals are not affected"
            )),
            Event::SafeState { failed, .. } if !failed.is_empty() => {
                self.line(&format!("the rig is NOT in its safe state: {failed:?}"));
            }
            Event::RunInterrupted { why } => self.line(&format!("stopped: {why}")),
            Event::RunEnded => {
                if let Some(bar) = &self.bar {
                    bar.finish_and_clear();
                }
            }
            _ => {}
        }
    }

    fn trial_ended(&mut self, trial: &str, attempt: u32, outcome: &TrialOutcome) {
        self.done += 1;
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
        }
        let word = match outcome {
            TrialOutcome::Completed => "completed".to_owned(),
            TrialOutcome::Unmet { .. } => {
                self.unmet += 1;
                format!(
                    "unmet    {}",
                    self.reasons.remove(trial).unwrap_or_default()
                )
            }
            TrialOutcome::Declined { .. } => "declined".to_owned(),
            TrialOutcome::Error { step, fault } => {
                self.errors += 1;
                format!("error    {step}: {}", fault.message)
            }
        };
        let again = if attempt > 1 {
            format!(" (attempt {attempt})")
        } else {
            String::new()
        };
        if self.bar.is_none() || *outcome != TrialOutcome::Completed {
            self.line(&format!(
                "[{}/{}] {trial}{again}  {word}",
                self.done, self.total
            ));
        }
    }

    fn show(&self, what: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!(
                "{} unmet, {} errors  {what}",
                self.unmet, self.errors
            ));
        }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => println!("{text}"),
        }
    }
}
