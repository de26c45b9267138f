//! Check, as its users meet it: shipped files are clean, and each kind of mistake gets a message with its place.

use std::fs;
use std::path::{Path, PathBuf};

use shinsa_model::check::{Resolved, Source, check};
use shinsa_model::diagnostic::Diagnostic;
use shinsa_model::planner::{self, PlanOptions};
use shinsa_model::schema::Layout;

fn source(path: &str, layout: Layout) -> Source {
    let text = fs::read_to_string(root().join(path)).unwrap();
    Source {
        path: path.into(),
        layout,
        text,
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn folder(path: &str, layout: Layout) -> Vec<Source> {
    let entries = fs::read_dir(root().join(path)).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
        .iter()
        .map(|name| source(&format!("{path}/{name}"), layout))
        .collect()
}

fn shipped() -> Vec<Source> {
    let mut sources = vec![
        source("scenarios/criteria/reader-1.2.yaml", Layout::Criteria),
        source("rigs/virtual/rig.yaml", Layout::Rig),
        source("rigs/virtual/dut.yaml", Layout::Dut),
    ];
    sources.extend(folder("scenarios/sequences", Layout::Sequence));
    sources.extend(folder("scenarios/certification", Layout::Scenario));
    sources.extend(folder("scenarios/smoke", Layout::Scenario));
    sources
}

fn text(problems: &[Diagnostic]) -> String {
    problems
        .iter()
        .map(|problem| format!("{}\n", problem.rendered))
        .collect::<Vec<_>>()
        .join("\n")
}

fn resolved(sources: &[Source]) -> Resolved {
    check(sources).unwrap_or_else(|problems| panic!("{}", text(&problems)))
}

#[test]
fn every_shipped_file_is_clean() {
    let resolved = resolved(&shipped());
    assert_eq!(resolved.criteria.len(), 63);
    assert!(resolved.scenarios.len() > 20);
}

#[test]
fn an_overlay_renames_tightens_and_adds() {
    let mut sources = shipped();
    sources.insert(
        1,
        source(
            "scenarios/criteria/example-lab-overlay.yaml",
            Layout::Criteria,
        ),
    );
    let (with, without) = (resolved(&sources), resolved(&shipped()));
    assert_eq!(with.criteria.len(), 64);
    let limit = |resolved: &Resolved| {
        let item = resolved
            .criteria
            .iter()
            .find(|item| item.id == "3-23")
            .unwrap();
        item.limit.clone().unwrap().at_most.unwrap().base()
    };
    assert!(limit(&with) < limit(&without));
    let mut pairs = with.criteria.iter().zip(&without.criteria);
    assert!(pairs.any(|(new, old)| new.id == old.id && new.title != old.title));
}

#[test]
fn the_plan_is_the_same_for_the_same_seed() {
    let options = PlanOptions {
        seed: 7,
        ..PlanOptions::default()
    };
    let plan = planner::plan(&resolved(&shipped()), Vec::new(), &options).unwrap();
    assert_eq!(
        plan,
        planner::plan(&resolved(&shipped()), Vec::new(), &options).unwrap()
    );
    let of = |scenario: &str| {
        plan.trials
            .iter()
            .filter(|trial| trial.scenario == scenario)
            .count()
    };
    // 90 % at 95 % confidence: 29 transactions (success run, facts/STATISTICS.md oracle 13's formula).
    assert_eq!(of("five-seconds"), 29);
    assert_eq!(of("pin-length"), 4);
    let shuffle = plan
        .trials
        .iter()
        .find(|trial| trial.scenario == "keypad-shuffle")
        .unwrap();
    let displays = shuffle
        .steps
        .iter()
        .filter(|planned| planned.step.id.as_deref() == Some("shuffled"));
    assert_eq!(
        displays
            .map(|planned| planned.occurrence)
            .collect::<Vec<_>>(),
        (0..40).collect::<Vec<_>>()
    );
    let options = PlanOptions {
        max_trials: Some(1),
        ..options
    };
    let cut = planner::plan(&resolved(&shipped()), Vec::new(), &options).unwrap();
    assert_eq!(
        cut.trials
            .iter()
            .filter(|trial| trial.scenario == "five-seconds")
            .count(),
        1
    );
    assert!(planner::predicted_seconds(&plan) > 60.0);
}

/// One scenario with many mistakes: all are told at once.
const WRONG: &str = "scenario: wrong
format: 1
title: { ja: 誤り, en: Mistakes }
criteria: [3-23, 9-9]
requires: [card_feeder, scren]
paramaters: { a: 1 }
matrix: { unused: [1] }
setup:
  - insert_card: { card: p001-regulr }
    within: 5
steps:
  - wait_screen: { screen: done }
    within: 3 sec
    mark: end
  - remove_card: {}
    touch: { target: face }
  - use: redy
  - note: 何もしない
  - read_retry_counter: { pin: auht }
  - wait_screen: { screen: done }
    mark: start
teardown: []
measurements:
  - name: time
    title: { ja: 時間, en: Time }
    criterion: 3-23
    unit: s
    of: { interval: { from: start, to: end } }
    limit: { at_most: 5 % }
";

fn mistakes(text: &str) -> Vec<Diagnostic> {
    let mut sources = shipped();
    sources.push(Source {
        path: "wrong.yaml".into(),
        layout: Layout::Scenario,
        text: text.into(),
    });
    check(&sources).unwrap_err()
}

#[test]
fn mistakes_of_layout_are_told_at_once_with_their_places() {
    insta::assert_snapshot!(text(&mistakes(WRONG)));
}

#[test]
fn mistakes_of_meaning_are_told_at_once_with_their_places() {
    let layout_mended = WRONG
        .replace("paramaters: { a: 1 }\n", "")
        .replace("within: 5\n", "within: 5 s\n")
        .replace("3 sec", "3 s")
        .replace("auht", "auth");
    insta::assert_snapshot!(text(&mistakes(&layout_mended)));
}

#[test]
fn a_newer_format_is_refused_clearly() {
    let problems = mistakes(&WRONG.replace("format: 1", "format: 2"));
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].message.contains("format 2 is newer"),
        "{}",
        problems[0].message
    );
    assert_eq!((problems[0].line, problems[0].column), (2, 9));
}

#[test]
fn a_duplicate_key_is_told_with_both_places() {
    let problems = mistakes("scenario: a\nformat: 1\nscenario: b\n");
    assert_eq!((problems[0].line, problems[0].column), (3, 1));
    assert!(
        problems[0].message.contains("first in line 1"),
        "{}",
        problems[0].message
    );
}
