//! Kinds of log lines by the DUT profile's regular expressions, and their order.

use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};
use shinsa_model::event::Fault;

use crate::fault::incapable;

/// Memory limit of one compiled expression, bytes.
const REGEX_LIMIT: usize = 1 << 20;

/// Compiled expressions by kind.
#[derive(Debug, Clone, Default)]
pub struct Kinds(BTreeMap<String, Regex>);

impl Kinds {
    /// Compiles a DUT profile's `log_kinds`.
    pub fn compile(patterns: &BTreeMap<String, String>) -> Result<Self, Fault> {
        let mut kinds = BTreeMap::new();
        for (kind, pattern) in patterns {
            let regex = RegexBuilder::new(pattern)
                .size_limit(REGEX_LIMIT)
                .build()
                .map_err(|error| {
                    incapable(
                        format!("log kind {kind:?}: {error}"),
                        "correct `log_kinds:` in the DUT profile",
                    )
                })?;
            kinds.insert(kind.clone(), regex);
        }
        Ok(Self(kinds))
    }

    fn of(&self, kind: &str) -> Result<&Regex, Fault> {
        self.0.get(kind).ok_or_else(|| {
            incapable(
                format!("the DUT profile knows no log kind {kind:?}"),
                "add it to `log_kinds:` in the DUT profile",
            )
        })
    }

    /// Lines by kind, for every kind of the profile.
    pub fn count(&self, lines: &[&str]) -> BTreeMap<String, u64> {
        self.0
            .iter()
            .map(|(kind, regex)| (kind.clone(), shown(regex, lines)))
            .collect()
    }

    /// Place of the last line of a kind.
    pub fn last(&self, kind: &str, lines: &[&str]) -> Result<Option<usize>, Fault> {
        let regex = self.of(kind)?;
        Ok(lines.iter().rposition(|line| regex.is_match(line)))
    }

    /// Kinds of which there are more or fewer lines than `expected`.
    pub fn miscounted<'a>(
        &self,
        expected: &'a BTreeMap<String, u64>,
        lines: &[&str],
    ) -> Result<Vec<&'a str>, Fault> {
        let mut miscounted = Vec::new();
        for (kind, expected) in expected {
            if shown(self.of(kind)?, lines) != *expected {
                miscounted.push(kind.as_str());
            }
        }
        Ok(miscounted)
    }

    /// Those of `wanted` that no line shows.
    pub fn missing<'a>(&self, wanted: &'a [String], lines: &[&str]) -> Result<Vec<&'a str>, Fault> {
        let mut missing = Vec::new();
        for kind in wanted {
            let regex = self.of(kind)?;
            if !lines.iter().any(|line| regex.is_match(line)) {
                missing.push(kind.as_str());
            }
        }
        Ok(missing)
    }

    /// How many kinds of `order` are not found after the one before them.
    pub fn disorder(&self, order: &[String], lines: &[&str]) -> Result<u64, Fault> {
        let (mut from, mut violations) = (0, 0);
        for kind in order {
            let regex = self.of(kind)?;
            match lines[from..].iter().position(|line| regex.is_match(line)) {
                Some(at) => from += at + 1,
                None => violations += 1,
            }
        }
        Ok(violations)
    }
}

/// Lines that a kind's expression matches.
fn shown(regex: &Regex, lines: &[&str]) -> u64 {
    lines.iter().filter(|line| regex.is_match(line)).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> Kinds {
        let pattern = |kind: &str| (kind.to_owned(), format!("^{kind}"));
        Kinds::compile(&["connect", "result", "disconnect"].map(pattern).into()).unwrap()
    }

    #[test]
    fn missing_kinds_and_order() {
        let order = ["connect", "result", "disconnect"].map(String::from);
        let lines = ["connect 1", "noise", "result ok", "disconnect"];
        assert_eq!(kinds().disorder(&order, &lines).unwrap(), 0);
        assert!(kinds().missing(&order, &lines).unwrap().is_empty());
        let wrong = ["result ok", "connect 1", "disconnect"];
        assert_eq!(kinds().disorder(&order, &wrong).unwrap(), 1);
        assert_eq!(
            kinds().missing(&order, &wrong[..2]).unwrap(),
            ["disconnect"]
        );
        assert!(kinds().missing(&["other".into()], &lines).is_err());
        assert_eq!(kinds().count(&lines)["result"], 1);
        let expected = [("connect".to_owned(), 1), ("result".to_owned(), 2)].into();
        assert_eq!(kinds().miscounted(&expected, &lines).unwrap(), ["result"]);
        assert!(
            kinds()
                .miscounted(&[("other".into(), 0)].into(), &lines)
                .is_err()
        );
        assert_eq!(kinds().last("result", &lines).unwrap(), Some(2));
        assert_eq!(kinds().last("result", &lines[..2]).unwrap(), None);
    }

    #[test]
    fn a_broken_expression_is_refused() {
        assert!(Kinds::compile(&[("x".into(), "(".into())].into()).is_err());
    }
}
