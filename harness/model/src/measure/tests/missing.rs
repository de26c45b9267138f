//! What was planned and has no reading is never silent: no `pass`, and the words name the trials.

use super::*;
use crate::judge::{Head, judge};
use crate::verdict::CriterionVerdict;

/// The ends of `scenarios/certification/3-16-wiping.yaml`.
const ENDS: [&str; 11] = [
    "end-face-pulled",
    "end-face-cancelled",
    "end-face-failed",
    "end-face",
    "end-chip-pulled",
    "end-pin",
    "end-pin-cancelled",
    "end-pin-wrong",
    "end-pin-pulled",
    "end-timeout",
    "end-back-end-error",
];

/// As that scenario is: the end is brought about, then a search counts; one trial an end. `without`: ends whose wait timed out;
/// `unread`: ends after which not everything could be searched, so that a count of nothing is no reading.
fn wiped(without: &[&str], unread: &[&str]) -> Run {
    let measurement = spec(
        "count",
        json!({"reading": {"step": "at-once", "field": "memory_findings"}}),
        json!({"at_most": "0 count"}),
        json!(null),
        "simple",
    );
    let steps = [
        json!({"wait_screen": {"screen": "face"}}),
        json!({"id": "at-once"}),
    ];
    let mut run = run(json!({}), measurement, &steps, 11);
    for (trial, (number, end)) in run.plan.trials.iter_mut().zip((1..).zip(ENDS)) {
        assert_eq!(trial.id, format!("s#{number}"));
        trial.parameters.insert("person".into(), json!("f0600"));
        trial.parameters.insert("end".into(), json!(end));
    }
    for (number, end) in (1..).zip(ENDS) {
        let at = ("w", 0, 0);
        let key = (number, 1);
        run.start(number, 1);
        if without.contains(&end) {
            run.step(key, 0, unmet(), at, json!({}));
            let step = "steps[0]".into();
            run.end(number, 1, TrialOutcome::Unmet { step });
            continue;
        }
        let found = if unread.contains(&end) {
            let place =
                json!({"target": "software", "place": "[heap]", "why": "permission denied"});
            json!({"places_not_searched": [place]})
        } else {
            json!({"memory_findings": 0})
        };
        run.step(key, 0, StepOutcome::Done, at, json!({}));
        run.step(key, 1, StepOutcome::Done, at, found);
        run.end(number, 1, TrialOutcome::Completed);
    }
    run
}

fn decided(run: &Run) -> CriterionVerdict {
    let head = Head {
        sum: "h".into(),
        lines: run.records.len() as u64,
    };
    judge(&run.plan, &run.records, &head, &BTreeMap::new())
        .criteria
        .remove(0)
}

#[test]
fn all_ends_with_a_reading_pass() {
    let run = wiped(&[], &[]);
    assert_eq!(
        (measured(&run).verdict, measured(&run).n),
        (Verdict::Pass, 11)
    );
    assert_eq!(decided(&run).verdict, Verdict::Pass);
}

/// Each end by itself: without it there is no `pass`, and both the measurement and the item's verdict name it.
#[test]
fn an_end_without_a_reading_is_named() {
    for end in ENDS {
        for run in [wiped(&[end], &[]), wiped(&[], &[end])] {
            let measured = measured(&run);
            assert_eq!(
                (measured.verdict, measured.n),
                (Verdict::Inconclusive, 10),
                "{end}"
            );
            let open = measured.open.unwrap();
            assert!(open.ja.contains(end) && open.en.contains(end), "{open:?}");
            let decided = decided(&run);
            assert_eq!(decided.verdict, Verdict::Inconclusive, "{end}");
            assert!(
                decided.reason.ja.contains(end) && decided.reason.en.contains(end),
                "{decided:?}"
            );
        }
    }
}

/// Who reads the verdict need not look into the journal for what to do.
#[test]
fn what_could_not_be_looked_at_is_told() {
    let open = measured(&wiped(&[], &ENDS[3..4])).open.unwrap();
    let place = "software [heap] permission denied";
    assert!(
        open.ja.contains(place) && open.en.contains(place),
        "{open:?}"
    );
}

#[test]
fn all_ends_without_a_reading_are_named() {
    let open = measured(&wiped(&ENDS[..6], &ENDS[6..])).open.unwrap().en;
    assert!(ENDS.iter().all(|end| open.contains(end)), "{open}");
    assert!(!open.contains("f0600"), "{open}");
}

/// Of hundreds of people only the first are named, and how many more.
#[test]
fn a_long_list_is_cut() {
    let of = json!({"reading": {"step": "a", "field": "r"}});
    let spec = spec(
        "count",
        of,
        json!({"at_most": "0 count"}),
        json!(null),
        "simple",
    );
    let mut run = run(json!({}), spec, &[json!({"id": "a"})], 300);
    for number in 1..=300 {
        run.start(number, 1);
        run.step((number, 1), 0, StepOutcome::Done, ("w", 0, 0), json!({}));
        run.end(number, 1, TrialOutcome::Completed);
    }
    let open = measured(&run).open.unwrap().en;
    assert!(
        open.contains("300 values do not count (no reading ×300: s#1, s#2,"),
        "{open}"
    );
    assert!(open.contains("s#12, and 288 more"), "{open}");
}
