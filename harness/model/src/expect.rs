//! Expectations: does an observation hold what a step expects?
//!
//! Pure and complete: lists everything that does not hold. Called by the runner right after a step (its answer is
//! journaled as the step's outcome), and by `check` before anything runs. Must not read devices, nor decide about conformity: that is `decide`.

use serde_json::Value;

use crate::observation::Observation;
use crate::scenario::{Compare, Expect, Step};

/// Longest excerpt of a reading in a message, characters.
const EXCERPT: usize = 120;

/// What of the step's expectations does not hold, one sentence each; empty when all hold.
///
/// Includes the implicit expectations: `wait_screen` stands on one of the screens named, `stay_on_screen` stayed.
/// A reading that is absent never holds.
pub fn unmet(step: &Step, observation: &Observation) -> Vec<String> {
    let read = |name: &str| observation.value.get(name);
    let mut lines = Vec::new();
    if let Some(wait) = &step.wait_screen {
        let wanted = wait.screen.list();
        if !read("screen")
            .and_then(Value::as_str)
            .is_some_and(|seen| wanted.contains(&seen))
        {
            lines.push(format!(
                "screen: expected {}, {}",
                wanted.join(" or "),
                seen(read("screen"))
            ));
        }
    }
    if let Some(stay) = &step.stay_on_screen
        && read("stayed") != Some(&Value::Bool(true))
    {
        lines.push(format!(
            "screen: expected to stay on {}, {}",
            stay.screen,
            seen(read("screen"))
        ));
    }
    if step.consent.is_some() && read("consented") != Some(&Value::Bool(true)) {
        lines.push(format!(
            "consented: expected true, {}",
            seen(read("consented"))
        ));
    }
    // Read only where a person leads people before the reader.
    if step.present_face.is_some() && read("presented") == Some(&Value::Bool(false)) {
        lines.push("presented: expected true, observed false".into());
    }
    for (name, expect) in &step.expect {
        for wanted in broken(expect, read(name)) {
            lines.push(format!("{name}: expected {wanted}, {}", seen(read(name))));
        }
    }
    lines
}

/// Does everything that does not hold lack its very reading? Then nothing was seen that could be held against the DUT.
pub fn unread(step: &Step, observation: &Observation) -> bool {
    let read = |name: &str| observation.value.get(name);
    let mut absent = Vec::new();
    if step.wait_screen.is_some() {
        absent.push(read("screen").is_none());
    }
    if step.stay_on_screen.is_some() && read("stayed") != Some(&Value::Bool(true)) {
        absent.push(read("stayed").is_none());
    }
    for (name, expect) in &step.expect {
        if !broken(expect, read(name)).is_empty() {
            absent.push(read(name).is_none());
        }
    }
    !absent.is_empty() && absent.into_iter().all(|absent| absent)
}

/// Could this value be what is expected?
pub fn holds(expect: &Expect, value: &Value) -> bool {
    broken(expect, Some(value)).is_empty()
}

/// The comparisons that do not hold, in words.
fn broken(expect: &Expect, value: Option<&Value>) -> Vec<String> {
    match expect {
        Expect::Equals(wanted) => {
            let holds = value.is_some_and(|value| same(value, wanted));
            if holds {
                Vec::new()
            } else {
                vec![excerpt(wanted)]
            }
        }
        Expect::Compare(compare) => comparisons(compare, value),
    }
}

fn comparisons(compare: &Compare, value: Option<&Value>) -> Vec<String> {
    let mut broken = Vec::new();
    let mut named = 0;
    let mut need = |holds: bool, words: String| {
        named += 1;
        if !holds {
            broken.push(words);
        }
    };
    let number = value.and_then(Value::as_f64);
    if let Some(wanted) = &compare.equals {
        need(value.is_some_and(|v| same(v, wanted)), excerpt(wanted));
    }
    if let Some(other) = &compare.differs_from {
        need(
            value.is_some_and(|v| !same(v, other)),
            format!("anything but {}", excerpt(other)),
        );
    }
    if let Some(least) = compare.at_least {
        need(
            number.is_some_and(|n| n >= least),
            format!("a number of at least {least}"),
        );
    }
    if let Some(most) = compare.at_most {
        need(
            number.is_some_and(|n| n <= most),
            format!("a number of at most {most}"),
        );
    }
    if let Some(any) = &compare.one_of {
        let list: Vec<_> = any.iter().map(excerpt).collect();
        need(
            value.is_some_and(|v| any.iter().any(|wanted| same(v, wanted))),
            format!("one of {}", list.join(", ")),
        );
    }
    if let Some(part) = &compare.contains {
        need(
            value.and_then(|v| holds_part(v, part)) == Some(true),
            format!("to contain {}", excerpt(part)),
        );
    }
    if let Some(part) = &compare.lacks {
        need(
            value.and_then(|v| holds_part(v, part)) == Some(false),
            format!("to lack {}", excerpt(part)),
        );
    }
    if named == 0 {
        broken.push("a comparison, but none is named (write for example `equals: …`)".into());
    }
    broken
}

