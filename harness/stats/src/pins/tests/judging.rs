//! Outcomes: what each arm decides.

use super::{Run, settings};
use crate::pins::{BadStudy, Key, Kind, Outcome, Reason, Seen, Settings, Study, Trial, Urn, judge};

fn reasons(study: &Study) -> Vec<Reason> {
    match judge(study, &settings()).unwrap().outcome {
        Outcome::Inconclusive(reasons) => reasons,
        other => panic!("{other:?}"),
    }
}

/// Three hundred clean authentications in a quiet cell only: the busy one would need more.
fn clean(run: &mut Run) -> Vec<Trial> {
    let mut trials = run.trials(300, |_| None);
    for trial in &mut trials {
        trial.changes[0] = crate::pins::Change::none();
    }
    trials
}

#[test]
fn a_leak_is_residue_in_its_cell() {
    let mut run = Run::new(1);
    let typed = run.trials(30, |_| Some(0));
    let study = run.study(typed);
    let judged = judge(&study, &settings()).unwrap();
    let Outcome::Residue { cells, recurring } = &judged.outcome else {
        panic!("{:?}", judged.outcome);
    };
    assert!(recurring.is_empty() && cells.len() == 1);
    assert_eq!(
        (cells[0].cell.encoding.as_str(), cells[0].rose),
        ("ascii", 30)
    );
    assert!(cells[0].adjusted <= 0.001 && judged == judge(&study, &settings()).unwrap());
}

#[test]
fn nothing_found_is_a_bound() {
    let mut run = Run::new(2);
    let typed = clean(&mut run);
    let study = run.study(typed);
    let judged = judge(&study, &settings()).unwrap();
    let Outcome::Bound(bound) = judged.outcome else {
        panic!("{:?}", judged.outcome);
    };
    assert_eq!((bound.events, bound.trials), (0, 300));
    assert!(
        bound.upper < 0.01 && (bound.background - 0.03).abs() < 0.01,
        "{bound:?}"
    );
    assert!(judged.sensitivity.lower >= 0.95 && judged.live.visible.len() == 1);
}

/// A cell in which chance raises counts is left out of the bound and bounded beside it; a leak there is found all the same.
#[test]
fn a_loud_cell_is_bounded_apart_and_tested_like_all() {
    let mut run = Run::new(8);
    let typed = run.trials(300, |_| None);
    let study = run.study(typed);
    let judged = judge(&study, &settings()).unwrap();
    let Outcome::Bound(bound) = judged.outcome else {
        panic!("{:?}", judged.outcome);
    };
    assert_eq!((judged.loud, bound.events), (vec![0], 0));
    let whole = judged.whole.unwrap();
    assert!(bound.upper < 0.01 && (0.01..0.05).contains(&whole.upper));
    assert!((whole.background - 3.0).abs() < 0.3, "{whole:?}");

    let leaks = run.trials(300, |trial| (trial % 10 == 0).then_some(0));
    let study = run.study(leaks);
    assert!(matches!(
        judge(&study, &settings()).unwrap().outcome,
        Outcome::Residue { .. }
    ));
}

#[test]
fn a_missing_or_failed_arm_forbids_a_bound() {
    let mut run = Run::new(3);
    let typed = clean(&mut run);
    let mut study = run.study(typed);
    let found = study.seeded.split_off(58);
    assert!(matches!(
        reasons(&study)[..],
        [Reason::Insensitive {
            found: 58,
            planted: 58,
            ..
        }]
    ));
    study.seeded.clear();
    assert_eq!(reasons(&study), [Reason::SeededMissing]);
    study.seeded = found;
    study.live.clear();
    assert!(matches!(
        reasons(&study)[..],
        [Reason::Insensitive { .. }, Reason::LiveMissing]
    ));
    study.live = run.trials(10, |_| None);
    study.null.truncate(59);
    assert!(matches!(
        reasons(&study)[..],
        [
            Reason::NullMissing {
                has: 59,
                needed: 60
            },
            Reason::Insensitive { .. },
            Reason::Invisible
        ]
    ));
    study.typed.clear();
    assert_eq!(reasons(&study).last(), Some(&Reason::NoTrials));
}

#[test]
fn too_few_trials_are_told_with_the_bound_reached() {
    let mut run = Run::new(4);
    let mut typed = clean(&mut run);
    typed.truncate(100);
    let study = run.study(typed);
    let [Reason::TooFewTrials { upper, limit }] = reasons(&study)[..] else {
        panic!("{:?}", reasons(&study));
    };
    assert!((0.029..0.031).contains(&upper) && (limit - 0.01).abs() < 1e-12);
}

#[test]
fn a_null_arm_that_alarms_voids_a_finding_but_missing_sensitivity_does_not() {
    let mut run = Run::new(5);
    let typed = run.trials(30, |_| Some(1));
    let mut study = run.study(typed);
    study.seeded.clear();
    study.live.clear();
    assert!(matches!(
        judge(&study, &settings()).unwrap().outcome,
        Outcome::Residue { .. }
    ));
    study.null = run.trials(60, |_| Some(1));
    assert_eq!(reasons(&study), [Reason::NullAlarm(1)]);
}

#[test]
fn a_place_that_holds_the_pin_three_times_is_residue() {
    let mut run = Run::new(6);
    let typed = clean(&mut run);
    let mut study = run.study(typed);
    let key = Key {
        delay_s: 0,
        kind: Kind::Place,
        hash: 0x1000,
    };
    let holds = |trial: &usize| Seen {
        held: trial
            .is_multiple_of(7)
            .then_some((key, 0))
            .into_iter()
            .collect(),
        ..Seen::default()
    };
    study.seen = (0..5).map(|trial| holds(&trial)).collect();
    assert!(matches!(
        judge(&study, &settings()).unwrap().outcome,
        Outcome::Bound(_)
    ));
    study.seen = (0..30).map(|trial| holds(&trial)).collect();
    let Outcome::Residue { cells, recurring } = judge(&study, &settings()).unwrap().outcome else {
        panic!("the place is residue");
    };
    assert!(cells.is_empty());
    assert_eq!((recurring.len(), recurring[0].held), (1, 5));
}

#[test]
fn studies_that_do_not_fit_are_refused() {
    let mut run = Run::new(7);
    let typed = run.trials(2, |_| None);
    let mut study = run.study(typed);
    let refused = |study: &Study| judge(study, &settings()).unwrap_err();
    study.typed[1].pin = study.null[0].pin;
    assert_eq!(
        refused(&study),
        BadStudy::Pin {
            arm: "null",
            trial: 0
        }
    );
    study.typed[1].changes.pop();
    assert!(matches!(
        refused(&study),
        BadStudy::Cells {
            arm: "typed",
            trial: 1,
            has: 1,
            needed: 2
        }
    ));
    study.urn = Urn::of(&[1, 1]);
    assert_eq!(refused(&study), BadStudy::NoChoice(1));
    let few = Settings {
        draws: 1_999,
        ..settings()
    };
    let needed = 2_000;
    assert_eq!(
        judge(&study, &few).unwrap_err(),
        BadStudy::Draws {
            draws: 1_999,
            cells: 2,
            needed
        }
    );
    let none = Settings {
        confidence: f64::NAN,
        ..settings()
    };
    assert_eq!(
        judge(&study, &none).unwrap_err(),
        BadStudy::Share("confidence")
    );
}
