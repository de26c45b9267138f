//! Shares of successes against a limit: pooled, by group, and with subjects whose trials hang together.

use std::collections::BTreeMap;

use shinsa_stats::accuracy::bounds::{
    assumed_effect, deflated_lower, deflated_upper, design_effect,
};

use super::limit::Bounds;
use super::rule::{Ruling, beyond, more_trials, trials, worse};
use super::values::Figure;
use crate::text::Bilingual;
use crate::verdict::{GroupFinding, Verdict};

/// Correlation that trials of one subject are taken to have at least: few errors cannot show it (`facts/STATISTICS.md`).
pub const LEAST_ICC: f64 = 0.1;

/// Share of successes (each value 0 or `whole`): bounds by Clopper and Pearson, on counts deflated by the design effect
/// where the values say whose they are.
pub fn success(values: &[Figure], whole: f64, limit: &Bounds, confidence: f64) -> Ruling {
    let (n, k) = (
        values.len() as u64,
        values.iter().filter(|v| v.value > 0.0).count() as u64,
    );
    let effect = effect(values);
    let (Ok(low), Ok(high)) = (
        deflated_lower(k, n, effect, confidence),
        deflated_upper(k, n, effect, confidence),
    ) else {
        return Ruling::nothing();
    };
    let estimate = k as f64 / n as f64 * whole;
    let bounds = (low * whole, high * whole);
    let guarded = limit.judge(bounds.0, bounds.1);
    let open = (guarded == Verdict::Inconclusive).then(|| {
        let more = match (limit.least, limit.most) {
            (Some(least), None) => more_trials(least / whole, confidence, n, n - k),
            (None, Some(most)) => more_trials(1.0 - most / whole, confidence, n, k),
            _ => trials(n, None),
        };
        if effect > 1.0 {
            with_more_subjects(&more, effect)
        } else {
            more
        }
    });
    Ruling {
        estimate: Some(estimate),
        bounds: Some(bounds),
        guarded,
        simple: limit.judge(estimate, estimate),
        open,
    }
}

/// Design effect of the subjects' trials; 1 where the values name nobody.
fn effect(values: &[Figure]) -> f64 {
    let mut subjects: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for value in values.iter().filter(|value| !value.subject.is_empty()) {
        let counts = subjects.entry(&value.subject).or_default();
        counts.0 += u64::from(value.value <= 0.0);
        counts.1 += 1;
    }
    let counts: Vec<_> = subjects.into_values().collect();
    design_effect(&counts)
        .max(assumed_effect(&counts, LEAST_ICC))
        .max(1.0)
}

fn with_more_subjects(more: &Bilingual, effect: f64) -> Bilingual {
    Bilingual {
        ja: format!(
            "{}。ただし同一被験者の試行は互いに似るため（設計効果 {effect:.1}）、新しい被験者で行うこと",
            more.ja
        ),
        en: format!(
            "{}, of new subjects: trials of one subject hang together (design effect {effect:.1})",
            more.en
        ),
    }
}

/// As [`success`], for each group by itself: the worst decides, never the pool. Its estimate and bounds are the worst group's.
pub fn worst_success(
    values: &[Figure],
    whole: f64,
    limit: &Bounds,
    confidence: f64,
) -> (Ruling, Vec<GroupFinding>) {
    let mut groups: BTreeMap<&str, Vec<Figure>> = BTreeMap::new();
    for value in values {
        groups.entry(&value.group).or_default().push(value.clone());
    }
    let far = |ruling: &Ruling| {
        ruling
            .estimate
            .map_or(f64::INFINITY, |at| beyond(at, limit))
    };
    let (mut all, mut findings) = (Ruling::nothing(), Vec::new());
    (all.guarded, all.simple) = if groups.is_empty() {
        (Verdict::Inconclusive, Verdict::Inconclusive)
    } else {
        (Verdict::Pass, Verdict::Pass)
    };
    let mut farthest = f64::NEG_INFINITY;
    for (name, values) in groups {
        let ruling = success(&values, whole, limit, confidence);
        findings.push(finding(name, &values, &ruling));
        all.guarded = worse(all.guarded, ruling.guarded);
        all.simple = worse(all.simple, ruling.simple);
        if far(&ruling) > farthest {
            farthest = far(&ruling);
            (all.estimate, all.bounds) = (ruling.estimate, ruling.bounds);
            all.open = ruling.open.map(|open| Bilingual {
                ja: format!("{name}: {}", open.ja),
                en: format!("{name}: {}", open.en),
            });
        }
    }
    (all, findings)
}

fn finding(name: &str, values: &[Figure], ruling: &Ruling) -> GroupFinding {
    let mut ended_on: BTreeMap<String, u64> = BTreeMap::new();
    for value in values.iter().filter(|value| !value.ended_on.is_empty()) {
        *ended_on.entry(value.ended_on.clone()).or_default() += 1;
    }
    GroupFinding {
        name: name.into(),
        n: values.len() as u64,
        successes: values.iter().filter(|value| value.value > 0.0).count() as u64,
        bounds: ruling.bounds,
        verdict: ruling.guarded,
        ended_on,
    }
}