/// Numbers compare as numbers (3 equals 3.0), lists element by element; nothing else is converted.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        _ => left == right,
    }
}

/// Text holds a part, or list holds an element; `None` where the question makes no sense.
fn holds_part(value: &Value, part: &Value) -> Option<bool> {
    match (value, part) {
        (Value::String(text), Value::String(part)) => Some(text.contains(part.as_str())),
        (Value::Array(list), part) => Some(list.iter().any(|element| same(element, part))),
        _ => None,
    }
}

fn seen(value: Option<&Value>) -> String {
    value.map_or_else(
        || "nothing was read".into(),
        |value| format!("observed {}", excerpt(value)),
    )
}

fn excerpt(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(EXCERPT) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::observation::Stamp;

    fn observed(value: Value) -> Observation {
        let value: BTreeMap<String, Value> = serde_json::from_value(value).unwrap();
        let at = Stamp {
            clock: "world".into(),
            ns: 0,
            half_width_ns: 0,
        };
        Observation {
            instrument: "test".into(),
            at,
            value,
            artefacts: vec![],
        }
    }

    fn check(step: Value, value: Value, expected: &[&str]) {
        let step: Step = serde_json::from_value(step).unwrap();
        assert_eq!(unmet(&step, &observed(value)), expected);
    }

    #[test]
    fn each_comparison_can_hold_and_break() {
        for (expect, good, bad) in [
            (json!(true), json!(true), json!("true")),
            (json!({"equals": 3}), json!(3.0), json!(4)),
            (json!({"differs_from": "a"}), json!("b"), json!("a")),
            (json!({"at_least": 2}), json!(2), json!(1.99)),
            (json!({"at_most": 2}), json!(2), json!("1")),
            (json!({"one_of": ["a", 1]}), json!(1.0), json!("b")),
            (
                json!({"contains": "元"}),
                json!("令和元年"),
                json!("令和1年"),
            ),
            (json!({"contains": 2}), json!([1, 2]), json!([1])),
            (json!({"lacks": "x"}), json!("abc"), json!("x")),
            (json!({"lacks": "x"}), json!(["y"]), json!(7)),
            (json!([1, 2]), json!([1.0, 2]), json!([2, 1])),
        ] {
            let step: Step = serde_json::from_value(json!({"expect": {"r": expect}})).unwrap();
            assert_eq!(
                unmet(&step, &observed(json!({"r": good}))),
                Vec::<String>::new(),
                "{expect}"
            );
            assert_eq!(
                unmet(&step, &observed(json!({"r": bad}))).len(),
                1,
                "{expect}"
            );
            assert_eq!(
                unmet(&step, &observed(json!({}))).len(),
                1,
                "{expect} holds on nothing"
            );
        }
    }

    #[test]
    fn a_range_names_the_broken_end_only() {
        check(
            json!({"expect": {"t": {"at_least": 1, "at_most": 2}}}),
            json!({"t": 2.5}),
            &["t: expected a number of at most 2, observed 2.5"],
        );
        check(
            json!({"expect": {"t": {}}}),
            json!({"t": 1}),
            &[
                "t: expected a comparison, but none is named (write for example `equals: …`), observed 1",
            ],
        );
    }

    #[test]
    fn screens_are_expected_without_saying_so() {
        let wait = json!({"wait_screen": {"screen": ["done", "error"]}});
        check(wait.clone(), json!({"screen": "error"}), &[]);
        check(
            wait,
            json!({"screen": "unknown"}),
            &["screen: expected done or error, observed \"unknown\""],
        );
        let stay = json!({"stay_on_screen": {"screen": "pin", "for": "1 s"}});
        check(stay.clone(), json!({"stayed": true}), &[]);
        check(
            stay,
            json!({}),
            &["screen: expected to stay on pin, nothing was read"],
        );
    }

    #[test]
    fn what_was_not_read_is_told_from_what_was_wrong() {
        let step: Step =
            serde_json::from_value(json!({"expect": {"ok": true, "result": "ok"}})).unwrap();
        let unread = |value| unread(&step, &observed(value));
        assert!(unread(json!({"ok": true})));
        assert!(!unread(json!({"ok": false})));
        assert!(!unread(json!({"ok": true, "result": "failed"})));
    }

    #[test]
    fn long_readings_are_cut_between_characters() {
        let step: Step = serde_json::from_value(json!({"expect": {"t": "x"}})).unwrap();
        let line = &unmet(&step, &observed(json!({"t": "漢".repeat(5_000)})))[0];
        assert!(line.chars().count() < 200 && line.ends_with('…'), "{line}");
    }
}
