//! Errors and their bounds at each false match rate.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Settings;
use crate::accuracy::bootstrap::{self, Pairs, Sample};
use crate::accuracy::bounds::{self, Uppers};
use crate::accuracy::tail::Sorted;
use crate::accuracy::{Det, Rates, allowed};
use crate::scores::{Column, Scores};
use crate::{Unusable, beta_binomial, binomial};

/// One point of operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operating {
    /// False match rate asked for.
    pub target_fmr: f64,
    /// Impostor comparisons that it needs, where there are too few; never extrapolated.
    pub needed: Option<u64>,
    /// Errors at its threshold.
    pub rates: Option<Rates>,
    /// Bounds of FNMR, threshold estimated anew in each replicate.
    pub fnmr: Option<Bounds>,
    /// Bounds of FMR at this very threshold.
    pub fmr: Option<Bounds>,
}

/// Bounds of a rate, each one-sided.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// What surely is exceeded: the lower of deflated Clopper–Pearson and bootstrap.
    pub lower: f64,
    /// Upper bounds by method.
    pub upper: Uppers,
    /// Variance over that of independent comparisons.
    pub design_effect: f64,
    /// Intra-class correlation of a subject's comparisons, where the errors show one (beta-binomial, moments).
    pub icc: Option<f64>,
}

impl Operating {
    /// Is this the point at so small a rate?
    pub fn is_at(&self, fmr: f64) -> bool {
        (self.target_fmr - fmr).abs() <= fmr * 1e-9
    }
}

/// All points; those that the number of impostors cannot resolve say how many it takes.
pub(super) fn all(
    scores: &Scores,
    det: &Det,
    tail: &Sorted,
    targets: &[f64],
    settings: &Settings,
    threads: usize,
) -> Result<Vec<Operating>, Unusable> {
    let column = &scores.genuine;
    let mut sample = Sample {
        subjects: scores.subjects.len() as u32,
        genuine: column
            .score
            .iter()
            .copied()
            .zip(column.probe.iter().copied())
            .collect(),
        tail: tail.clone(),
        pairs: pairs(&scores.impostor, scores.subjects.len()),
        target_fmr: 0.0,
    };
    targets
        .iter()
        .map(|&target_fmr| {
            let count = match allowed(target_fmr, det.impostors) {
                Ok(count) => count,
                Err(Unusable::TooFew { needed, .. }) => {
                    return Ok(Operating {
                        target_fmr,
                        needed: Some(needed),
                        rates: None,
                        fnmr: None,
                        fmr: None,
                    });
                }
                Err(other) => return Err(other),
            };
            let threshold = tail.threshold(count);
            let false_matches = tail.0.partition_point(|entry| entry.score >= threshold) as u64;
            let rates = det.rates(threshold, false_matches);
            sample.target_fmr = target_fmr;
            let replicates = bootstrap::replicates(
                &sample,
                threshold,
                settings.replicates,
                settings.seed,
                threads,
            )?;
            let missed: Vec<f64> = replicates.iter().map(|one| one.fnmr).collect();
            let matched: Vec<f64> = replicates
                .iter()
                .map(|one| one.fmr_at_sample_threshold)
                .collect();
            let by_subject = genuine_by_subject(scores, threshold);
            let effect = bounds::design_effect(&by_subject)
                .max(bounds::assumed_effect(&by_subject, settings.least_icc));
            let mut genuine_bounds = both(
                rates.false_non_matches,
                rates.genuine,
                effect,
                missed,
                settings.confidence,
            )?;
            genuine_bounds.icc = beta_binomial::icc(&by_subject).ok().flatten();
            let effect = impostor_effect(scores, tail, threshold);
            let impostor_bounds = both(
                false_matches,
                rates.impostors,
                effect,
                matched,
                settings.confidence,
            )?;
            Ok(Operating {
                target_fmr,
                needed: None,
                rates: Some(rates),
                fnmr: Some(genuine_bounds),
                fmr: Some(impostor_bounds),
            })
        })
        .collect()
}

fn both(
    errors: u64,
    trials: u64,
    design_effect: f64,
    replicates: Vec<f64>,
    confidence: f64,
) -> Result<Bounds, Unusable> {
    let low = bootstrap::percentile(replicates.clone(), 1.0 - confidence);
    let high = bootstrap::percentile(replicates, confidence);
    let exact = bounds::deflated_lower(errors, trials, design_effect, confidence)?;
    Ok(Bounds {
        lower: exact
            .min(low)
            .min(binomial::lower(errors, trials, confidence)?),
        upper: bounds::uppers(errors, trials, design_effect, high, confidence)?,
        design_effect,
        icc: None,
    })
}

/// (errors, comparisons) of each subject.
fn genuine_by_subject(scores: &Scores, threshold: f32) -> Vec<(u64, u64)> {
    let mut counts = vec![(0, 0); scores.subjects.len()];
    for (score, subject) in scores.genuine.score.iter().zip(&scores.genuine.probe) {
        let own = &mut counts[*subject as usize];
        own.0 += u64::from(*score < threshold);
        own.1 += 1;
    }
    counts
}

/// The larger design effect of clustering by reference and by probe.
fn impostor_effect(scores: &Scores, tail: &Sorted, threshold: f32) -> f64 {
    let effect = |of: fn(&Column) -> &Vec<u32>, entry: fn(&crate::accuracy::Entry) -> u32| {
        let mut counts = vec![(0_u64, 0_u64); scores.subjects.len()];
        for subject in of(&scores.impostor) {
            counts[*subject as usize].1 += 1;
        }
        for one in tail.0.iter().take_while(|one| one.score >= threshold) {
            counts[entry(one) as usize].0 += 1;
        }
        bounds::design_effect(&counts)
    };
    effect(|c| &c.reference, |e| e.reference).max(effect(|c| &c.probe, |e| e.probe))
}

/// How impostor comparisons spread over pairs: complete where every ordered pair was compared equally often.
fn pairs(impostor: &Column, subjects: usize) -> Pairs {
    let ordered = subjects * (subjects - 1);
    let each = impostor.len() / ordered.max(1);
    if each > 0 && each * ordered == impostor.len() && subjects * subjects <= 1 << 28 {
        let mut counts = vec![0_u32; subjects * subjects];
        for (reference, probe) in impostor.reference.iter().zip(&impostor.probe) {
            counts[*reference as usize * subjects + *probe as usize] += 1;
        }
        let even = (0..subjects * subjects)
            .all(|at| at / subjects == at % subjects || counts[at] as usize == each);
        if even {
            return Pairs::Complete(each as u64);
        }
    }
    let mut counts: HashMap<(u32, u32), u32> = HashMap::new();
    for pair in impostor.reference.iter().zip(&impostor.probe) {
        *counts.entry((*pair.0, *pair.1)).or_default() += 1;
    }
    let mut list: Vec<_> = counts.into_iter().map(|((a, b), n)| (a, b, n)).collect();
    list.sort_unstable();
    Pairs::Listed(list)
}
