//! How evidence combines, one case a rule.

// json!(…) literals read best handed over as they are.
#![allow(clippy::needless_pass_by_value)]

use serde_json::{Value, json};

use crate::event::{DocumentRecord, StepOutcome, TrialOutcome};
use crate::judge::sample::{Run, fault, item, run, unmet};
use crate::judge::{Head, judge};
use crate::verdict::{CriterionVerdict, Verdict};

fn verdicts(run: &Run) -> Vec<CriterionVerdict> {
    judge(
        &run.plan,
        &run.records,
        &Head {
            sum: "h".into(),
            lines: run.records.len() as u64,
        },
        &std::collections::BTreeMap::new(),
    )
    .criteria
}

fn verdict(run: &Run) -> Verdict {
    verdicts(run).remove(0).verdict
}

fn deciding(trials: u32) -> Run {
    run(
        json!({}),
        json!([]),
        &[
            json!({"id": "before"}),
            json!({"id": "a", "decides": ["1-1"]}),
        ],
        trials,
    )
}

fn trial(run: &mut Run, k: u32, steps: &[StepOutcome], end: TrialOutcome) {
    run.start(k, 1);
    for (i, outcome) in steps.iter().enumerate() {
        run.step((k, 1), i as u32, outcome.clone(), ("w", 0, 0), json!({}));
    }
    run.end(k, 1, end);
}

fn at(step: &str) -> TrialOutcome {
    TrialOutcome::Unmet { step: step.into() }
}

fn error(step: &str) -> TrialOutcome {
    TrialOutcome::Error {
        step: step.into(),
        fault: fault(),
    }
}

#[test]
fn a_deciding_step_decides() {
    let done = StepOutcome::Done;
    for (steps, end, expected) in [
        (
            vec![done.clone(), done.clone()],
            TrialOutcome::Completed,
            Verdict::Pass,
        ),
        (vec![done.clone(), unmet()], at("steps[1]"), Verdict::Fail),
        (vec![unmet()], at("steps[0]"), Verdict::Inconclusive),
        (
            vec![done.clone(), StepOutcome::Error(fault())],
            error("steps[1]"),
            Verdict::Error,
        ),
        (
            vec![done.clone(), done.clone()],
            error("teardown[0]"),
            Verdict::Error,
        ),
        (
            vec![done.clone()],
            TrialOutcome::Completed,
            Verdict::Inconclusive,
        ),
    ] {
        let mut run = deciding(1);
        trial(&mut run, 1, &steps, end.clone());
        assert_eq!(verdict(&run), expected, "{end:?}");
    }
}

#[test]
fn fail_beats_error_beats_inconclusive_and_all_trials_are_needed() {
    let done = StepOutcome::Done;
    let mut run = deciding(4);
    assert_eq!(verdict(&run), Verdict::NotTested);
    trial(
        &mut run,
        1,
        &[done.clone(), done.clone()],
        TrialOutcome::Completed,
    );
    assert_eq!(
        verdict(&run),
        Verdict::Inconclusive,
        "three trials were not run"
    );
    trial(&mut run, 2, &[unmet()], at("steps[0]"));
    assert_eq!(verdict(&run), Verdict::Inconclusive);
    trial(
        &mut run,
        3,
        &[done.clone(), StepOutcome::Error(fault())],
        error("steps[1]"),
    );
    assert_eq!(verdict(&run), Verdict::Error);
    trial(&mut run, 4, &[done, unmet()], at("steps[1]"));
    let said = verdicts(&run).remove(0);
    assert_eq!(said.verdict, Verdict::Fail);
    assert!(
        said.reason
            .en
            .contains("s#4: a not met: x: expected 1, observed 2"),
        "{}",
        said.reason.en
    );
}

