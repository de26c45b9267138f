//! The page: what the template shows, gathered from plan, journal and judgement.

use std::path::Path;

use askama::Template;
use shinsa_model::event::{Event, Preflight, Record};
use shinsa_model::plan::{InputFile, Plan};
use shinsa_model::scenario::Order;
use shinsa_model::text::Bilingual;
use shinsa_model::verdict::Judgement;

use crate::inspections;
use crate::item::{self, Item};
use crate::ledger::{self, Attempt, Standing};
use crate::pictures;
use crate::words::{self, Badge};

/// Attempts shown of one scenario; those that did not complete come first.
const ATTEMPTS: usize = 40;

#[derive(Template)]
#[template(path = "index.html")]
struct Page<'a> {
    plan: &'a Plan,
    judgement: &'a Judgement,
    overall: Badge,
    counts: Vec<(Badge, usize)>,
    items: Vec<Item<'a>>,
    inputs: &'a [InputFile],
    shinsa: &'a str,
    started: &'a str,
    ended: &'a str,
    sessions: usize,
    preflights: Vec<(&'a Preflight, String)>,
    scenarios: Vec<ScenarioRow<'a>>,
    abandoned: usize,
    notes: Vec<String>,
}

struct ScenarioRow<'a> {
    id: &'a str,
    title: &'a Bilingual,
    criteria: String,
    skipped: Option<&'a Bilingual>,
    planned: usize,
    order: Option<String>,
    counts: Vec<(&'static str, &'static str, usize)>,
    shown: Vec<Attempt>,
    left_out: usize,
}

/// The page as text.
pub(crate) fn render(
    folder: &Path,
    plan: &Plan,
    records: &[Record],
    judgement: &Judgement,
) -> askama::Result<String> {
    let mut ledger = ledger::read(plan, records);
    let items = item::all(
        plan,
        &judgement.criteria,
        &ledger,
        pictures::by_criterion(folder, plan, records),
        inspections::by_criterion(plan, records),
    );
    let count = |badge: Badge| items.iter().filter(|i| i.badge.key == badge.key).count();
    let counts = words::ORDER
        .into_iter()
        .map(words::badge)
        .map(|b| (b, count(b)))
        .collect();
    let scenarios = plan.scenarios.iter().map(|s| {
        let planned = plan.trials.iter().filter(|t| t.scenario == s.id).count();
        let attempts = ledger.attempts.remove(s.id.as_str()).unwrap_or_default();
        scenario_row(s, planned, attempts)
    });
    let scenarios = scenarios.collect();
    Page {
        plan,
        judgement,
        overall: words::badge(judgement.overall),
        counts,
        inputs: &plan.inputs,
        shinsa: records
            .iter()
            .find_map(|r| match &r.event {
                Event::RunStarted { shinsa, .. } => Some(shinsa.as_str()),
                _ => None,
            })
            .unwrap_or("—"),
        started: records.first().map_or("—", |r| &r.wall),
        ended: records.last().map_or("—", |r| &r.wall),
        sessions: records
            .iter()
            .filter(|r| matches!(r.event, Event::SessionStarted { .. }))
            .count(),
        preflights: records.iter().filter_map(preflight).collect(),
        scenarios,
        abandoned: ledger.abandoned,
        notes: records.iter().filter_map(note).collect(),
        items,
    }
    .render()
}

fn scenario_row(
    s: &shinsa_model::plan::PlannedScenario,
    planned: usize,
    mut attempts: Vec<Attempt>,
) -> ScenarioRow<'_> {
    let all = [
        Standing::Completed,
        Standing::Unmet,
        Standing::Declined,
        Standing::Error,
        Standing::Abandoned,
        Standing::Open,
    ];
    let counts = all.into_iter().map(|standing| {
        let (key, words) = standing.words();
        (
            key,
            words,
            attempts.iter().filter(|a| a.standing == standing).count(),
        )
    });
    let counts = counts.filter(|c| c.2 > 0).collect();
    attempts.sort_by_key(|a| (a.standing == Standing::Completed, a.line));
    let left_out = attempts.len().saturating_sub(ATTEMPTS);
    attempts.truncate(ATTEMPTS);
    ScenarioRow {
        id: &s.id,
        title: &s.title,
        criteria: s.criteria.join(", "),
        skipped: s.skipped.as_ref(),
        planned,
        order: match &s.order {
            Order::AsWritten => None,
            Order::Random => Some("順序 無作為 random".into()),
            Order::RandomWithin(name) => Some(format!("順序 {name} ごとに無作為 random within")),
        },
        counts,
        shown: attempts,
        left_out,
    }
}

fn preflight(record: &Record) -> Option<(&Preflight, String)> {
    let Event::Preflight(preflight) = &record.event else {
        return None;
    };
    let clock = preflight.clock.as_ref().map_or_else(
        || "—".into(),
        |c| {
            format!(
                "{}: {} ± {} ms",
                c.clock,
                words::number(c.offset_ns as f64 / 1e6),
                words::number(c.half_width_ns as f64 / 1e6)
            )
        },
    );
    Some((preflight, clock))
}

/// Events of the whole run that a reader must know of.
fn note(record: &Record) -> Option<String> {
    let line = record.seq + 1;
    match &record.event {
        Event::SessionStarted { repaired_bytes, .. } if *repaired_bytes > 0 => Some(format!(
            "行{line}: 書きかけの最終行 {repaired_bytes} バイトを除いて再開した (torn last line cut off)"
        )),
        Event::RunInterrupted { why } => Some(format!("行{line}: 中断 interrupted: {why}")),
        Event::ClockStepped { by_ms } => Some(format!(
            "行{line}: 時刻が {by_ms} ms 飛んだ (civil clock stepped); 間隔の測定には使わない"
        )),
        Event::SafeState { failed, .. } if !failed.is_empty() => {
            let failed: Vec<_> = failed
                .iter()
                .map(|(driver, why)| format!("{driver}: {why}"))
                .collect();
            Some(format!(
                "行{line}: 安全状態に戻せなかった (safe state not reached): {}",
                failed.join("; ")
            ))
        }
        _ => None,
    }
}
