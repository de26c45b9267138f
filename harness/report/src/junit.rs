//! `junit.xml`: one suite (the root that Surefire and Jenkins both accept), a test case for each criterion and each
//! scenario. Both schemas know properties of suites only, so verdicts and hashes stand there. Decides nothing: the
//! exit code of `shinsa` decides the job.

use askama::Template;
use shinsa_model::event::Record;
use shinsa_model::plan::Plan;
use shinsa_model::verdict::{Judgement, Verdict};

use crate::clean::without_attachments;
use crate::ledger::{self, Attempt, Standing};
use crate::words;

#[derive(Template)]
#[template(path = "junit.xml")]
struct Suite<'a> {
    judgement: &'a Judgement,
    properties: Vec<(String, String)>,
    cases: Vec<Case>,
    failures: usize,
    errors: usize,
    skipped: usize,
    seconds: String,
}

struct Case {
    class: String,
    name: String,
    seconds: String,
    /// `failure`, `error`, `skipped` or empty.
    element: &'static str,
    kind: &'static str,
    message: String,
    out: Vec<String>,
    attachments: Vec<String>,
}

/// The file as text.
pub(crate) fn render(
    plan: &Plan,
    records: &[Record],
    judgement: &Judgement,
) -> askama::Result<String> {
    let ledger = ledger::read(plan, records);
    let mut cases: Vec<Case> = plan
        .criteria
        .iter()
        .map(|c| {
            let found = judgement.criteria.iter().find(|v| v.criterion == c.id);
            let badge = words::badge(found.map_or(Verdict::NotTested, |v| v.verdict));
            let reason = found.map_or("the judgement holds nothing of this item", |v| &v.reason.en);
            let mut out = vec![format!("{} {} — {}", badge.sign, badge.en, reason)];
            if let Some(verdict) = found {
                out.extend(verdict.open.iter().map(|open| format!("open: {}", open.en)));
                out.extend(verdict.measurements.iter().map(|m| {
                    let estimate = m.estimate.map_or_else(|| "—".into(), words::number);
                    format!(
                        "{}: {estimate} {} (n {}), limit {}, rule {}: {}; lines {}",
                        m.id,
                        m.unit,
                        m.n,
                        m.limit,
                        m.rule,
                        words::badge(m.verdict).en,
                        words::lines(&m.evidence)
                    )
                }));
                out.extend(verdict.documents.iter().map(|d| {
                    format!(
                        "{}: {} {} {}",
                        d.kind,
                        words::badge(d.verdict).en,
                        d.file,
                        d.sha256
                    )
                }));
            }
            Case {
                class: "shinsa.criteria".into(),
                name: format!("{} {}", c.id, c.title.ja),
                seconds: "0".into(),
                element: element(badge.key),
                kind: badge.key,
                message: format!("{}: {reason}", badge.en),
                out,
                attachments: Vec::new(),
            }
        })
        .collect();
    for s in &plan.scenarios {
        let attempts = ledger
            .attempts
            .get(s.id.as_str())
            .map_or(&[][..], Vec::as_slice);
        let planned = plan.trials.iter().filter(|t| t.scenario == s.id).count();
        cases.push(scenario(s, planned, attempts));
    }
    attach(&mut cases, plan, records);
    unique(&mut cases);
    let count = |element: &str| cases.iter().filter(|c| c.element == element).count();
    Suite {
        judgement,
        properties: properties(plan, judgement),
        failures: count("failure"),
        errors: count("error"),
        skipped: count("skipped"),
        seconds: format!(
            "{:.3}",
            ledger
                .attempts
                .values()
                .flatten()
                .filter_map(|a| a.seconds)
                .sum::<f64>()
        ),
        cases,
    }
    .render()
}

fn element(key: &str) -> &'static str {
    match key {
        "pass" | "reviewed" => "",
        "fail" => "failure",
        "error" => "error",
        _ => "skipped",
    }
}

