//! Each measure function with a pass, a fail and an inconclusive case, and what must never count.

// json!(…) literals read best handed over as they are.
#![allow(clippy::needless_pass_by_value)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use shinsa_stats::scores::{Direction, csv};

use super::accuracy::ScoreFiles;
use super::ledger::Ledger;
use super::measure;
use crate::event::{Event, StepOutcome, TrialOutcome};
use crate::judge::sample::{Run, fault, run, spec, unmet};
use crate::observation::Artefact;
use crate::verdict::{Measurement, Verdict};

fn measured(run: &Run) -> Measurement {
    with_scores(run, &BTreeMap::new())
}

fn with_scores(run: &Run, scores: &ScoreFiles) -> Measurement {
    measure(&run.plan, &Ledger::new(&run.records), scores)
        .remove(0)
        .measurement
}

/// A run whose one step stored a score file: a complete matrix with three genuine attempts, the first `bad` subjects never match.
fn evaluated(subjects: u32, bad: u32, of: Value, limit: &str) -> Measurement {
    use std::fmt::Write;
    let mut text = "reference,probe,attempt,score\n".to_owned();
    for reference in 0..subjects {
        for probe in 0..subjects {
            for attempt in 1..=if reference == probe { 3 } else { 1 } {
                let spread = f64::from((reference * 31 + probe * 17 + attempt * 7) % 997) / 997.0;
                let known = f64::from(u8::from(reference == probe && reference >= bad));
                writeln!(
                    text,
                    "s{reference},s{probe},{attempt},{}",
                    spread + known * 2.0
                )
                .unwrap();
            }
        }
    }
    let scores = csv::read(text.as_bytes(), Direction::Similarity, 1).unwrap();
    let spec = spec("%", of, json!({"at_most": limit}), json!(null), "guarded");
    let mut run = run(json!({}), spec, &[json!({"id": "a"})], 1);
    run.start(1, 1);
    run.step(
        (1, 1),
        0,
        StepOutcome::Done,
        ("w", 0, 0),
        json!({"threshold": 1.5}),
    );
    if let Event::StepEnded {
        observation: Some(observation),
        ..
    } = &mut run.records.last_mut().unwrap().event
    {
        let media = super::accuracy::MEDIA.into();
        observation.artefacts.push(Artefact {
            name: "scores".into(),
            sha256: "ab".into(),
            bytes: 1,
            media,
        });
    }
    run.end(1, 1, TrialOutcome::Completed);
    with_scores(&run, &BTreeMap::from([("ab".to_owned(), scores.into())]))
}

#[test]
fn fnmr_at_fmr_is_decided_from_the_scores() {
    let of = || json!({"accuracy": {"step": "a", "rate": "fnmr-at-fmr"}});
    let good = evaluated(220, 0, of(), "0.6 %");
    assert_eq!(
        (good.verdict, good.n, good.estimate),
        (Verdict::Pass, 660, Some(0.0))
    );
    assert!(good.study.unwrap().study.curve.len() > 1);
    assert_eq!(evaluated(220, 40, of(), "0.6 %").verdict, Verdict::Fail);
    let small = evaluated(20, 0, of(), "0.6 %");
    assert_eq!(small.verdict, Verdict::Inconclusive);
    assert!(
        small
            .open
            .unwrap()
            .en
            .contains("needs at least 10,000 impostor comparisons")
    );
}

#[test]
fn rates_in_use_are_those_at_the_engines_own_threshold() {
    let rate = |rate: &str| json!({"accuracy": {"step": "a", "rate": rate}});
    assert_eq!(
        evaluated(200, 0, rate("fmr-in-use"), "0.01 %").verdict,
        Verdict::Pass
    );
    assert_eq!(
        evaluated(200, 40, rate("fnmr-in-use"), "0.6 %").verdict,
        Verdict::Fail
    );
    assert_eq!(
        evaluated(20, 0, rate("fmr-in-use"), "0.01 %").verdict,
        Verdict::Inconclusive
    );
}

#[test]
fn a_score_file_that_is_not_there_decides_nothing() {
    let of = json!({"accuracy": {"step": "a", "rate": "fnmr-at-fmr"}});
    let spec = spec("%", of, json!({"at_most": "0.6 %"}), json!(null), "guarded");
    let mut run = run(json!({}), spec, &[json!({"id": "a"})], 1);
    run.reading(1, json!(1));
    let nothing = measured(&run);
    assert_eq!(nothing.verdict, Verdict::Inconclusive);
    assert!(nothing.open.unwrap().en.contains("no score file"));
}

