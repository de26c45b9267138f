//! The decision rules: from values to a verdict, by `guarded` and by `simple`.
//!
//! `guarded`: the one-sided bound, widened by the measurement uncertainty, must clear the limit to pass; the opposite
//! bound must violate it to fail. `simple`: the point estimate alone. Neither passes on nothing.

use shinsa_stats::{binomial, mean, percentile, sample_size};

use super::limit::Bounds;
use super::values::Figure;
use crate::text::Bilingual;
use crate::verdict::Verdict;

/// What a statistic says of some values.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruling {
    /// Point estimate.
    pub estimate: Option<f64>,
    /// Lower and upper bound, uncertainty included, where both exist.
    pub bounds: Option<(f64, f64)>,
    /// Verdict of the guarded rule.
    pub guarded: Verdict,
    /// Verdict of the simple rule.
    pub simple: Verdict,
    /// What would settle the guarded verdict.
    pub open: Option<Bilingual>,
}

impl Ruling {
    /// Nothing can be said.
    pub fn nothing() -> Self {
        let open = Verdict::Inconclusive;
        Self {
            estimate: None,
            bounds: None,
            guarded: open,
            simple: open,
            open: None,
        }
    }
}

/// Every value must conform. The estimate is the value nearest to (or farthest beyond) the limit.
pub fn each(values: &[Figure], limit: &Bounds) -> Ruling {
    let Some(worst) = values
        .iter()
        .max_by(|a, b| beyond(a.value, limit).total_cmp(&beyond(b.value, limit)))
    else {
        return Ruling::nothing();
    };
    let judged = |width: f64| {
        let verdicts = values.iter().map(|v| {
            limit.judge(
                v.value - width * v.half_width,
                v.value + width * v.half_width,
            )
        });
        verdicts.fold(Verdict::Pass, worse)
    };
    let guarded = judged(1.0);
    let low = values
        .iter()
        .map(|v| v.value - v.half_width)
        .fold(f64::INFINITY, f64::min);
    let high = values
        .iter()
        .map(|v| v.value + v.half_width)
        .fold(f64::NEG_INFINITY, f64::max);
    let open = (guarded == Verdict::Inconclusive).then(smaller_uncertainty);
    Ruling {
        estimate: Some(worst.value),
        bounds: Some((low, high)),
        guarded,
        simple: judged(0.0),
        open,
    }
}

/// How far a value lies beyond the limit; negative inside.
pub(super) fn beyond(value: f64, limit: &Bounds) -> f64 {
    let above = limit.most.map_or(f64::NEG_INFINITY, |most| value - most);
    let below = limit.least.map_or(f64::NEG_INFINITY, |least| least - value);
    above.max(below)
}

/// A share of at least `level` of the values must conform: exact bounds of that share decide; the order-statistic
/// bounds of the percentile are shown.
pub fn share_conforming(values: &[Figure], limit: &Bounds, level: f64, confidence: f64) -> Ruling {
    let n = values.len() as u64;
    let count =
        |inside: &dyn Fn(&Figure) -> bool| values.iter().filter(|v| inside(v)).count() as u64;
    let surely = count(&|v| limit.holds(v.value - v.half_width, v.value + v.half_width));
    let possibly = n - count(&|v| limit.excludes(v.value - v.half_width, v.value + v.half_width));
    let nominal = count(&|v| limit.holds(v.value, v.value));
    let (Ok(low), Ok(high)) = (
        binomial::lower(surely, n, confidence),
        binomial::upper(possibly, n, confidence),
    ) else {
        return Ruling::nothing();
    };
    // 29 of 29 bound 90 % to the last digit only by rounding luck: the margin is far below any meaning.
    let guarded = if low >= level - 1e-12 {
        Verdict::Pass
    } else if high < level {
        Verdict::Fail
    } else {
        Verdict::Inconclusive
    };
    let simple = if nominal as f64 / n as f64 >= level - 1e-12 {
        Verdict::Pass
    } else {
        Verdict::Fail
    };
    let open =
        (guarded == Verdict::Inconclusive).then(|| more_trials(level, confidence, n, n - surely));
    let (estimate, bounds) = quantile(values, limit, level, confidence);
    Ruling {
        estimate,
        bounds,
        guarded,
        simple,
        open,
    }
}

