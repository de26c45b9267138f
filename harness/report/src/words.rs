//! How verdicts and classes are called and shown: a sign and a word beside the colour, never colour alone.

use shinsa_model::criterion::{Class, Method, Obligation};
use shinsa_model::verdict::Verdict;

/// Order in which counts are shown: what needs attention first.
pub(crate) const ORDER: [Verdict; 8] = [
    Verdict::Fail,
    Verdict::Error,
    Verdict::Inconclusive,
    Verdict::NotTested,
    Verdict::Submitted,
    Verdict::Reviewed,
    Verdict::Pass,
    Verdict::NotApplicable,
];

/// A verdict for the page.
#[derive(Clone, Copy)]
pub(crate) struct Badge {
    /// CSS class, JUnit word.
    pub key: &'static str,
    /// Sign.
    pub sign: &'static str,
    /// Japanese.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

/// Badge of a verdict.
pub(crate) fn badge(verdict: Verdict) -> Badge {
    let (key, sign, ja, en) = match verdict {
        Verdict::Pass => ("pass", "✓", "適合", "pass"),
        Verdict::Fail => ("fail", "✗", "不適合", "fail"),
        Verdict::Inconclusive => ("inconclusive", "?", "判定不能", "inconclusive"),
        Verdict::Error => ("error", "!", "試験系の異常", "error"),
        Verdict::NotTested => ("not-tested", "–", "未試験", "not tested"),
        Verdict::NotApplicable => ("not-applicable", "∅", "対象外", "not applicable"),
        Verdict::Submitted => ("submitted", "▤", "提出済・未審査", "submitted"),
        Verdict::Reviewed => ("reviewed", "☑", "審査済", "reviewed"),
    };
    Badge { key, sign, ja, en }
}

/// Key and name of a chapter.
pub(crate) fn class(class: Class) -> (&'static str, &'static str) {
    match class {
        Class::Device => ("device", "1 機器"),
        Class::Environment => ("environment", "2 動作環境等"),
        Class::Software => ("software", "3 ソフトウェア"),
        Class::Manufacture => ("manufacture", "4 製造・保守"),
        Class::Standing => ("standing", "5 資格"),
    }
}

/// Weight of an item.
pub(crate) fn obligation(obligation: Obligation) -> &'static str {
    match obligation {
        Obligation::Mandatory => "必須",
        Obligation::Desirable => "望ましい",
        Obligation::Recorded => "記録のみ",
    }
}

/// Methods in words.
pub(crate) fn methods(methods: &[Method]) -> String {
    let words = methods.iter().map(|method| match method {
        Method::Test => "試験 T",
        Method::Measurement => "測定 M",
        Method::Document => "書類 D",
        Method::Attestation => "証明 A",
    });
    words.collect::<Vec<_>>().join("・")
}

/// A number with at most six significant digits, for people.
pub(crate) fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let places = (5 - value.abs().log10().floor() as i32).clamp(0, 9) as usize;
    let text = format!("{value:.places$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Journal line numbers (sequence + 1), the first few of them.
pub(crate) fn lines(evidence: &[u64]) -> String {
    const SHOWN: usize = 10;
    let first: Vec<_> = evidence
        .iter()
        .take(SHOWN)
        .map(|seq| seq.saturating_add(1).to_string())
        .collect();
    match evidence.len().saturating_sub(SHOWN) {
        0 => first.join(", "),
        more => format!("{} … 他{more}行", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_true() {
        assert_eq!(number(4.980_123_4), "4.98012");
        assert_eq!(number(0.000_123), "0.000123");
        assert_eq!(number(65536.0), "65536");
        assert_eq!(number(-2.5), "-2.5");
    }

    #[test]
    fn left_out_lines_are_counted() {
        assert_eq!(lines(&[0, 4]), "1, 5");
        assert!(lines(&(0..15).collect::<Vec<_>>()).ends_with("10 … 他5行"));
    }
}