/// 60 refused of 60 prints, 30 of 60 replays: pooled 75 %, but the worst species decides.
#[test]
fn the_worst_group_decides_never_the_pool() {
    let of = json!({"success": {"step": "a", "worst_by": "species"}});
    let spec = spec("%", of, json!({"at_least": "70 %"}), json!(null), "guarded");
    let mut run = run(json!({}), spec, &[json!({"id": "a"})], 120);
    for n in 1..=120 {
        let species = if n <= 60 { "print" } else { "replay" };
        run.plan.trials[n as usize - 1]
            .parameters
            .insert("species".into(), json!(species));
        run.start(n, 1);
        let outcome = if n > 90 { unmet() } else { StepOutcome::Done };
        run.step((n, 1), 0, outcome, ("w", 0, 0), json!({}));
        run.end(n, 1, TrialOutcome::Completed);
    }
    let worst = measured(&run);
    assert_eq!(worst.verdict, Verdict::Fail);
    assert_eq!(worst.estimate, Some(50.0));
}

/// One trial for each reading of step `a`, field `r`.
fn readings(spec: Value, values: &[Value]) -> Measurement {
    let mut run = run(json!({}), spec, &[json!({"id": "a"})], values.len() as u32);
    for (i, value) in values.iter().enumerate() {
        run.reading(i as u32 + 1, value.clone());
    }
    measured(&run)
}

fn reading() -> Value {
    json!({"reading": {"step": "a", "field": "r"}})
}

fn numbers(n: usize, value: f64, k: usize, other: f64) -> Vec<Value> {
    (0..n)
        .map(|i| json!(if i < k { other } else { value }))
        .collect()
}

#[test]
fn each_value_must_clear_the_limit() {
    let spec = || {
        spec(
            "px",
            reading(),
            json!({"at_least": "640 px"}),
            json!(null),
            "simple",
        )
    };
    assert_eq!(readings(spec(), &[json!(640)]).verdict, Verdict::Pass);
    assert_eq!(
        readings(spec(), &[json!(640), json!(639)]).verdict,
        Verdict::Fail
    );
    let text = readings(spec(), &[json!(640), json!("640")]);
    assert_eq!((text.verdict, text.n), (Verdict::Inconclusive, 1));
    assert!(text.open.unwrap().en.contains("not a number"));
    assert_eq!(
        readings(spec(), &[json!(null)]).verdict,
        Verdict::Inconclusive
    );
}

#[test]
fn limits_of_another_unit_or_none_never_pass() {
    let of = |limit| {
        readings(
            spec("s", reading(), limit, json!(null), "simple"),
            &[json!(1.0)],
        )
    };
    assert_eq!(of(json!({"at_most": "1500 ms"})).verdict, Verdict::Pass);
    assert_eq!(of(json!({"at_most": "999 ms"})).verdict, Verdict::Fail);
    assert_eq!(
        of(json!({"at_most": "5 px"})).verdict,
        Verdict::Inconclusive
    );
    assert_eq!(of(json!(null)).verdict, Verdict::Inconclusive);
    assert_eq!(
        of(json!({"at_least": "0.5 s", "at_most": "2 s"})).limit,
        "≥ 0.5 s, ≤ 2 s"
    );
}

#[test]
fn a_percentile_needs_its_success_run() {
    let spec = || {
        spec(
            "s",
            reading(),
            json!({"at_most": "5 s"}),
            json!({"percentile": "90 %"}),
            "guarded",
        )
    };
    let of = |n, k| readings(spec(), &numbers(n, 4.0, k, 6.0));
    let pass = of(29, 0);
    assert_eq!(
        (pass.verdict, pass.bounds),
        (Verdict::Pass, Some((4.0, 4.0)))
    );
    assert_eq!(pass.limit, "≤ 5 s (90 % of transactions)");
    let short = of(28, 0);
    assert_eq!(
        (short.verdict, short.simple),
        (Verdict::Inconclusive, Verdict::Pass)
    );
    assert_eq!(
        short.open.unwrap().en,
        "1 more trials (if violations stay at 0)"
    );
    assert_eq!(of(46, 1).verdict, Verdict::Pass);
    assert_eq!(of(29, 9).verdict, Verdict::Fail);
    assert_eq!(of(29, 3).verdict, Verdict::Inconclusive);
    assert_eq!(of(1, 0).verdict, Verdict::Inconclusive);
}

