//! Numbers that look like a My Number (個人番号) or a 照合番号B. Called by the search of a line.

use super::Span;
use super::folded::fold;

/// Runs of 12 digits with a My Number's check digit, of 14 digits in 照合番号B's form.
pub fn forms(line: &str) -> Vec<(&'static str, Span)> {
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
