//! Times between two marks, with the uncertainty of both stamps.

use super::*;

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
