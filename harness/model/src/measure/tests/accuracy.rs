//! Error rates from score files.

use super::*;
use std::fmt::Write;

use shinsa_stats::scores::{Direction, csv};

/// A run whose one step stored a score file: a complete matrix with three genuine attempts, the first `bad` subjects never match.
fn evaluated(subjects: u32, bad: u32, of: Value, limit: &str) -> Measurement {
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
        let media = crate::measure::accuracy::MEDIA.into();
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