/// The percentile that faces the limit. A range has two ends: then none is shown.
fn quantile(
    values: &[Figure],
    limit: &Bounds,
    level: f64,
    confidence: f64,
) -> (Option<f64>, Option<(f64, f64)>) {
    let level = match (limit.least, limit.most) {
        (None, _) => level,
        (Some(_), None) => 1.0 - level,
        (Some(_), Some(_)) => return (None, None),
    };
    let ordered = |width: f64| {
        let mut list: Vec<_> = values
            .iter()
            .map(|v| v.value + width * v.half_width)
            .collect();
        list.sort_by(f64::total_cmp);
        list
    };
    let n = values.len() as u64;
    let at = |list: Vec<f64>, rank: Option<u64>| {
        rank.and_then(|rank| list.get(rank as usize - 1).copied())
    };
    let estimate = at(ordered(0.0), percentile::estimate_rank(n, level).ok());
    let low = at(
        ordered(-1.0),
        percentile::lower_rank(n, level, confidence).ok().flatten(),
    );
    let high = at(
        ordered(1.0),
        percentile::upper_rank(n, level, confidence).ok().flatten(),
    );
    (estimate, low.zip(high))
}

/// The mean must conform (Student's t; the mean of the uncertainties is added on both sides).
pub fn mean_of(values: &[Figure], limit: &Bounds, confidence: f64) -> Ruling {
    let numbers: Vec<_> = values.iter().map(|v| v.value).collect();
    let n = values.len() as f64;
    if values.is_empty() {
        return Ruling::nothing();
    }
    let estimate = numbers.iter().sum::<f64>() / n;
    let simple = limit.judge(estimate, estimate);
    let Ok(found) = mean::bounds(&numbers, confidence) else {
        let open = Bilingual {
            ja: "平均の限界には2個以上の値が必要".into(),
            en: "bounds of a mean need two values or more".into(),
        };
        return Ruling {
            estimate: Some(estimate),
            bounds: None,
            guarded: Verdict::Inconclusive,
            simple,
            open: Some(open),
        };
    };
    let width = values.iter().map(|v| v.half_width).sum::<f64>() / n;
    let bounds = (found.lower - width, found.upper + width);
    let guarded = limit.judge(bounds.0, bounds.1);
    let open = (guarded == Verdict::Inconclusive).then(|| {
        // Distance to the nearest end, less the uncertainty that no number of trials removes.
        let gap = -beyond(estimate, limit);
        let gap = gap.abs() - width;
        let needed = 1.645 * found.deviation / gap;
        let needed = (needed * needed).ceil();
        if gap <= 0.0 || !needed.is_finite() || needed > 1e9 {
            smaller_uncertainty()
        } else {
            trials(
                (needed as u64).saturating_sub(values.len() as u64).max(1),
                None,
            )
        }
    });
    Ruling {
        estimate: Some(estimate),
        bounds: Some(bounds),
        guarded,
        simple,
        open,
    }
}

pub(super) fn more_trials(required: f64, confidence: f64, n: u64, violations: u64) -> Bilingual {
    match sample_size::for_share(required, confidence, violations) {
        Ok(enough) if enough > n => trials(enough - n, Some(violations)),
        Ok(_) => smaller_uncertainty(),
        Err(_) => Bilingual {
            ja: "試行を増やしても示せない（100 % の要求は有限の試行では示せない）".into(),
            en: "no number of trials can show this (a share of 100 % cannot be shown)".into(),
        },
    }
}

pub(super) fn trials(more: u64, violations: Option<u64>) -> Bilingual {
    let (ja, en) = violations.map_or((String::new(), String::new()), |k| {
        (
            format!("（逸脱が {k} 件から増えない場合）"),
            format!(" (if violations stay at {k})"),
        )
    });
    Bilingual {
        ja: format!("あと {more} 試行{ja}"),
        en: format!("{more} more trials{en}"),
    }
}

fn smaller_uncertainty() -> Bilingual {
    Bilingual {
        ja: "値が限度に近く、測定の不確かさを小さくする必要がある".into(),
        en: "a value lies too near to the limit: needs a smaller measurement uncertainty".into(),
    }
}

/// fail beats inconclusive beats pass.
pub(super) fn worse(a: Verdict, b: Verdict) -> Verdict {
    match (a, b) {
        (Verdict::Fail, _) | (_, Verdict::Fail) => Verdict::Fail,
        (Verdict::Inconclusive, _) | (_, Verdict::Inconclusive) => Verdict::Inconclusive,
        _ => Verdict::Pass,
    }
}
