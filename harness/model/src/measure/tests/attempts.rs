//! Which attempt of a trial counts.

use super::*;

#[test]
fn only_the_first_ended_attempt_counts() {
    let mut run = run(json!({}), at_least_640_px(), &[json!({"id": "a"})], 1);
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
