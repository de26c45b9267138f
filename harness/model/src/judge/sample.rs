//! Sample plans and journals for the tests of measure, decide and judge. Test code only.

// json!(…) literals read best handed over as they are.
#![allow(clippy::needless_pass_by_value)]

use serde_json::{Value, json};

use crate::event::{DocumentRecord, Event, Fault, FaultKind, Record, StepOutcome, TrialOutcome};
use crate::observation::{Observation, Stamp};
use crate::plan::Plan;

/// A run under construction: one scenario `s` that serves item `1-1`.
pub struct Run {
    pub plan: Plan,
    pub records: Vec<Record>,
}

/// A plan with one criterion (fields overridden by `criterion`), the measurements and steps given, and `trials` trials.
pub fn run(criterion: Value, measurements: Value, steps: &[Value], trials: u32) -> Run {
    let planned: Vec<Value> = steps
        .iter()
        .enumerate()
        .map(|(i, step)| json!({"path": format!("steps[{i}]"), "occurrence": 0, "phase": "steps", "step": step}))
        .collect();
    let trials: Vec<Value> = (1..=trials)
        .map(|k| json!({"id": format!("s#{k}"), "scenario": "s", "parameters": {}, "seed": k, "steps": planned}))
        .collect();
    let plan = json!({
        "format": 1, "rig": "r", "place": "p", "dut": "d", "seed": 1, "inputs": [], "max_trials": null,
        "criteria": [item("1-1", criterion)],
        "scenarios": [{"id": "s", "title": words(), "criteria": ["1-1"], "measurements": measurements, "requires": [], "skipped": null}],
        "trials": trials,
    });
    let mut run = Run {
        plan: serde_json::from_value(plan).unwrap(),
        records: vec![],
    };
    run.push(Event::RunStarted {
        format: 1,
        run: "run".into(),
        shinsa: "0".into(),
        plan_sha256: "ab".into(),
        seed: 1,
    });
    run
}

/// A criterion with sensible defaults.
pub fn item(id: &str, changes: Value) -> Value {
    let mut item = json!({
        "id": id, "title": words(), "requirement": words(), "class": "device", "obligation": "mandatory",
        "methods": ["test"], "limit": null, "rule": "guarded", "confidence": "95 %", "documents": [],
        "depends_on": [], "note": null, "edition": "e",
    });
    for (name, value) in changes.as_object().unwrap() {
        item[name] = value.clone();
    }
    item
}

pub fn words() -> Value {
    json!({"ja": "名", "en": "name"})
}

/// A measurement `m` of item 1-1.
pub fn spec(unit: &str, of: Value, limit: Value, statistic: Value, rule: &str) -> Value {
    json!([{"name": "m", "title": words(), "criterion": "1-1", "unit": unit, "of": of, "limit": limit,
            "statistic": statistic, "rule": rule, "confidence": "95 %"}])
}

pub fn fault() -> Fault {
    Fault {
        kind: FaultKind::Timeout,
        message: "late".into(),
        todo: "look".into(),
    }
}

pub fn unmet() -> StepOutcome {
    StepOutcome::Unmet {
        why: vec!["x: expected 1, observed 2".into()],
    }
}

impl Run {
    pub fn push(&mut self, event: Event) -> &mut Self {
        let seq = self.records.len() as u64;
        self.records.push(Record {
            seq,
            session: 0,
            t_ns: seq,
            wall: String::new(),
            event,
        });
        self
    }

    pub fn start(&mut self, trial: u32, attempt: u32) -> &mut Self {
        self.push(Event::TrialStarted {
            trial: format!("s#{trial}"),
            attempt,
        })
    }

    /// Ends step `i` of a trial, read by clock `clock` at `ns` ± `half`.
    pub fn step(
        &mut self,
        key: (u32, u32),
        i: u32,
        outcome: StepOutcome,
        at: (&str, i64, i64),
        value: Value,
    ) -> &mut Self {
        let at = Stamp {
            clock: at.0.into(),
            ns: at.1,
            half_width_ns: at.2,
        };
        let value = serde_json::from_value(value).unwrap();
        let observation = Some(Observation {
            instrument: "i".into(),
            at,
            value,
            artefacts: vec![],
        });
        let (trial, step) = (format!("s#{}", key.0), format!("steps[{i}]"));
        self.push(Event::StepEnded {
            trial,
            attempt: key.1,
            step,
            occurrence: 0,
            outcome,
            observation,
        })
    }

    pub fn end(&mut self, trial: u32, attempt: u32, outcome: TrialOutcome) -> &mut Self {
        self.push(Event::TrialEnded {
            trial: format!("s#{trial}"),
            attempt,
            outcome,
        })
    }

    /// One completed trial with one step that read `r`.
    pub fn reading(&mut self, trial: u32, r: Value) -> &mut Self {
        self.start(trial, 1).step(
            (trial, 1),
            0,
            StepOutcome::Done,
            ("world", 0, 0),
            json!({"r": r}),
        );
        self.end(trial, 1, TrialOutcome::Completed)
    }

    pub fn document(&mut self, change: impl FnOnce(&mut DocumentRecord)) -> &mut Self {
        let mut document = DocumentRecord {
            document_kind: "k".into(),
            file: "k.txt".into(),
            sha256_index: "aa".into(),
            sha256_found: "aa".into(),
            issued: "2026-01-01".into(),
            expires: "2026-12-31".into(),
            version: "1.0.0".into(),
            criteria: vec!["1-1".into()],
            reviewer: "reviewer".into(),
            review: "accepted".into(),
            today: "2026-11-20".into(),
            artefact: None,
        };
        change(&mut document);
        self.push(Event::Document(document))
    }
}
