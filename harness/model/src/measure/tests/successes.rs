//! Shares of trials that succeed.

use super::*;

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