#[test]
fn a_skipped_scenario_leaves_its_item_not_tested() {
    let mut run = deciding(0);
    run.plan.scenarios[0].skipped =
        Some(serde_json::from_value(json!({"ja": "ない", "en": "no finger"})).unwrap());
    let said = verdicts(&run).remove(0);
    assert_eq!(said.verdict, Verdict::NotTested);
    assert!(
        said.reason.en.contains("no evidence by test on the rig"),
        "{}",
        said.reason.en
    );
    assert!(said.open.iter().any(|open| open.en.contains("no finger")));
}

#[test]
fn an_attestation_is_not_a_test() {
    let ask = json!({"decides": ["1-1"], "ask": {"question": "q", "text": {"ja": "", "en": ""}, "role": "r", "kind": "yes-no"}});
    let of = |methods: Value| {
        let mut run = run(
            json!({"methods": methods}),
            json!([]),
            std::slice::from_ref(&ask),
            1,
        );
        trial(&mut run, 1, &[StepOutcome::Done], TrialOutcome::Completed);
        verdict(&run)
    };
    assert_eq!(of(json!(["attestation"])), Verdict::Pass);
    assert_eq!(
        of(json!(["attestation", "measurement"])),
        Verdict::Inconclusive
    );
    assert_eq!(of(json!(["test"])), Verdict::Pass);
}

/// An item decided by document `k`, whose version must be the engine's, read as `engine` in the run.
fn documentary(methods: Value, engine: Option<&str>) -> Run {
    let due = json!([{"kind": "k", "title": {"ja": "書", "en": "doc"}, "version_of": "engine"}]);
    let asks = json!({"manage": {"function": "version"}});
    let mut run = run(
        json!({"methods": methods, "documents": due}),
        json!([]),
        &[asks],
        1,
    );
    if let Some(engine) = engine {
        run.start(1, 1).step(
            (1, 1),
            0,
            StepOutcome::Done,
            ("w", 0, 0),
            json!({"engine": engine}),
        );
        run.end(1, 1, TrialOutcome::Completed);
    }
    run
}

#[test]
fn a_document_must_be_whole_current_reviewed_and_about_this_version() {
    let of = |engine, change: fn(&mut DocumentRecord)| {
        let mut run = documentary(json!(["document"]), engine);
        run.document(change);
        verdict(&run)
    };
    let right = Some("1.0.0");
    let unreviewed: fn(&mut DocumentRecord) = |d| {
        d.review = String::new();
        d.reviewer = String::new();
    };
    for (engine, change, expected) in [
        (
            right,
            (|_| {}) as fn(&mut DocumentRecord),
            Verdict::Reviewed,
        ),
        (right, unreviewed, Verdict::Submitted),
        (right, |d| d.review = "rejected".into(), Verdict::Fail),
        (
            right,
            |d| d.expires = "2026-11-19".into(),
            Verdict::Inconclusive,
        ),
        (
            right,
            |d| d.expires = "2026-11-20".into(),
            Verdict::Reviewed,
        ),
        (right, |d| d.expires = String::new(), Verdict::Reviewed),
        (right, |d| d.expires = "soon".into(), Verdict::Inconclusive),
        (
            right,
            |d| d.issued = "2026-11-21".into(),
            Verdict::Inconclusive,
        ),
        (
            right,
            |d| d.sha256_found = "bb".into(),
            Verdict::Inconclusive,
        ),
        (
            right,
            |d| d.sha256_found = String::new(),
            Verdict::Inconclusive,
        ),
        (right, |d| d.version = String::new(), Verdict::Inconclusive),
        (Some("1.0.1"), |_| {}, Verdict::Inconclusive),
        (None, |_| {}, Verdict::Inconclusive),
        (
            right,
            |d| d.document_kind = "other".into(),
            Verdict::Inconclusive,
        ),
        (
            right,
            |d| d.criteria = vec!["9-9".into()],
            Verdict::Inconclusive,
        ),
    ] {
        assert_eq!(of(engine, change), expected);
    }
    assert_eq!(
        verdict(&documentary(json!(["document"]), right)),
        Verdict::NotTested,
        "no store was handed in"
    );
}

