//! What a measurement's own rule says of what was gathered: one rule for each kind of measurement. Called by `measure::one`, which knows
//! nothing of kinds; must not look at faults and gaps, which `measure::settle` weighs.

use super::accuracy::{self, ScoreFiles};
use super::limit::Bounds;
use super::rule::{self, Ruling};
use super::values::{Figure, Gathered};
use super::{common, predicted, residue, share, spread, vectors};
use crate::plan::Plan;
use crate::quantity::Quantity;
use crate::scenario::{MeasurementSpec, Statistic};
use crate::text::Bilingual;
use crate::verdict::{GroupFinding, PinFinding, StudyFinding, VectorFinding};

/// A ruling and what else the report shows.
pub struct Ruled {
    pub ruling: Ruling,
    /// Values as the ruling took them.
    pub values: Vec<f64>,
    /// What was counted, where it is not one for each value or text.
    pub compared: Option<u64>,
    pub groups: Vec<GroupFinding>,
    pub study: Option<Box<StudyFinding>>,
    pub pins: Option<Box<PinFinding>>,
    pub vectors: Option<Box<VectorFinding>>,
}

/// Rules on one measurement; without a limit nothing can be said.
pub fn rule_on(
    spec: &MeasurementSpec,
    gathered: &Gathered,
    limit: Option<&Bounds>,
    confidence: f64,
    plan: &Plan,
    scores: &ScoreFiles,
) -> Ruled {
    let Some(limit) = limit else {
        return Ruled::of(Vec::new(), no_limit());
    };
    let of = &spec.of;
    let whole = Quantity::whole(&spec.unit);
    if let Some(of) = &of.accuracy {
        let found = accuracy::rule(of, gathered, scores, limit, &spec.unit, confidence);
        return Ruled {
            study: found.study,
            compared: Some(found.n),
            ..Ruled::of(Vec::new(), found.ruling)
        };
    }
    if of.pin_residue.is_some() {
        let (ruling, n, pins) = residue::rule(gathered, limit, &spec.unit, confidence, plan.seed);
        return Ruled {
            pins,
            compared: Some(n),
            ..Ruled::of(Vec::new(), ruling)
        };
    }
    if of.common_residue.is_some() {
        let (ruling, n) = common::rule(gathered, limit);
        return Ruled {
            compared: Some(n),
            ..Ruled::of(Vec::new(), ruling)
        };
    }
    if of.vector_residue.is_some() {
        let (ruling, found) = vectors::rule(gathered, limit, plan.seed);
        return Ruled {
            compared: Some(found.authentications),
            vectors: Some(Box::new(found)),
            ..Ruled::of(Vec::new(), ruling)
        };
    }
    if let Some(of) = &of.predicted {
        let (values, ruling) = predicted::rule(of, gathered, scores, &spec.unit, limit);
        return Ruled {
            compared: Some(values.len() as u64),
            ..Ruled::of(values, ruling)
        };
    }
    if of.uniformity.is_some() {
        let (shares, ruling) = spread::uniformity(&gathered.texts, whole, limit);
        return Ruled::of(shares, ruling);
    }
    if of.distinct.is_some() {
        return Ruled::of(Vec::new(), spread::distinct(&gathered.texts, limit));
    }
    let figures = &gathered.values;
    let values = figures.iter().map(|figure| figure.value).collect();
    match &of.success {
        Some(of) if of.worst_by.is_some() => {
            let (ruling, groups) = share::worst_success(figures, whole, limit, confidence);
            Ruled {
                groups,
                ..Ruled::of(values, ruling)
            }
        }
        Some(_) => Ruled::of(values, share::success(figures, whole, limit, confidence)),
        None => Ruled::of(values, by_statistic(spec, figures, limit, confidence)),
    }
}

impl Ruled {
    fn of(values: Vec<f64>, ruling: Ruling) -> Self {
        Self {
            ruling,
            values,
            compared: None,
            groups: Vec::new(),
            study: None,
            pins: None,
            vectors: None,
        }
    }
}

fn by_statistic(
    spec: &MeasurementSpec,
    figures: &[Figure],
    limit: &Bounds,
    confidence: f64,
) -> Ruling {
    match spec.statistic.as_ref().unwrap_or(&Statistic::Each) {
        Statistic::Each => rule::each(figures, limit),
        Statistic::Percentile(level) => {
            rule::share_conforming(figures, limit, level.fraction(), confidence)
        }
        Statistic::Mean => rule::mean_of(figures, limit, confidence),
    }
}

fn no_limit() -> Ruling {
    let open = Bilingual {
        ja: "判定する限度値がない（基準カタログかシナリオに limit が必要）".into(),
        en: "no limit of this unit to judge by (name `limit` in the catalogue or the scenario)"
            .into(),
    };
    Ruling {
        open: Some(open),
        ..Ruling::nothing()
    }
}
