//! Reads the canary file: the secrets of a lab's cards, as a rig has them. Must not quote a secret in an error.

use std::path::Path;

use serde_json::Value;
use shinsa_model::diagnostic::{Diagnostic, Problem};
use shinsa_model::yaml::{self, Node};
use shinsa_residue::canary::{Canary, Date, Kind, SecretBytes};
use zeroize::{Zeroize, Zeroizing};

use crate::exit::Stop;

/// Keys whose values are no secrets.
const OPEN: [&str; 5] = ["id", "persona", "kind", "sex", "format"];
/// Values with fewer characters are too common to be searched for.
const SHORTEST: usize = 2;

/// Reads a file of canaries.
///
/// # Errors
/// Bad usage: not readable, no YAML, another layout, nothing in it. Told with line and column; secrets are masked.
pub fn read(path: &Path) -> Result<Vec<Canary>, Stop> {
    let shown = path.display().to_string();
    let broken = |why: &dyn std::fmt::Display| Stop::usage(format!("error: {shown}: {why}"));
    let bytes = Zeroizing::new(std::fs::read(path).map_err(|error| broken(&error))?);
    if bytes.len() as u64 > yaml::LARGEST_FILE {
        return Err(broken(
            &"more than 1 MiB; a canary file holds a lab's cards, split it",
        ));
    }
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| broken(&format!("not UTF-8 at byte {}", error.valid_up_to())))?;
    let mut root = yaml::parse(text).map_err(|problems| told(&shown, text, problems))?;
    let mut reading = Reading {
        text,
        canaries: Vec::new(),
        problems: Vec::new(),
    };
    reading.root(&root);
    wipe(&mut root);
    if reading.problems.is_empty() {
        Ok(reading.canaries)
    } else {
        Err(told(&shown, text, reading.problems))
    }
}

struct Reading<'a> {
    text: &'a str,
    canaries: Vec<Canary>,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    fn root(&mut self, root: &Node) {
        let help =
            "write `cards: {CARD: {auth_pin: \"1234\", name: …}}`, as the secrets file of a rig";
        let Some(Node {
            kind: yaml::Kind::Map(cards),
            ..
        }) = root.child("cards")
        else {
            let problem = Problem::new(root.span.clone(), "no mapping `cards`").help(help);
            self.problems.push(problem);
            return;
        };
        for (card, _, data) in cards {
            self.walk(card, data);
        }
        if self.canaries.is_empty() && self.problems.is_empty() {
            let problem = Problem::new(root.span.clone(), "no card has anything to look for");
            self.problems.push(problem.help(help));
        }
    }

    fn walk(&mut self, path: &str, node: &Node) {
        match &node.kind {
            yaml::Kind::Map(entries) => {
                for (key, _, value) in entries {
                    self.walk(&format!("{path}/{key}"), value);
                }
            }
            yaml::Kind::List(values) => values.iter().for_each(|value| self.walk(path, value)),
            yaml::Kind::Scalar(Value::Null | Value::Bool(_)) => {}
            yaml::Kind::Scalar(Value::String(text)) => self.take(path, node, text),
            // As it was written: a number loses its leading zeros.
            yaml::Kind::Scalar(_) => {
                let characters = self
                    .text
                    .chars()
                    .skip(node.span.start)
                    .take(node.span.len());
                let written: Zeroizing<String> = Zeroizing::new(characters.collect());
                self.take(path, node, written.trim());
            }
        }
    }

    fn take(&mut self, path: &str, node: &Node, text: &str) {
        let key = path.rsplit('/').next().unwrap_or_default();
        if OPEN.contains(&key) || text.chars().count() < SHORTEST {
            return;
        }
        let kind = kind(key, text);
        match Canary::new(path.into(), kind, SecretBytes::copied(text.as_bytes())) {
            Ok(canary) => self.canaries.push(canary),
            Err(refused) => {
                let problem = Problem::new(node.span.clone(), refused.to_string());
                self.problems
                    .push(problem.help("a PIN is four digits, a date YYYYMMDD or YYYY-MM-DD"));
            }
        }
    }
}

