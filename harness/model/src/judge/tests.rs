//! The run as a whole: same bytes each time, and the worst mandatory item.

// json!(…) literals read best handed over as they are.
#![allow(clippy::needless_pass_by_value)]

use serde_json::json;

use super::sample::{Run, run, spec, unmet};
use super::{Head, exit_code, judge};
use crate::criterion::{CatalogueFile, Obligation};
use crate::event::{EquipmentRecord, Event, Preflight, StepOutcome, TrialOutcome};
use crate::verdict::{Judgement, Verdict};

fn judged(run: &Run) -> Judgement {
    judge(
        &run.plan,
        &run.records,
        &Head {
            sum: "h".into(),
            lines: 7,
        },
        &std::collections::BTreeMap::new(),
    )
}

fn one_trial(outcome: StepOutcome, end: TrialOutcome) -> Run {
    let mut run = run(json!({}), json!([]), &[json!({"decides": ["1-1"]})], 1);
    run.start(1, 1)
        .step((1, 1), 0, outcome, ("w", 0, 0), json!({}))
        .end(1, 1, end);
    run
}

#[test]
fn judging_twice_gives_the_same_bytes_also_after_reading_back() {
    let of = json!({"reading": {"step": "a", "field": "r"}});
    let spec = spec(
        "s",
        of,
        json!({"at_most": "5 s"}),
        json!({"percentile": "90 %"}),
        "guarded",
    );
    let mut run = run(json!({}), spec, &[json!({"id": "a"})], 40);
    for k in 1..=40 {
        run.reading(k, json!(f64::from(k) / 7.0));
    }
    let bytes = serde_json::to_vec(&judged(&run)).unwrap();
    assert_eq!(serde_json::to_vec(&judged(&run)).unwrap(), bytes);
    let stored: Vec<_> = run
        .records
        .iter()
        .map(|record| serde_json::to_string(record).unwrap())
        .collect();
    run.records = stored
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    run.plan = serde_json::from_slice(&serde_json::to_vec(&run.plan).unwrap()).unwrap();
    assert_eq!(serde_json::to_vec(&judged(&run)).unwrap(), bytes);
    let back: Judgement = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(serde_json::to_vec(&back).unwrap(), bytes);
}

#[test]
fn only_mandatory_items_fail_a_run() {
    let mut run = one_trial(
        unmet(),
        TrialOutcome::Unmet {
            step: "steps[0]".into(),
        },
    );
    assert_eq!(
        (judged(&run).overall, exit_code(judged(&run).overall)),
        (Verdict::Fail, 1)
    );
    run.plan.criteria[0].obligation = Obligation::Desirable;
    assert_eq!(
        (judged(&run).overall, exit_code(judged(&run).overall)),
        (Verdict::NotTested, 3)
    );
    let good = judged(&one_trial(StepOutcome::Done, TrialOutcome::Completed));
    assert_eq!(
        (good.overall, exit_code(good.overall), good.complete),
        (Verdict::Pass, 0, true)
    );
    assert_eq!(exit_code(Verdict::Error), 4);
}

#[test]
fn a_run_says_whose_it_is_whether_complete_and_whether_simulated() {
    let mut run = one_trial(StepOutcome::Done, TrialOutcome::Completed);
    run.records.pop();
    let cut = judged(&run);
    assert_eq!(
        (cut.complete, cut.simulated, cut.run.as_str()),
        (false, false, "run")
    );
    assert_eq!(
        (
            cut.journal_head.as_str(),
            cut.journal_lines,
            cut.plan_sha256.as_str()
        ),
        ("h", 7, "ab")
    );
    assert_eq!(cut.overall, Verdict::Inconclusive);
    let equipment = EquipmentRecord {
        service: "s".into(),
        make: String::new(),
        model: String::new(),
        serial: String::new(),
        firmware: String::new(),
        calibration_due: String::new(),
        simulated: true,
    };
    let preflight = Preflight {
        driver: "d".into(),
        ready: true,
        notes: vec![],
        equipment: vec![equipment],
        clock: None,
    };
    run.push(Event::Preflight(preflight));
    assert!(judged(&run).simulated);
}

#[test]
fn an_empty_journal_is_not_tested() {
    let mut run = one_trial(StepOutcome::Done, TrialOutcome::Completed);
    run.records.clear();
    let nothing = judged(&run);
    assert_eq!(
        (nothing.overall, nothing.complete),
        (Verdict::NotTested, false)
    );
    run.plan.criteria.clear();
    assert_eq!(judged(&run).overall, Verdict::NotTested);
}

/// The shipped catalogue holds all 63 items, and names documents wherever documents decide.
#[test]
fn the_shipped_catalogues_are_whole() {
    let read = |name: &str| -> CatalogueFile {
        let path = format!(
            "{}/../../scenarios/criteria/{name}",
            env!("CARGO_MANIFEST_DIR")
        );
        serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let catalogue = read("reader-1.2.yaml");
    let chapters = [(1, 18), (2, 4), (3, 24), (4, 9), (5, 8)];
    let all: Vec<String> = chapters
        .iter()
        .flat_map(|&(c, n)| (1..=n).map(move |i| format!("{c}-{i}")))
        .collect();
    let ids: Vec<_> = catalogue
        .criteria
        .iter()
        .map(|entry| entry.id.clone())
        .collect();
    assert_eq!(ids, all);
    for entry in &catalogue.criteria {
        let by_document = entry
            .methods
            .as_ref()
            .unwrap()
            .contains(&crate::criterion::Method::Document);
        assert_eq!(by_document, entry.documents.is_some(), "{}", entry.id);
        for other in entry.depends_on.iter().flatten() {
            assert!(
                ids.contains(other) && *other != entry.id,
                "{} rests on {other}",
                entry.id
            );
        }
    }
    assert_eq!(read("example-lab-overlay.yaml").criteria.len(), 3);
}

/// One rejection in 200: the measurement counts it, and 95 % is shown all the same; the item is not left open for it.
#[test]
fn failures_that_a_measurement_counts_are_no_gaps() {
    let of = json!({"success": {"step": "a"}});
    let spec = spec("%", of, json!({"at_least": "95 %"}), json!(null), "guarded");
    let mut run = run(json!({}), spec, &[json!({"id": "a"})], 200);
    for n in 1..=200 {
        let (outcome, end) = if n == 77 {
            let step = "steps[0]".into();
            (unmet(), TrialOutcome::Unmet { step })
        } else {
            (StepOutcome::Done, TrialOutcome::Completed)
        };
        run.start(n, 1)
            .step((n, 1), 0, outcome, ("w", 0, 0), json!({}))
            .end(n, 1, end);
    }
    assert_eq!(judged(&run).criteria[0].verdict, Verdict::Pass);
}