#[test]
fn a_mean_needs_two_values_and_room() {
    let spec = || {
        spec(
            "s",
            reading(),
            json!({"at_most": "5 s"}),
            json!("mean"),
            "guarded",
        )
    };
    assert_eq!(
        readings(spec(), &[json!(4.0), json!(4.1), json!(3.9)]).verdict,
        Verdict::Pass
    );
    assert_eq!(
        readings(spec(), &[json!(6.0), json!(6.1), json!(5.9)]).verdict,
        Verdict::Fail
    );
    let wide = readings(spec(), &[json!(1.0), json!(8.0)]);
    assert_eq!(
        (wide.verdict, wide.simple),
        (Verdict::Inconclusive, Verdict::Pass)
    );
    assert!(wide.open.unwrap().en.contains("more trials"));
    assert_eq!(
        readings(spec(), &[json!(1.0)]).verdict,
        Verdict::Inconclusive
    );
}

/// Step a is touched at 0, step b seen at `ns` ± `half` of `clock`.
fn interval(ns: i64, half: i64, clock: &str, seen: StepOutcome) -> Measurement {
    let of = json!({"interval": {"from": "m1", "to": "m2"}});
    let spec = spec("s", of, json!({"at_most": "5 s"}), json!("each"), "guarded");
    let mut run = run(
        json!({}),
        spec,
        &[json!({"mark": "m1"}), json!({"mark": "m2"})],
        1,
    );
    let ended = if seen == StepOutcome::Done {
        TrialOutcome::Completed
    } else {
        TrialOutcome::Unmet {
            step: "steps[1]".into(),
        }
    };
    run.start(1, 1)
        .step((1, 1), 0, StepOutcome::Done, ("world", 0, 0), json!({}));
    run.step((1, 1), 1, seen, (clock, ns, half), json!({}))
        .end(1, 1, ended);
    measured(&run)
}

#[test]
fn the_uncertainty_of_both_stamps_enters_an_interval() {
    let done = || StepOutcome::Done;
    assert_eq!(
        interval(4_900_000_000, 100_000_000, "world", done()).verdict,
        Verdict::Pass
    );
    let near = interval(4_900_000_000, 100_000_001, "world", done());
    assert_eq!(
        (near.verdict, near.simple),
        (Verdict::Inconclusive, Verdict::Pass)
    );
    assert!(near.open.unwrap().en.contains("uncertainty"));
    assert_eq!(
        interval(5_200_000_000, 100_000_000, "world", done()).verdict,
        Verdict::Fail
    );
}

#[test]
fn intervals_of_two_clocks_or_of_an_unmet_step_do_not_count() {
    let two = interval(1, 0, "terminal", StepOutcome::Done);
    assert_eq!((two.verdict, two.n), (Verdict::Inconclusive, 0));
    assert!(
        two.open
            .unwrap()
            .en
            .contains("two clocks (world, terminal)")
    );
    assert_eq!(
        interval(1, 0, "world", unmet()).verdict,
        Verdict::Inconclusive
    );
    assert_eq!(interval(-10, 0, "world", StepOutcome::Done).n, 0);
}

#[test]
fn success_is_bounded_exactly() {
    let of = |n: u32, k: u32| {
        let of = json!({"success": {"step": "a"}});
        let spec = spec("%", of, json!({"at_least": "90 %"}), json!(null), "guarded");
        let mut run = run(json!({}), spec, &[json!({"id": "a"})], n);
        for trial in 1..=n {
            let (outcome, ended) = if trial <= k {
                (
                    unmet(),
                    TrialOutcome::Unmet {
                        step: "steps[0]".into(),
                    },
                )
            } else {
                (StepOutcome::Done, TrialOutcome::Completed)
            };
            run.start(trial, 1)
                .step((trial, 1), 0, outcome, ("w", 0, 0), json!({}))
                .end(trial, 1, ended);
        }
        measured(&run)
    };
    assert_eq!(of(29, 0).verdict, Verdict::Pass);
    assert_eq!(
        of(28, 0).open.unwrap().en,
        "1 more trials (if violations stay at 0)"
    );
    assert_eq!(of(20, 10).verdict, Verdict::Fail);
    assert_eq!(
        (of(20, 10).estimate, of(1, 0).verdict),
        (Some(50.0), Verdict::Inconclusive)
    );
}