/// What a value is, by its key, else by its form. A signature password of six characters is text though its key holds `pin`.
fn kind(key: &str, text: &str) -> Kind {
    let four_digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if key.contains("pin") && (four_digits || key == "pin" || key == "auth_pin") {
        return Kind::Pin;
    }
    let dated = key.contains("birth") || key.contains("date") || key.contains("expiry");
    match Kind::of(text) {
        // Digits that happen to be a date are one only where a date is meant.
        Kind::Date if dated || Date::parse(text).is_some() => Kind::Date,
        other => other,
    }
}

/// Problems as other commands tell them, over a text without its secrets.
fn told(path: &str, text: &str, problems: Vec<Problem>) -> Stop {
    let masked = masked(text);
    let rendered = problems.into_iter().map(|mut problem| {
        problem.message = without_quotes(&problem.message);
        Diagnostic::new(path, &masked, problem).rendered
    });
    Stop::usage(rendered.collect::<Vec<_>>().join("\n"))
}

/// Every letter and digit as a dot; what is left shows the structure.
fn masked(text: &str) -> String {
    let keep = |one: char| one.is_whitespace() || "{}[],:-'\"#&*!|>%@`".contains(one);
    text.chars()
        .map(|one| if keep(one) { one } else { '·' })
        .collect()
}

/// A parser's message without what it quotes; our own names are kept.
fn without_quotes(message: &str) -> String {
    let mut parts = message.split('`');
    let mut text = parts.next().unwrap_or_default().to_owned();
    let mut quoted = true;
    for part in parts {
        text += match (quoted, part) {
            (true, "cards") => "`cards`",
            (true, _) => "…",
            (false, part) => part,
        };
        quoted = !quoted;
    }
    text
}

/// Overwrites the texts of a tree.
fn wipe(node: &mut Node) {
    match &mut node.kind {
        yaml::Kind::Scalar(Value::String(text)) => text.zeroize(),
        yaml::Kind::Scalar(value) => *value = Value::Null,
        yaml::Kind::List(items) => items.iter_mut().for_each(wipe),
        yaml::Kind::Map(entries) => entries.iter_mut().for_each(|(_, _, value)| wipe(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Result<Vec<Canary>, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read(file.path()).map_err(|stop| stop.message)
    }

    #[test]
    fn kinds_follow_keys_and_forms() {
        let read = written(
            "cards:\n  c1:\n    auth_pin: 0412\n    sign_pin: ABC123\n    sex: '1'\n    printed: { name_kanji: 見本太郎, birth_iso: 1988-02-29, number_b: '63022920431234' }\n",
        );
        let read: Vec<_> = read
            .unwrap()
            .into_iter()
            .map(|one| {
                (
                    one.id().to_owned(),
                    one.kind(),
                    one.reveal_text().to_owned(),
                )
            })
            .collect();
        let expected = [
            ("c1/auth_pin", Kind::Pin, "0412"),
            ("c1/sign_pin", Kind::Text, "ABC123"),
            ("c1/printed/name_kanji", Kind::Text, "見本太郎"),
            ("c1/printed/birth_iso", Kind::Date, "1988-02-29"),
            ("c1/printed/number_b", Kind::Number, "63022920431234"),
        ];
        assert_eq!(
            read,
            expected.map(|(id, kind, value)| (id.to_owned(), kind, value.to_owned()))
        );
    }

    #[test]
    fn errors_tell_the_place_and_no_secret() {
        for (text, line) in [
            (
                "cards:\n  c1: { auth_pin: '4711', auth_pin: '4712' }\n",
                ":2:",
            ),
            ("cards:\n  c1: { auth_pin: '4711'\n  x: [", ":"),
            ("cards:\n  c1: { auth_pin: '47110815' }\n", ":2:"),
            ("secret: 見本太郎\n4711: 1\n", ":2:"),
            ("cards: {}\n", ":1:"),
        ] {
            let told = written(text).err().unwrap();
            assert!(told.contains(line), "{told}");
            for secret in ["4711", "4712", "見本", "0815"] {
                assert!(!told.contains(secret), "{told}");
            }
        }
    }
}
