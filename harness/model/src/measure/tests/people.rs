//! Trials of people: those who hang together, those who decline, and decisions that scores foretell.

use shinsa_stats::scores::{Direction, csv};

use super::*;

/// 60 accepted transactions of so many people.
fn by(people: u32, of: Value) -> Measurement {
    let spec = spec("%", of, json!({"at_least": "95 %"}), json!(null), "guarded");
    let mut run = run(json!({}), spec, &[json!({"id": "a"})], 60);
    for n in 1..=60 {
        let person = json!(format!("p{}", n % people));
        run.plan.trials[n as usize - 1]
            .parameters
            .insert("person".into(), person);
        run.start(n, 1);
        let read = json!({"screen": if n == 7 { "timeout" } else { "done" }});
        run.step((n, 1), 0, StepOutcome::Done, ("w", 0, 0), read);
        run.end(n, 1, TrialOutcome::Completed);
    }
    measured(&run)
}

/// 60 of 60 show 95 % when 60 people came once; three people who came twenty times do not (design effect 2.9).
#[test]
fn trials_of_one_person_hang_together() {
    let of = || json!({"success": {"step": "a", "subject": "person", "error_rate": "FRR", "no_response": ["timeout"]}});
    let many = by(60, of());
    assert_eq!(many.verdict, Verdict::Pass);
    assert_eq!(
        (many.error_rate.as_deref(), many.no_response),
        (Some("FRR"), Some(1))
    );
    let few = by(3, of());
    assert_eq!(few.verdict, Verdict::Inconclusive);
    let low = few.bounds.unwrap().0;
    // R: 100 * 0.05^(1/(60/2.9))
    assert!((low - 86.520_8).abs() < 1e-3, "{low}");
    assert!(few.open.unwrap().en.contains("of new subjects"));
    let pooled = by(3, json!({"success": {"step": "a"}}));
    assert_eq!(pooled.verdict, Verdict::Pass);
}

#[test]
fn who_declines_counts_for_nothing() {
    let of = json!({"success": {"step": "a"}});
    let spec = spec("%", of, json!({"at_least": "95 %"}), json!(null), "guarded");
    let mut run = run(json!({}), spec, &[json!({"id": "a"})], 61);
    for n in 1..=61 {
        run.start(n, 1);
        if n == 5 {
            let step = "setup[0]".into();
            run.end(n, 1, TrialOutcome::Declined { step });
            continue;
        }
        run.step((n, 1), 0, StepOutcome::Done, ("w", 0, 0), json!({}));
        run.end(n, 1, TrialOutcome::Completed);
    }
    let found = measured(&run);
    assert_eq!((found.verdict, found.n), (Verdict::Pass, 60));
    assert_eq!(found.open, None);
}

/// A trial with a score file; then `a` stands before the cards of `a` and `b`, and the reader shows `screens`.
fn decided(threshold: Option<f64>, screens: [&str; 2], outcome: StepOutcome) -> Measurement {
    let mut of = json!({"predicted": {"step": "d", "accepted": ["done"], "evaluation": "e", "margin": 0.05}});
    if threshold.is_some() {
        of["predicted"]["threshold"] = json!("threshold");
    }
    let spec = spec(
        "%",
        of,
        json!({"at_least": "100 %"}),
        json!(null),
        "guarded",
    );
    let steps = [
        json!({"id": "e"}),
        json!({"insert_card": {"card": "x"}}),
        json!({"present_face": {"subject": "a"}}),
        json!({"id": "d"}),
        json!({"insert_card": {"card": "y"}}),
        json!({"id": "d"}),
    ];
    let mut run = run(json!({}), spec, &steps, 1);
    let parameters = &mut run.plan.trials[0].parameters;
    parameters.extend(threshold.map(|value| ("threshold".to_owned(), json!(value))));
    run.start(1, 1);
    let reads = [
        json!({"threshold": 0.7}),
        json!({"subject": "a"}),
        json!({"subject": "a"}),
        json!({"screen": screens[0]}),
        json!({"subject": "b"}),
        json!({"screen": screens[1]}),
    ];
    for (n, read) in (0..).zip(reads) {
        let end = if n == 5 {
            outcome.clone()
        } else {
            StepOutcome::Done
        };
        run.step((1, 1), n, end, ("w", 0, 0), read);
        let Some(Event::StepEnded {
            observation: Some(observation),
            ..
        }) = run.records.last_mut().map(|record| &mut record.event)
        else {
            continue;
        };
        if n == 0 {
            observation.artefacts.push(Artefact {
                name: "scores".into(),
                sha256: "ab".into(),
                bytes: 1,
                media: crate::measure::accuracy::MEDIA.into(),
            });
        }
    }
    run.end(1, 1, TrialOutcome::Completed);
    let text =
        "reference,probe,attempt,score\na,a,1,0.9\na,a,2,0.92\nb,a,1,0.6\nb,b,1,0.9\na,b,1,0.1\n";
    let scores = csv::read(text.as_bytes(), Direction::Similarity, 1).unwrap();
    with_scores(&run, &BTreeMap::from([("ab".to_owned(), scores.into())]))
}

#[test]
fn decisions_must_be_as_the_scores_foretell() {
    let done = || StepOutcome::Done;
    let own = |screens| decided(None, screens, done()).verdict;
    assert_eq!(own(["done", "face-failed"]), Verdict::Pass);
    assert_eq!(own(["done", "done"]), Verdict::Fail);
    let under = |threshold, screens| decided(Some(threshold), screens, done());
    // Everybody below: the holder is now refused. An update that is ignored lets the holder in.
    assert_eq!(
        under(0.98, ["face-failed", "face-failed"]).verdict,
        Verdict::Pass
    );
    assert_eq!(under(0.98, ["done", "face-failed"]).verdict, Verdict::Fail);
    assert_eq!(under(0.5, ["done", "done"]).verdict, Verdict::Pass);
    // 0.93 is nearer to the holder's scores than the margin: only the stranger counts, whose decision does not change.
    let near = under(0.93, ["done", "face-failed"]);
    assert_eq!(near.verdict, Verdict::Inconclusive);
    assert!(
        near.open
            .unwrap()
            .en
            .contains("foretell a changed decision")
    );
}

#[test]
fn a_decision_that_was_not_seen_is_not_foretold() {
    let found = decided(None, ["done", "face-failed"], unmet());
    assert_eq!(found.verdict, Verdict::Inconclusive);
}
