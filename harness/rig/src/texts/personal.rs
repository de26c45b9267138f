//! Personal data in a text: the lab's canaries, and numbers that look like a My Number or a 照合番号B.
//!
//! A finding tells line and datum, never the text; [`redact`] makes the file storable.

use crate::secrets::Canary;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Counts from 1.
    pub line: usize,
    /// `canary`, `my-number-form` or `number-b-form`.
    pub kind: &'static str,
    /// Canary's id; empty for forms.
    pub canary: String,
    /// Characters of the line that are replaced, `[from, to)`.
    span: (usize, usize),
}

/// Searches a text.
pub fn search(text: &str, canaries: &[Canary]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let folded = Folded::of(line);
        for canary in canaries {
            let needle: Vec<char> = Folded::of(canary.value.reveal()).letters;
            for span in folded.find(&needle) {
                findings.push(Finding {
                    line: number + 1,
                    kind: "canary",
                    canary: canary.id.clone(),
                    span,
                });
            }
        }
        findings.extend(forms(line).into_iter().map(|(kind, span)| Finding {
            line: number + 1,
            kind,
            canary: String::new(),
            span,
        }));
    }
    findings.sort();
    findings
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

/// A line as compared: spaces dropped, ASCII case folded, full-width ASCII made half-width; each letter remembers its place.
struct Folded {
    letters: Vec<char>,
    places: Vec<usize>,
}

impl Folded {
    fn of(text: &str) -> Self {
        let (letters, places) = text
            .chars()
            .enumerate()
            .filter(|(_, letter)| !letter.is_whitespace())
            .map(|(at, letter)| (fold(letter), at))
            .unzip();
        Self { letters, places }
    }

    /// Places of a needle; one of ASCII letters or digits only must not be a part of a longer word or number.
    fn find(&self, needle: &[char]) -> Vec<(usize, usize)> {
        if needle.is_empty() || needle.len() > self.letters.len() {
            return Vec::new();
        }
        let whole = needle.iter().all(char::is_ascii_alphanumeric);
        let free = |at: Option<usize>| {
            at.and_then(|at| self.letters.get(at))
                .is_none_or(|letter| !letter.is_ascii_alphanumeric())
        };
        (0..=self.letters.len() - needle.len())
            .filter(|at| self.letters[*at..*at + needle.len()] == *needle)
            .filter(|at| {
                // Spaces were dropped: words beside each other count as free.
                let (before, after) = (at.checked_sub(1), *at + needle.len());
                let gap = |a: usize, b: usize| {
                    self.places
                        .get(b)
                        .zip(self.places.get(a))
                        .is_some_and(|(b, a)| b - a > 1)
                };
                !whole
                    || (free(before) || before.is_some_and(|before| gap(before, *at)))
                        && (free(Some(after)) || gap(after - 1, after))
            })
            .map(|at| (self.places[at], self.places[at + needle.len() - 1] + 1))
            .collect()
    }
}

fn fold(letter: char) -> char {
    let narrow = match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(letter as u32 - 0xFEE0).unwrap_or(letter),
        _ => letter,
    };
    narrow.to_ascii_lowercase()
}

/// Runs of 12 digits with a My Number's check digit, of 14 digits in 照合番号B's form.
fn forms(line: &str) -> Vec<(&'static str, (usize, usize))> {
    let letters: Vec<char> = line.chars().map(fold).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let run = letters[at..]
            .iter()
            .take_while(|l| l.is_ascii_digit())
            .count();
        let digits: Vec<u32> = letters[at..at + run]
            .iter()
            .filter_map(|l| l.to_digit(10))
            .collect();
        if run == 12 && is_my_number(&digits) {
            found.push(("my-number-form", (at, at + run)));
        } else if run == 14 && is_number_b(&digits) {
            found.push(("number-b-form", (at, at + run)));
        }
        at += run.max(1);
    }
    found
}

/// Check digit of the ordinance of 2014 (総務省令第85号) article 5.
fn is_my_number(digits: &[u32]) -> bool {
    let sum: u32 = (1..=11)
        .map(|n: u32| {
            let weight = if n <= 6 { n + 1 } else { n - 5 };
            digits[11 - n as usize] * weight
        })
        .sum();
    let rest = sum % 11;
    digits[11] == if rest <= 1 { 0 } else { 11 - rest }
}

/// Birth YYMMDD, expiry year 20YY, security code.
fn is_number_b(digits: &[u32]) -> bool {
    let pair = |at: usize| digits[at] * 10 + digits[at + 1];
    (1..=12).contains(&pair(2)) && (1..=31).contains(&pair(4)) && pair(6) == 20
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::Secret;

    fn canary(value: &str) -> Vec<Canary> {
        vec![Canary {
            id: "c1/x".into(),
            value: Secret::new(value.into()),
        }]
    }

    #[test]
    fn canaries_are_found_in_other_spellings() {
        let found = |needle: &str, text: &str| search(text, &canary(needle)).len();
        assert_eq!(found("見本太郎", "利用者 見本　太郎 様"), 1);
        assert_eq!(found("MIHON TARO", "mihon taro"), 1);
        assert_eq!(found("1234", "１２３４"), 1);
        assert_eq!(found("1234", "tx 99123456"), 0);
        assert_eq!(found("1234", "at 1234 x"), 1);
        assert_eq!(found("見本太郎", "見本次郎"), 0);
    }

    #[test]
    fn numbers_of_the_forms_are_found() {
        assert_eq!(search("n=123456789018", &[])[0].kind, "my-number-form");
        assert!(search("n=123456789012", &[]).is_empty());
        assert_eq!(search("b 01020320301234", &[])[0].kind, "number-b-form");
        assert!(search("b 01990320301234", &[]).is_empty());
        assert!(search("2026-11-20T23:30:00.123456789+09:00", &[]).is_empty());
    }

    #[test]
    fn a_redacted_text_holds_no_finding() {
        let text = "a 見本 太郎 b\nok\n";
        let canaries = canary("見本太郎");
        let redacted = redact(text, &search(text, &canaries));
        assert_eq!(redacted, "a █████ b\nok\n");
        assert!(search(&redacted, &canaries).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn redaction_is_complete(text in ".{0,60}", needle in "[a-z見本0-9]{2,5}") {
            let canaries = canary(&needle);
            let redacted = redact(&text, &search(&text, &canaries));
            proptest::prop_assert!(search(&redacted, &canaries).is_empty());
        }
    }
}
