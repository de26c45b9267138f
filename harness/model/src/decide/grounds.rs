//! Grounds: single pieces of evidence on a criterion, each a verdict with its reason.

use super::words::{measurement_words, trim};
use crate::criterion::{Criterion, Method};
use crate::event::{StepOutcome, TrialOutcome};
use crate::expect;
use crate::measure::Measured;
use crate::measure::ledger::{Ledger, TrialFacts};
use crate::plan::{Phase, Plan, PlannedScenario, PlannedStep, Trial};
use crate::text::Bilingual;
use crate::verdict::Verdict;

/// What a piece of evidence is gathered by. Test and measurement are one: both come from scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Steps and measurements on the rig.
    Rig,
    /// A person's answer.
    Attestation,
    /// The document store.
    Document,
}

/// One piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Ground {
    /// Where from.
    pub source: Source,
    /// What it says by itself.
    pub verdict: Verdict,
    /// Why.
    pub reason: Bilingual,
}

/// All evidence of scenarios on a criterion.
pub fn of_scenarios(
    criterion: &Criterion,
    plan: &Plan,
    ledger: &Ledger,
    measured: &[Measured],
) -> Vec<Ground> {
    let mut grounds = Vec::new();
    for scenario in plan
        .scenarios
        .iter()
        .filter(|scenario| scenario.criteria.contains(&criterion.id))
    {
        let trials = || {
            plan.trials
                .iter()
                .filter(|trial| trial.scenario == scenario.id)
        };
        if let Some(why) = &scenario.skipped {
            grounds.push(skipped(scenario, why));
            continue;
        }
        let mine: Vec<_> = measured
            .iter()
            .filter(|m| m.scenario == scenario.id && m.criterion == criterion.id)
            .collect();
        grounds.extend(mine.iter().map(|m| Ground {
            source: Source::Rig,
            verdict: m.measurement.verdict,
            reason: measurement_words(&m.measurement),
        }));
        let decides = |trial: &Trial| {
            trial
                .steps
                .iter()
                .any(|planned| decides(planned, criterion))
        };
        if mine.is_empty() && !trials().any(decides) {
            continue;
        }
        // A success measurement counts its step's failures: they are its figures, not gaps in it.
        let counted: Vec<&str> = scenario
            .measurements
            .iter()
            .filter(|spec| spec.criterion == criterion.id)
            .filter_map(|spec| Some(spec.of.success.as_ref()?.step.as_str()))
            .collect();
        for trial in trials() {
            of_trial(trial, criterion, &counted, ledger, &mut grounds);
        }
    }
    grounds
}

/// Only the test itself decides; setup and teardown never do.
fn decides(planned: &PlannedStep, criterion: &Criterion) -> bool {
    planned.phase == Phase::Steps && planned.step.decides.contains(&criterion.id)
}

fn skipped(scenario: &PlannedScenario, why: &Bilingual) -> Ground {
    Ground {
        source: Source::Rig,
        verdict: Verdict::NotTested,
        reason: Bilingual {
            ja: format!("シナリオ {} は実施できない：{}", scenario.id, why.ja),
            en: format!("scenario {} cannot run here: {}", scenario.id, why.en),
        },
    }
}

fn of_trial(
    trial: &Trial,
    criterion: &Criterion,
    counted: &[&str],
    ledger: &Ledger,
    grounds: &mut Vec<Ground>,
) {
    let mut push = |source, verdict, ja: String, en: String| {
        grounds.push(Ground {
            source,
            verdict,
            reason: Bilingual { ja, en },
        });
    };
    let id = &trial.id;
    let Some(facts) = ledger.counted(id) else {
        if ledger.begun(id) {
            push(
                Source::Rig,
                Verdict::Inconclusive,
                format!("{id}：試行が終了していない"),
                format!("{id}: trial without an end"),
            );
        } else {
            push(
                Source::Rig,
                Verdict::NotTested,
                format!("{id}：試行が実施されていない"),
                format!("{id}: trial not run"),
            );
        }
        return;
    };
    if matches!(facts.outcome, TrialOutcome::Declined { .. }) {
        return;
    }
    let deciding: Vec<_> = trial
        .steps
        .iter()
        .filter(|planned| decides(planned, criterion))
        .collect();
    let source_of = |planned: &PlannedStep| {
        let attests =
            planned.step.ask.is_some() && criterion.methods.contains(&Method::Attestation);
        if attests {
            Source::Attestation
        } else {
            Source::Rig
        }
    };
    for planned in &deciding {
        let (verdict, ja, en) = of_step(id, planned, facts);
        push(source_of(planned), verdict, ja, en);
    }
    match facts.outcome {
        // Teardown or a step that decides something else: the trial's evidence is not trustworthy.
        TrialOutcome::Error { step, fault } => push(
            Source::Rig,
            Verdict::Error,
            format!(
                "{id}：{step} で試験設備側のエラー（{}）",
                trim(&fault.message)
            ),
            format!(
                "{id}: error of harness or rig at {step}: {} — {}",
                trim(&fault.message),
                trim(&fault.todo)
            ),
        ),
        TrialOutcome::Unmet { step }
            if !deciding.iter().any(|planned| planned.path == *step)
                && !is_counted(trial, step, counted) =>
        {
            push(
                Source::Rig,
                Verdict::Inconclusive,
                format!("{id}：{step} の前提が成立せず、試行を完了できなかった"),
                format!("{id}: step {step} was not met, so the trial could not be completed"),
            );
        }
        _ => {}
    }
}

/// Is the step at this path one whose failures a measurement counts?
fn is_counted(trial: &Trial, path: &str, counted: &[&str]) -> bool {
    trial.steps.iter().any(|planned| {
        let id = planned.step.id.as_deref();
        planned.path == path && id.is_some_and(|id| counted.contains(&id))
    })
}

/// Verdict and words (ja, en) of a deciding step.
fn of_step(id: &str, planned: &PlannedStep, facts: &TrialFacts) -> (Verdict, String, String) {
    let name = planned.step.id.as_deref().unwrap_or(&planned.path);
    let end = facts.step(&planned.path, planned.occurrence);
    let unread = end
        .and_then(|end| end.observation)
        .is_some_and(|observation| expect::unread(&planned.step, observation));
    match end.map(|end| end.outcome) {
        Some(StepOutcome::Done) => (
            Verdict::Pass,
            format!("{id}：{name} 成立"),
            format!("{id}: {name} met"),
        ),
        Some(StepOutcome::Unmet { why }) if unread => {
            let why = trim(&why.join("; "));
            (
                Verdict::Inconclusive,
                format!("{id}：{name} を読み取れなかった（{why}）"),
                format!("{id}: {name} could not be read: {why}"),
            )
        }
        Some(StepOutcome::Unmet { why }) => {
            let why = trim(&why.join("; "));
            (
                Verdict::Fail,
                format!("{id}：{name} 不成立（{why}）"),
                format!("{id}: {name} not met: {why}"),
            )
        }
        Some(StepOutcome::Error(fault)) => {
            let why = trim(&fault.message);
            (
                Verdict::Error,
                format!("{id}：{name} でエラー（{why}）"),
                format!("{id}: error at {name}: {why}"),
            )
        }
        None => {
            let verdict = match facts.outcome {
                TrialOutcome::Error { .. } => Verdict::Error,
                _ => Verdict::Inconclusive,
            };
            (
                verdict,
                format!("{id}：{name} に到達していない"),
                format!("{id}: {name} was not reached"),
            )
        }
    }
}
