//! Measurements on texts: are symbols equally frequent at every place, and how many different texts were seen?

use std::collections::{BTreeMap, BTreeSet};

use shinsa_stats::chi_square;

use super::limit::Bounds;
use super::rule::Ruling;
use crate::text::Bilingual;
use crate::verdict::Verdict;

/// p-values (times the number of places, at most 1) per place, in units of 1/`whole`; the smallest decides.
pub fn uniformity(texts: &[String], whole: f64, limit: &Bounds) -> (Vec<f64>, Ruling) {
    let rows: Vec<Vec<char>> = texts.iter().map(|text| text.chars().collect()).collect();
    let places = rows.first().map_or(0, Vec::len);
    let symbols: BTreeSet<char> = rows.iter().flatten().copied().collect();
    if places == 0 || rows.iter().any(|row| row.len() != places) {
        let open = Bilingual {
            ja: "読み取った文字列の長さが一定でない".into(),
            en: "the texts differ in length".into(),
        };
        return (
            Vec::new(),
            Ruling {
                open: (!texts.is_empty()).then_some(open),
                ..Ruling::nothing()
            },
        );
    }
    let mut values = Vec::new();
    for place in 0..places {
        let mut counts: BTreeMap<char, u64> = symbols.iter().map(|&symbol| (symbol, 0)).collect();
        for row in &rows {
            *counts.entry(row[place]).or_default() += 1;
        }
        let counts: Vec<u64> = counts.into_values().collect();
        let Ok(p) = chi_square::uniform(&counts) else {
            let more = chi_square::enough(symbols.len() as u64)
                .saturating_sub(texts.len() as u64)
                .max(1);
            let open = Bilingual {
                ja: format!(
                    "一様性の検定には、あと {more} 回以上の読み取り（2種類以上の文字）が必要"
                ),
                en: format!(
                    "a test of uniformity needs {more} more readings (of two symbols or more)"
                ),
            };
            return (
                Vec::new(),
                Ruling {
                    open: Some(open),
                    ..Ruling::nothing()
                },
            );
        };
        values.push((p * places as f64).min(1.0) * whole);
    }
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let verdict = limit.judge(least, least);
    let ruling = Ruling {
        estimate: Some(least),
        bounds: None,
        guarded: verdict,
        simple: verdict,
        open: None,
    };
    (values, ruling)
}

/// Number of different texts. Fewer readings than the limit asks for cannot fail; one reading cannot pass an upper limit.
pub fn distinct(texts: &[String], limit: &Bounds) -> Ruling {
    let count = texts.iter().collect::<BTreeSet<_>>().len() as f64;
    let n = texts.len() as f64;
    let needed = limit.least.unwrap_or(0.0).max(2.0);
    let verdict = match limit.judge(count, count) {
        // More readings can only add: an upper limit once exceeded stays exceeded.
        Verdict::Fail if limit.most.is_some_and(|most| count > most) => Verdict::Fail,
        _ if n < needed => Verdict::Inconclusive,
        verdict => verdict,
    };
    let open = (verdict == Verdict::Inconclusive).then(|| Bilingual {
        ja: format!("あと {} 回の読み取りが必要", needed - n),
        en: format!("{} more readings", needed - n),
    });
    Ruling {
        estimate: (n > 0.0).then_some(count),
        bounds: None,
        guarded: verdict,
        simple: verdict,
        open,
    }
}
