//! Steps: which verb needs which capability, and how parameters are filled in.

use std::collections::BTreeMap;

use serde_json::Value;

/// Every verb with the capabilities it needs on the rig.
pub const VERBS: &[(&str, &[&str])] = &[
    ("insert_card", &["card_feeder"]),
    ("remove_card", &["card_feeder"]),
    ("present_face", &["face_presenter"]),
    ("withdraw_face", &["face_presenter"]),
    ("touch", &["finger"]),
    ("enter_pin", &["finger", "screen", "pcsc"]),
    ("wait_screen", &["screen"]),
    ("stay_on_screen", &["screen"]),
    ("capture_screen", &["screen"]),
    ("read_text", &["screen", "text_reader"]),
    ("read_keypad", &["screen"]),
    ("card_status", &["pcsc"]),
    ("send_apdu", &["pcsc"]),
    ("read_retry_counter", &["pcsc"]),
    ("software", &["terminal"]),
    ("read_platform", &["terminal"]),
    ("collect", &["terminal"]),
    ("manage", &["management"]),
    ("set_back_end", &["back_end"]),
    ("read_back_end", &["back_end"]),
    ("ask", &["operator"]),
    ("consent", &["operator"]),
    ("evaluate_matcher", &["matcher", "face_library"]),
    ("power", &["power"]),
    ("read_environment", &["environment"]),
    ("search_residue", &["inspector"]),
    ("snapshot_pages", &["inspector"]),
    ("collect_vectors", &["inspector"]),
    ("mark_files", &["inspector"]),
    ("changed_files", &["inspector"]),
    ("try_dumps", &["inspector"]),
    ("crash", &["inspector"]),
    ("probe_entrances", &["inspector"]),
    ("attach_usb", &["usb_switch"]),
    ("detach_usb", &["usb_switch"]),
    ("usb_cable", &["usb_switch"]),
    ("pause", &[]),
    ("use", &[]),
];

/// Verbs that stand in a raw step, with the capabilities that each needs.
pub fn capabilities_of(step: &Value) -> Vec<(&'static str, Vec<&'static str>)> {
    let Some(step) = step.as_object() else {
        return Vec::new();
    };
    VERBS
        .iter()
        .filter(|(verb, _)| step.contains_key(*verb))
        .map(|(verb, needs)| {
            let mut needs = needs.to_vec();
            if *verb == "touch" && step[*verb].get("target").is_some() {
                needs.push("screen");
            }
            (*verb, needs)
        })
        .collect()
}

/// Replaces `${name}` in every text and key; a text that is nothing else becomes the parameter's own value, whatever its type.
/// Names that are not given stay as they are.
pub fn fill(value: &Value, parameters: &BTreeMap<String, Value>) -> Value {
    match value {
        Value::String(text) => fill_text(text, parameters),
        Value::Array(items) => items.iter().map(|item| fill(item, parameters)).collect(),
        Value::Object(entries) => entries
            .iter()
            .map(|(key, item)| (fill_key(key, parameters), fill(item, parameters)))
            .collect(),
        other => other.clone(),
    }
}

fn fill_key(key: &str, parameters: &BTreeMap<String, Value>) -> String {
    match fill_text(key, parameters) {
        Value::String(key) => key,
        other => other.to_string(),
    }
}

fn fill_text(text: &str, parameters: &BTreeMap<String, Value>) -> Value {
    if let Some(whole) = text
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .and_then(|name| parameters.get(name))
    {
        return whole.clone();
    }
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(before);
        let known = after
            .split_once('}')
            .and_then(|(name, behind)| Some((parameters.get(name)?, behind)));
        match known {
            Some((Value::String(value), behind)) => {
                filled.push_str(value);
                rest = behind;
            }
            Some((value, behind)) => {
                filled.push_str(&value.to_string());
                rest = behind;
            }
            None => {
                filled.push_str("${");
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    Value::String(filled)
}

/// Names used as `${name}` anywhere in a value.
pub fn names_used(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::String(text) => names_in(text, names),
        Value::Array(items) => items.iter().for_each(|item| names_used(item, names)),
        Value::Object(entries) => {
            for (key, item) in entries {
                names_in(key, names);
                names_used(item, names);
            }
        }
        _ => {}
    }
}

fn names_in(text: &str, names: &mut Vec<String>) {
    let parts = text.split("${").skip(1);
    names.extend(parts.filter_map(|part| part.split_once('}').map(|(name, _)| name.to_owned())));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parameters_keep_their_type_when_they_stand_alone() {
        let parameters = BTreeMap::from([
            ("n".to_owned(), json!(3)),
            ("who".to_owned(), json!("p001")),
        ]);
        let filled = fill(
            &json!({"digits": "${n}", "card": "${who}-regular", "text": "${n} of ${other}", "${who}": {"${n}": 0}}),
            &parameters,
        );
        assert_eq!(
            filled,
            json!({"digits": 3, "card": "p001-regular", "text": "3 of ${other}", "p001": {"3": 0}})
        );
        let mut names = Vec::new();
        names_used(&json!({"by": {"${key} of": "${value}"}}), &mut names);
        assert_eq!(names, ["key", "value"]);
    }

    #[test]
    fn every_verb_needs_only_known_capabilities() {
        for (verb, needs) in VERBS {
            assert!(
                needs
                    .iter()
                    .all(|need| crate::rig::CAPABILITIES.contains(need)),
                "{verb}"
            );
        }
        // The step's fields are the verbs, but for what is common to all steps.
        let schema = crate::schema::Layout::Sequence.schema();
        let fields = schema["$defs"]["Step"]["properties"].as_object().unwrap();
        let common = ["id", "mark", "decides", "within", "times", "expect", "note"];
        let verbs: Vec<&str> = fields
            .keys()
            .map(String::as_str)
            .filter(|name| !common.contains(name))
            .collect();
        assert_eq!(verbs.len(), VERBS.len());
        assert!(VERBS.iter().all(|(verb, _)| verbs.contains(verb)));
    }
}
