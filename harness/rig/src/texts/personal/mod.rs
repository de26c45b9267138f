//! Personal data in a text: the lab's canaries, and what has the form of personal data: a My Number, a 照合番号B, a date of birth, a
//! picture as text.
//!
//! A finding tells line and datum, never the text; [`redact`] makes the file storable.

mod dates;
mod folded;
mod numbers;
mod pictures;
#[cfg(test)]
mod tests;

use zeroize::Zeroizing;

use crate::secrets::Canary;
use dates::Births;
use folded::Folded;
use pictures::Pictures;

/// Characters of a line that are replaced, `[from, to)`.
type Span = (usize, usize);

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Counts from 1.
    pub line: usize,
    /// `canary`, `my-number-form`, `number-b-form`, `birth-date-form`, `picture-base64` or `picture-hex`.
    pub kind: &'static str,
    /// Canary's id; empty for forms.
    pub canary: String,
    span: Span,
}

/// What is looked for: made once for many texts.
pub struct Searcher<'a> {
    /// Canary's id, and its value as compared.
    needles: Vec<(&'a str, Zeroizing<Vec<char>>)>,
    births: Births<'a>,
}

impl<'a> Searcher<'a> {
    /// Looks for these canaries, and for forms.
    pub fn new(canaries: &'a [Canary]) -> Self {
        let needles = canaries.iter().map(|canary| {
            let folded = Folded::of(canary.value.reveal());
            (canary.id.as_str(), Zeroizing::new(folded.letters))
        });
        Self {
            needles: needles.collect(),
            births: Births::of(canaries),
        }
    }

    /// Searches a text.
    pub fn search(&self, text: &str) -> Vec<Finding> {
        let mut pictures = Pictures::default();
        let mut findings = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let mut found = |kind, canary: &str, span| {
                findings.push(Finding {
                    line: number + 1,
                    kind,
                    canary: canary.to_owned(),
                    span,
                });
            };
            let folded = Folded::of(line);
            for (id, needle) in &self.needles {
                for span in folded.find(needle) {
                    found("canary", id, span);
                }
            }
            for (id, span) in self.births.find(line) {
                match id {
                    Some(id) => found("canary", id, span),
                    None => found("birth-date-form", "", span),
                }
            }
            for (kind, span) in numbers::forms(line).into_iter().chain(pictures.find(line)) {
                found(kind, "", span);
            }
        }
        findings.sort();
        findings.dedup();
        findings
    }

    /// A name or a path as it may be stored: what is found in it is replaced.
    pub fn hide(&self, text: &str) -> String {
        match self.search(text) {
            found if found.is_empty() => text.to_owned(),
            found => redact(text, &found).trim_end_matches('\n').to_owned(),
        }
    }
}

/// The text with everything found replaced by █, one for each character.
pub fn redact(text: &str, findings: &[Finding]) -> String {
    let mut redacted = String::with_capacity(text.len());
    for (number, line) in text.lines().enumerate() {
        let spans: Vec<_> = findings
            .iter()
            .filter(|finding| finding.line == number + 1)
            .map(|finding| finding.span)
            .collect();
        redacted.extend(line.chars().enumerate().map(|(at, letter)| {
            let hidden = spans.iter().any(|(from, to)| (*from..*to).contains(&at));
            if hidden { '█' } else { letter }
        }));
        redacted.push('\n');
    }
    redacted
}
