//! Sample evidence of a small run, for the tests and the golden report: made by hand, no real device, no person.

use serde_json::{Value, json};
use shinsa_model::event::Record;
use shinsa_model::plan::Plan;
use shinsa_model::verdict::Judgement;

/// A run: its plan, journal and judgement.
pub struct Sample {
    /// Plan.
    pub plan: Plan,
    /// Journal.
    pub records: Vec<Record>,
    /// Judgement.
    pub judgement: Judgement,
}

fn text(ja: &str) -> Value {
    json!({"ja": ja, "en": format!("{ja} (en)")})
}

/// A sample whose free texts hold `evil` and whose face scenario has `trials` trials.
pub fn sample(trials: u32, evil: &str) -> Sample {
    let verdicts = [
        "pass",
        "fail",
        "inconclusive",
        "error",
        "not-tested",
        "submitted",
        "reviewed",
        "not-applicable",
    ];
    let ids = ["1-9", "3-12", "3-23", "3-10", "3-16", "4-1", "3-22", "1-13"];
    let class = |id: &str| match id.as_bytes()[0] {
        b'1' => "device",
        b'3' => "software",
        _ => "manufacture",
    };
    let criteria: Vec<Value> = ids.iter().map(|id| json!({
        "id": id, "title": text(&format!("項目 {id} {evil}")), "requirement": text(&format!("要件の文 {evil}")), "class": class(id),
        "obligation": "mandatory", "methods": ["test"], "limit": null, "rule": "guarded", "confidence": "95 %",
        "documents": [], "depends_on": [], "note": null, "edition": "reader-1.2"
    })).collect();
    let plan = json!({
        "format": 1, "rig": "virtual", "place": format!("試験室 {evil}"), "dut": format!("見本社 R-1 {evil}"), "seed": 7, "max_trials": 3,
        "inputs": [{"path": "scenarios/criteria/reader-1.2.yaml", "role": "criteria", "sha256": "ab".repeat(32)}],
        "criteria": criteria,
        "scenarios": [
            {"id": "face", "title": text("顔認証 5 秒以内"), "criteria": ["3-23", "3-12"], "requires": ["screen"], "skipped": null, "measurements": [{
                "name": "time", "title": text("所要時間"), "criterion": "3-23", "unit": "s", "of": {"interval": {"from": "a", "to": "b"}},
                "limit": {"at_most": "5 s"}, "statistic": {"percentile": "95 %"}, "rule": "guarded", "confidence": "95 %"}]},
            {"id": "power", "title": text("電源"), "criteria": ["3-10"], "requires": ["power"], "measurements": [], "skipped": text("能力 power が無い")}
        ],
        "trials": (1..=trials).map(|k| json!({"id": format!("face#{k}"), "scenario": "face", "parameters": {}, "seed": k,
            "steps": [{"path": "steps[0]", "occurrence": 0, "phase": "steps", "step": {"id": "done-screen", "decides": ["3-12"], "wait_screen": {"screen": "done"}}}]})).collect::<Vec<_>>()
    });
    let measurement = json!({"id": "face/time", "title": text("所要時間"), "unit": "s", "n": trials, "estimate": 4.2, "bounds": [3.9, 5.1],
        "confidence": 0.95, "limit": "≤ 5 s (95 % of transactions) ± 0.02 s", "rule": "guarded", "verdict": "inconclusive", "simple": "pass",
        "open": text("あと 59 回の試行"), "evidence": (0..u64::from(trials)).collect::<Vec<_>>(),
        "values": (0..trials).map(|k| 3.6 + f64::from(k * 7 % 13) / 10.0).collect::<Vec<_>>()});
    let judgement = json!({"format": 1, "run": "sample", "journal_head": "cd".repeat(32), "journal_lines": 4 + u64::from(trials) * 3, "plan_sha256": "ef".repeat(32),
        "simulated": true, "complete": true, "overall": "fail",
        "criteria": ids.iter().zip(verdicts).map(|(id, verdict)| json!({"criterion": id, "verdict": verdict, "reason": text(&format!("理由 {verdict} {evil}")),
            "open": if *id == "3-23" { json!([text("試行が足りない")]) } else { json!([]) },
            "measurements": if *id == "3-23" { json!([measurement]) } else { json!([]) },
            "documents": if *id == "4-1" { json!([{"kind": "quality-manual", "file": format!("a.pdf{evil}"), "sha256": "12".repeat(32), "verdict": "submitted", "reason": text("未審査"), "evidence": [2]}]) } else { json!([]) }
        })).collect::<Vec<_>>()});
    Sample {
        plan: of(plan),
        records: records(trials, evil),
        judgement: of(judgement),
    }
}

fn records(trials: u32, evil: &str) -> Vec<Record> {
    let mut events = vec![
        json!({"kind": "run-started", "format": 1, "run": "sample", "shinsa": "0.1.0", "plan_sha256": "ef".repeat(32), "seed": 7}),
        json!({"kind": "session-started", "boot": "b", "repaired_bytes": 0}),
        json!({"kind": "preflight", "driver": "world", "ready": true, "notes": [evil], "equipment": [{"service": "ScreenCamera", "make": "Shinsa", "model": "virtual world",
            "serial": "0", "firmware": "0.1.0", "calibration_due": "", "simulated": true}],
            "clock": {"clock": "world", "offset_ns": 12_345_678, "half_width_ns": 250_000, "at": {"clock": "harness", "ns": 1, "half_width_ns": 0}}}),
        json!({"kind": "trial-started", "trial": "face#1", "attempt": 1}),
        json!({"kind": "trial-abandoned", "trial": "face#1", "attempt": 1, "why": "process ended without a trial end"}),
    ];
    for k in 1..=trials {
        let (trial, attempt) = (format!("face#{k}"), if k == 1 { 2 } else { 1 });
        let bad = k == 2;
        events.push(json!({"kind": "trial-started", "trial": trial, "attempt": attempt}));
        events.push(json!({"kind": "step-ended", "trial": trial, "attempt": attempt, "step": "steps[0]", "occurrence": 0,
            "outcome": if bad { json!({"is": "unmet", "why": [format!("screen: expected done, observed error {evil}")]}) } else { json!({"is": "done"}) },
            "observation": {"instrument": "world", "at": {"clock": "world", "ns": 5, "half_width_ns": 1}, "value": {},
                "artefacts": [{"name": "screen done", "sha256": SCREEN_SHA256, "bytes": SCREEN.len(), "media": "image/png"}]}}));
        events.push(json!({"kind": "trial-ended", "trial": trial, "attempt": attempt,
            "outcome": if bad { json!({"is": "unmet", "step": "steps[0]"}) } else { json!({"is": "completed"}) }}));
    }
    events.push(json!({"kind": "run-ended"}));
    events.into_iter().enumerate().map(|(seq, event)| of(json!({"seq": seq, "session": 0, "t_ns": seq as u64 * 100_000_000, "wall": "2026-11-20T09:00:00+09:00", "event": event}))).collect()
}

/// A drawn screen: blocks of colour, no device's.
pub const SCREEN: &[u8] = include_bytes!("screen.png");
/// Their SHA-256.
pub const SCREEN_SHA256: &str = "038cfec4afde0c2c70d9877f314ecdc0fd7103b8701416e34a0168462277d7a3";

fn of<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("the sample follows the model")
}
