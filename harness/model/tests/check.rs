//! Check, as its users meet it: shipped files are clean, and each kind of mistake gets a message with its place.

mod shipped;

use shinsa_model::check::{Resolved, Source, check, check_for};
use shinsa_model::diagnostic::Diagnostic;
use shinsa_model::planner::{self, PlanOptions};
use shinsa_model::schema::Layout;

use shipped::{shipped, source, text};

fn resolved(sources: &[Source]) -> Resolved {
    check(sources).unwrap_or_else(|problems| panic!("{}", text(&problems)))
}

#[test]
fn every_shipped_file_is_clean() {
    let resolved = resolved(&shipped());
    assert_eq!(resolved.criteria.len(), 63);
    assert!(resolved.scenarios.len() > 20);
}

/// What a search finds in a kind of place fails nobody where nothing reads it.
#[test]
fn a_search_that_nothing_measures_is_refused() {
    let mut sources = shipped();
    let unplugged = sources
        .iter_mut()
        .find(|source| source.path.ends_with("3-16-unplugged.yaml"))
        .unwrap();
    unplugged.text = unplugged
        .text
        .replace("field: storage_pictures", "field: picture_bytes");
    let problems = check(&sources).unwrap_err();
    let text = text(&problems);
    assert_eq!(problems.len(), 1, "{text}");
    assert!(text.contains("no measurement reads `storage_pictures`"));
    assert!(text.contains("3-16-unplugged.yaml"), "{text}");
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
    insta::assert_snapshot!(text(&mistakes(&layout_mended())));
}

fn layout_mended() -> String {
    WRONG
        .replace("paramaters: { a: 1 }\n", "")
        .replace("within: 5\n", "within: 5 s\n")
        .replace("3 sec", "3 s")
        .replace("auht", "auth")
}

#[test]
fn what_lets_time_pass_is_given_that_time() {
    let steps = "steps:\n  - pause: { for: 59 s }\n    within: 10 s\n  - wait_screen";
    let wrong = layout_mended().replacen("steps:\n  - wait_screen", steps, 1);
    let problems = mistakes(&wrong);
    let told = problems.iter().find(|told| told.message.contains("59 s"));
    assert_eq!(told.map(|told| told.line), Some(12), "{}", text(&problems));
    let options = PlanOptions::default();
    let plan = planner::plan(&resolved(&shipped()), Vec::new(), &options).unwrap();
    let steps = plan.trials.iter().flat_map(|trial| &trial.steps);
    let mut pauses = steps.filter(|step| step.step.passes().seconds() > 50.0);
    let within = pauses.next().and_then(|step| step.step.within).unwrap();
    assert!(within.seconds() > 60.0);
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

/// A rig without a finger: strictly a problem, leniently a scenario that is skipped and says why.
#[test]
fn a_smaller_rig_skips_what_it_cannot_run() {
    let mut sources = shipped();
    for source in &mut sources {
        if source.layout == Layout::Rig {
            source.text = source.text.replace(", finger, screen", ", screen");
        }
    }
    assert!(text(&check(&sources).unwrap_err()).contains("no driver that provides `finger`"));
    let resolved = check_for(&sources, true).unwrap_or_else(|found| panic!("{}", text(&found)));
    let plan = planner::plan(&resolved, Vec::new(), &PlanOptions::default()).unwrap();
    let of = |id: &str| {
        plan.scenarios
            .iter()
            .find(|scenario| scenario.id == id)
            .unwrap()
    };
    let why = of("touch-panel").skipped.as_ref().unwrap();
    assert_eq!(why.en, "rig virtual provides no finger");
    assert!(
        plan.trials
            .iter()
            .all(|trial| trial.scenario != "touch-panel")
    );
    assert!(of("type-b-pcsc").skipped.is_none());
}

/// Screens and targets that the DUT's profile does not know.
#[test]
fn unreachable_screens_are_told_before_anything_runs() {
    let text_of = "scenario: lost
format: 1
title: { ja: 迷子, en: Lost }
criteria: [3-10]
requires: [screen, finger]
steps:
  - wait_screen: { screen: [done, consent-medcal] }
  - touch: { target: facee, screen: choose-method }
  - touch: { target: face, screen: choose }
";
    insta::assert_snapshot!(text(&mistakes(text_of)));
}

/// A profile whose flow has a dead end's opposite: a screen that nothing leads to.
#[test]
fn a_flow_that_does_not_hold_together_is_told() {
    let profile = "format: 1
make: a
model: b
screens: screens.yaml
log_kinds: {}
flow:
  start: start
  screens:
    start: { leads_to: [don] }
    done: { leads_to: [start] }
";
    let source = Source {
        path: "dut.yaml".into(),
        layout: Layout::Dut,
        text: profile.into(),
    };
    insta::assert_snapshot!(text(&check(&[source]).unwrap_err()));
}

/// Sequences in a circle, a parameter that nobody has, a capability that the rig lacks.
#[test]
fn circles_parameters_and_missing_equipment_are_told() {
    let mut sources = shipped();
    let mut add = |path: &str, layout, text: &str| {
        sources.push(Source {
            path: path.into(),
            layout,
            text: text.into(),
        });
    };
    add(
        "one.yaml",
        Layout::Sequence,
        "sequence: one\nformat: 1\nsteps:\n  - use: two\n",
    );
    add(
        "two.yaml",
        Layout::Sequence,
        "sequence: two\nformat: 1\nsteps:\n  - use: one\n",
    );
    add(
        "circle.yaml",
        Layout::Scenario,
        "scenario: circle
format: 1
title: { ja: 環, en: Circle }
criteria: [3-10]
requires: [x_ray_eyes]
steps:
  - use: one
  - use: { sequence: place-card, with: { crad: p001-regular } }
  - note: ${nobody}
    remove_card: {}
",
    );
    insta::assert_snapshot!(text(&check(&sources).unwrap_err()));
}

/// What could grow without bound ends in one clear message.
#[test]
fn bombs_end_in_a_clear_message() {
    let laughs: Vec<String> = (1..9)
        .map(|n| {
            let before = format!("*l{}", n - 1);
            format!("l{n}: &l{n} [{}]", vec![before; 9].join(", "))
        })
        .collect();
    let laughs = mistakes(&format!("l0: &l0 [lol]\n{}\n", laughs.join("\n")));
    let deep = mistakes(&"[".repeat(100_000));
    let both = [laughs.first(), deep.first()].map(|found| found.unwrap().rendered.clone());
    for message in &both {
        assert!(message.len() < 4000, "{} bytes", message.len());
    }
    insta::assert_snapshot!(both.join("\n\n").chars().take(1200).collect::<String>());
}
