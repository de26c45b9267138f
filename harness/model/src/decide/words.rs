//! Words of verdicts, Japanese and English. Every sentence names what and why, with its numbers.

use crate::criterion::Method;
use crate::text::Bilingual;
use crate::verdict::{Measurement, Verdict};

/// Longest quoted message, characters.
const LONGEST: usize = 240;

/// Both languages at once.
pub fn both(ja: impl Into<String>, en: impl Into<String>) -> Bilingual {
    Bilingual {
        ja: ja.into(),
        en: en.into(),
    }
}

/// A verdict by name.
pub fn verdict(verdict: Verdict) -> Bilingual {
    let (ja, en) = match verdict {
        Verdict::Pass => ("適合", "pass"),
        Verdict::Fail => ("不適合", "fail"),
        Verdict::Inconclusive => ("判定保留", "inconclusive"),
        Verdict::Error => ("試験設備側のエラー", "error"),
        Verdict::NotTested => ("未試験", "not tested"),
        Verdict::NotApplicable => ("対象外", "not applicable"),
        Verdict::Submitted => ("提出済", "submitted"),
        Verdict::Reviewed => ("審査済", "reviewed"),
    };
    both(ja, en)
}

/// A method by name.
pub fn method(method: Method) -> Bilingual {
    let (ja, en) = match method {
        Method::Test => ("実機試験", "test on the rig"),
        Method::Measurement => ("測定", "measurement"),
        Method::Document => ("書類", "document"),
        Method::Attestation => ("立会者の確認", "attestation"),
    };
    both(ja, en)
}

/// A measurement in one sentence.
pub fn measurement_words(m: &Measurement) -> Bilingual {
    let unit = &m.unit;
    let estimate = m
        .estimate
        .map_or_else(|| "—".into(), |x| format!("{} {unit}", number(x)));
    let (bounds_ja, bounds_en) = m
        .bounds
        .map_or((String::new(), String::new()), |(low, high)| {
            let (low, high) = (number(low), number(high));
            (
                format!("、限界 {low}～{high} {unit}"),
                format!(", bounds {low} … {high} {unit}"),
            )
        });
    let said = verdict(m.verdict);
    let open = m.open.clone().unwrap_or_else(|| both("", ""));
    let tail = |text: &str| {
        if text.is_empty() {
            String::new()
        } else {
            format!(" — {text}")
        }
    };
    both(
        format!(
            "{}：{estimate}（n={}{bounds_ja}、限度 {}）{}{}",
            m.title.ja,
            m.n,
            m.limit,
            said.ja,
            tail(&open.ja)
        ),
        format!(
            "{}: {estimate} (n={}{bounds_en}, limit {}): {}{}",
            m.title.en,
            m.n,
            m.limit,
            said.en,
            tail(&open.en)
        ),
    )
}

/// At most four decimals, no trailing zeros; small numbers keep four significant digits.
pub fn number(x: f64) -> String {
    if x != 0.0 && x.abs() < 0.001 {
        return format!("{x:.3e}");
    }
    let text = format!("{x:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Cuts long foreign text between characters.
pub fn trim(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}