#[test]
fn the_latest_edition_of_a_document_counts_and_the_earlier_is_kept() {
    let mut run = documentary(json!(["document"]), Some("1.0.0"));
    run.document(|d| d.issued = "2026-05-01".into())
        .document(|d| d.review = "rejected".into());
    let said = verdicts(&run).remove(0);
    assert_eq!((said.verdict, said.documents.len()), (Verdict::Reviewed, 2));
}

#[test]
fn a_document_alone_is_half_of_a_mixed_item() {
    let mut run = documentary(json!(["document", "measurement"]), Some("1.0.0"));
    assert_eq!(verdict(&run), Verdict::NotTested);
    run.document(|_| {});
    assert_eq!(verdict(&run), Verdict::Inconclusive);
}

#[test]
fn an_item_rests_on_others_through_chains_and_circles() {
    let of = |depends: [&[&str]; 3], pass: bool| {
        let mut run = deciding(1);
        run.plan.criteria = (0..3)
            .map(|i| {
                let id = format!("1-{}", i + 1);
                serde_json::from_value(item(&id, json!({"depends_on": depends[i]}))).unwrap()
            })
            .collect();
        run.plan.scenarios[0].criteria = vec!["1-1".into(), "1-2".into(), "1-3".into()];
        run.plan.trials[0].steps[0].step.decides = vec!["1-3".into()];
        run.plan.trials[0].steps[1].step.decides = vec!["1-1".into(), "1-2".into()];
        let first = if pass { StepOutcome::Done } else { unmet() };
        trial(
            &mut run,
            1,
            &[first, StepOutcome::Done],
            TrialOutcome::Completed,
        );
        verdicts(&run)
            .iter()
            .map(|said| said.verdict)
            .collect::<Vec<_>>()
    };
    let chain: [&[&str]; 3] = [&["1-2"], &["1-3"], &[]];
    assert_eq!(of(chain, true), [Verdict::Pass; 3]);
    assert_eq!(
        of(chain, false),
        [Verdict::Inconclusive, Verdict::Inconclusive, Verdict::Fail]
    );
    assert_eq!(of([&["1-2"], &["1-1"], &[]], true), [Verdict::Pass; 3]);
    assert_eq!(of([&["9-9"], &[], &[]], true)[0], Verdict::Inconclusive);
}

/// Trial endings from good to bad: met, not run, precondition not met, error, not met.
fn ending(run: &mut Run, k: u32, kind: u8) {
    let done = StepOutcome::Done;
    match kind {
        0 => trial(run, k, &[done.clone(), done], TrialOutcome::Completed),
        1 => {}
        2 => trial(run, k, &[unmet()], at("steps[0]")),
        3 => trial(
            run,
            k,
            &[done, StepOutcome::Error(fault())],
            error("steps[1]"),
        ),
        _ => trial(run, k, &[done, unmet()], at("steps[1]")),
    }
}

proptest::proptest! {
    #[test]
    fn a_worse_trial_never_improves_a_verdict(kinds in proptest::collection::vec(0_u8..5, 1..6), place in 0_usize..6) {
        let of = |kinds: &[u8]| {
            let mut run = deciding(kinds.len() as u32);
            for (i, kind) in kinds.iter().enumerate() {
                ending(&mut run, i as u32 + 1, *kind);
            }
            verdict(&run)
        };
        let mut worse = kinds.clone();
        let place = place % kinds.len();
        worse[place] = 4;
        proptest::prop_assert_eq!(of(&worse), Verdict::Fail);
        let said = of(&kinds);
        proptest::prop_assert_eq!(said == Verdict::Pass, kinds.iter().all(|kind| *kind == 0));
        proptest::prop_assert_eq!(said == Verdict::NotTested, kinds.iter().all(|kind| *kind == 1));
        proptest::prop_assert_eq!(said == Verdict::Fail, kinds.contains(&4));
    }
}