#[test]
fn shuffled_digits_are_uniform_and_a_fixed_layout_is_not() {
    let spec = || {
        let of = json!({"uniformity": {"step": "a", "field": "r"}});
        spec("%", of, json!({"at_least": "0.1 %"}), json!(null), "simple")
    };
    let shifted: Vec<Value> = (0..40)
        .map(|i| {
            json!(
                (0..10)
                    .map(|j| char::from(b'0' + (i + j) % 10))
                    .collect::<String>()
            )
        })
        .collect();
    let fair = readings(spec(), &shifted);
    assert_eq!((fair.verdict, fair.estimate), (Verdict::Pass, Some(100.0)));
    assert_eq!(
        readings(spec(), &vec![json!("1234567890"); 40]).verdict,
        Verdict::Fail
    );
    assert_eq!(
        readings(spec(), &shifted[..5]).verdict,
        Verdict::Inconclusive
    );
    assert_eq!(
        readings(spec(), &[json!("12"), json!("123")]).verdict,
        Verdict::Inconclusive
    );
}

#[test]
fn different_layouts_are_counted() {
    let of = |limit, n: u32, different: u32| {
        let spec = spec(
            "count",
            json!({"distinct": {"step": "a", "field": "r"}}),
            limit,
            json!(null),
            "simple",
        );
        let values: Vec<_> = (0..n)
            .map(|i| json!(format!("{}", i % different)))
            .collect();
        readings(spec, &values).verdict
    };
    let least = || json!({"at_least": "20 count"});
    assert_eq!(of(least(), 40, 20), Verdict::Pass);
    assert_eq!(of(least(), 40, 19), Verdict::Fail);
    assert_eq!(of(least(), 19, 19), Verdict::Inconclusive);
    assert_eq!(of(json!({"at_most": "1 count"}), 3, 2), Verdict::Fail);
    assert_eq!(
        of(json!({"at_most": "1 count"}), 1, 1),
        Verdict::Inconclusive
    );
}

#[test]
fn only_the_first_ended_attempt_counts() {
    let spec = || {
        spec(
            "px",
            reading(),
            json!({"at_least": "640 px"}),
            json!(null),
            "simple",
        )
    };
    let mut run = run(json!({}), spec(), &[json!({"id": "a"})], 1);
    run.start(1, 1)
        .step((1, 1), 0, StepOutcome::Done, ("w", 0, 0), json!({"r": 1}));
    assert_eq!(measured(&run).verdict, Verdict::NotTested);
    run.push(crate::event::Event::TrialAbandoned {
        trial: "s#1".into(),
        attempt: 1,
        why: "killed".into(),
    });
    run.start(1, 2)
        .step((1, 2), 0, StepOutcome::Done, ("w", 0, 0), json!({"r": 640}));
    run.end(
        1,
        2,
        TrialOutcome::Error {
            step: String::new(),
            fault: fault(),
        },
    );
    assert_eq!(measured(&run).verdict, Verdict::Error);
    run.start(1, 3)
        .step((1, 3), 0, StepOutcome::Done, ("w", 0, 0), json!({"r": 640}));
    run.end(1, 3, TrialOutcome::Completed);
    assert_eq!(
        measured(&run).verdict,
        Verdict::Error,
        "a retry cleared an error"
    );
}

fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Inconclusive => 1,
        Verdict::Fail => 2,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn more_violations_never_improve_a_verdict(n in 1_usize..60, k in 0_usize..60) {
        let k = k.min(n - 1);
        for (statistic, rule) in [(json!({"percentile": "90 %"}), "guarded"), (json!({"percentile": "90 %"}), "simple"),
                                  (json!("each"), "guarded"), (json!("each"), "simple")] {
            let of = |k| {
                let spec = spec("s", reading(), json!({"at_most": "5 s"}), statistic.clone(), rule);
                badness(readings(spec, &numbers(n, 4.0, k, 6.0)).verdict)
            };
            prop_assert!(of(k) <= of(k + 1));
        }
    }
}
