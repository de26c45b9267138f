//! Accuracy in words: the decision on an error rate in one sentence, and what an open one would need.
//! Called by `measure` (reasons of verdicts), by the report and by `shinsa stats`.

use shinsa_stats::sequential::Standing;
use shinsa_stats::study::{Decision, Study};

use crate::text::Bilingual;

/// What the study says of the limit.
pub fn sentence(study: &Study, decision: &Decision, limit: f64) -> Bilingual {
    let at = study
        .operating
        .iter()
        .find(|one| one.is_at(study.settings.deciding_fmr));
    let fmr = percent(study.settings.deciding_fmr);
    let limit = percent(limit);
    let confidence = percent(study.settings.confidence);
    if decision.impostors_needed.is_some() {
        let needs = settles(study, decision);
        return Bilingual {
            ja: format!("判定できない: {}。外挿はしない。", needs.ja),
            en: format!("Open: {}. Nothing is extrapolated.", needs.en),
        };
    }
    let Some((rates, upper, lower)) =
        at.and_then(|one| Some((one.rates?, decision.upper?, decision.lower?)))
    else {
        return Bilingual {
            ja: "判定できない: この誤合致率での評価がない。".into(),
            en: "Open: there is no evaluation at this false match rate.".into(),
        };
    };
    let (errors, genuine) = (count(rates.false_non_matches), count(rates.genuine));
    let (estimate, upper, lower) = (percent(rates.fnmr()), percent(upper), percent(lower));
    let seen_ja = format!("誤合致率 {fmr} において誤非合致 {errors}/{genuine} 件（{estimate}）");
    let seen_en = format!(
        "at a false match rate of {fmr}, {errors} of {genuine} genuine comparisons did not match ({estimate})"
    );
    match decision.standing {
        Standing::Within => Bilingual {
            ja: format!(
                "適合: {seen_ja}。片側 {confidence} 上限 {upper} は限度 {limit} 以内である。"
            ),
            en: format!(
                "Within the limit: {seen_en}; the one-sided {confidence} upper bound {upper} is within {limit}."
            ),
        },
        Standing::Beyond => Bilingual {
            ja: format!(
                "不適合: {seen_ja}。片側 {confidence} 下限 {lower} が限度 {limit} を超える。"
            ),
            en: format!(
                "Beyond the limit: {seen_en}; the one-sided {confidence} lower bound {lower} exceeds {limit}."
            ),
        },
        Standing::Open | Standing::Truncated => {
            let needs = settles(study, decision);
            Bilingual {
                ja: format!(
                    "判定できない: {seen_ja}。片側 {confidence} の限界 {lower} 〜 {upper} が限度 {limit} をまたぐ。{}。",
                    needs.ja
                ),
                en: format!(
                    "Open: {seen_en}; the one-sided {confidence} bounds {lower} … {upper} straddle {limit}. {}.",
                    needs.en
                ),
            }
        }
    }
}

/// What would settle an open decision.
pub fn settles(study: &Study, decision: &Decision) -> Bilingual {
    let fmr = percent(study.settings.deciding_fmr);
    match (decision.impostors_needed, decision.genuine_needed) {
        (Some(needed), _) => {
            let (needed, has) = (count(needed), count(study.impostors));
            Bilingual {
                ja: format!(
                    "誤合致率 {fmr} を見るには他人同士の照合が少なくとも {needed} 件要るが、{has} 件しかない"
                ),
                en: format!(
                    "a false match rate of {fmr} needs at least {needed} impostor comparisons, there are {has}"
                ),
            }
        }
        (None, Some(needed)) => Bilingual {
            ja: format!(
                "推定値が真なら、本人照合 約 {} 件で九割方決着する",
                count(needed)
            ),
            en: format!(
                "if the estimate is the truth, about {} genuine comparisons would settle it nine times in ten",
                count(needed)
            ),
        },
        (None, None) => Bilingual {
            ja: "推定値が限度以上のため、件数を増やしても適合は見込めない".into(),
            en: "the estimate is not below the limit: more comparisons promise no pass".into(),
        },
    }
}

/// A share as per cent, three significant digits.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value == 0.0 {
        return "0 %".to_owned();
    }
    let digits = (2 - value.abs().log10().floor() as i32).clamp(0, 9) as usize;
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text} %")
}

/// A count with separators: 1,000,000.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