/// A scenario's case says how its trials ran, not whether the DUT conforms.
fn scenario(s: &shinsa_model::plan::PlannedScenario, planned: usize, attempts: &[Attempt]) -> Case {
    let count = |standing| attempts.iter().filter(|a| a.standing == standing).count();
    let (done, unmet, error) = (
        count(Standing::Completed),
        count(Standing::Unmet),
        count(Standing::Error),
    );
    let declined = match count(Standing::Declined) {
        0 => String::new(),
        some => format!(", {some} declined"),
    };
    let summary = format!(
        "{planned} trials planned; attempts: {done} completed, {unmet} unmet, {error} error{declined}, {} abandoned, {} without end",
        count(Standing::Abandoned),
        count(Standing::Open)
    );
    let (element, kind) = match (&s.skipped, error, unmet) {
        (Some(_), ..) => ("skipped", "skipped"),
        (None, 1.., _) => ("error", "error"),
        (None, 0, 1..) => ("failure", "unmet"),
        (None, 0, 0) if done < planned => ("skipped", "incomplete"),
        (None, 0, 0) => ("", "completed"),
    };
    let mut out = vec![summary.clone()];
    out.extend(
        attempts
            .iter()
            .flat_map(|a| {
                a.remarks
                    .iter()
                    .map(move |r| format!("{} attempt {}: {r}", a.trial, a.number))
            })
            .take(20),
    );
    Case {
        class: "shinsa.scenarios".into(),
        name: s.id.clone(),
        seconds: format!(
            "{:.3}",
            attempts.iter().filter_map(|a| a.seconds).sum::<f64>()
        ),
        element,
        kind,
        message: s.skipped.as_ref().map_or(summary, |why| why.en.clone()),
        out,
        attachments: Vec::new(),
    }
}

/// The first few artefacts of a scenario's trials.
fn attach(cases: &mut [Case], plan: &Plan, records: &[Record]) {
    use shinsa_model::event::Event;
    let scenario: std::collections::HashMap<&str, &str> = plan
        .trials
        .iter()
        .map(|t| (t.id.as_str(), t.scenario.as_str()))
        .collect();
    let first = plan.criteria.len();
    for record in records {
        let Event::StepEnded {
            trial,
            observation: Some(observation),
            ..
        } = &record.event
        else {
            continue;
        };
        let Some(id) = scenario.get(trial.as_str()) else {
            continue;
        };
        let Some(case) = cases[first..].iter_mut().find(|c| c.name == *id) else {
            continue;
        };
        for path in observation
            .artefacts
            .iter()
            .filter_map(|a| crate::clean::artefact_path(&a.sha256))
        {
            if case.attachments.len() < 8 && !case.attachments.contains(&path) {
                case.attachments.push(path);
            }
        }
    }
}

/// GitLab drops test cases whose names repeat.
fn unique(cases: &mut [Case]) {
    let mut seen = std::collections::HashSet::new();
    for case in cases {
        let name = case.name.clone();
        let mut k = 1;
        while !seen.insert((case.class.clone(), case.name.clone())) {
            k += 1;
            case.name = format!("{name} ({k})");
        }
        case.out
            .iter_mut()
            .for_each(|line| *line = without_attachments(line));
    }
}

fn properties(plan: &Plan, judgement: &Judgement) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = [
        ("run", judgement.run.as_str()),
        ("overall", words::badge(judgement.overall).key),
        (
            "simulated",
            if judgement.simulated { "true" } else { "false" },
        ),
        (
            "complete",
            if judgement.complete { "true" } else { "false" },
        ),
        ("dut", &plan.dut),
        ("rig", &plan.rig),
        ("plan.sha256", &judgement.plan_sha256),
        ("journal.head", &judgement.journal_head),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    all.push(("journal.lines".into(), judgement.journal_lines.to_string()));
    all.extend(judgement.criteria.iter().map(|v| {
        (
            format!("criterion.{}", v.criterion),
            words::badge(v.verdict).key.into(),
        )
    }));
    all.extend(
        plan.inputs
            .iter()
            .map(|f| (format!("input.{}", f.path), f.sha256.clone())),
    );
    all
}
