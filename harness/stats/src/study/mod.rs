//! A technology evaluation (ISO/IEC 19795-2) from its scores: everything that a report shows and the decision needs.
//!
//! Pure: the same scores and settings give the same study, bit for bit, on any number of threads. Called by
//! `shinsa stats accuracy` and by the judge on stored scores.

mod groups;
mod operating;
mod pairs;
mod standing;

use serde::{Deserialize, Serialize};

pub use groups::Groups;
pub use operating::Operating;
pub use pairs::Pair;
pub use standing::{Decision, decide};

use crate::Unusable;
use crate::accuracy::det::Counter;
use crate::accuracy::strata::{Stratum, by_group};
use crate::accuracy::transaction::{Attempt, Outcome, policies};
use crate::accuracy::{Det, Tail, bootstrap};
use crate::scores::{Column, Scores};

/// Bins of the histograms.
const BINS: usize = 120;
/// Points of the curve that a report draws.
const CURVE: usize = 600;
/// Pairs listed as worst.
const WORST: usize = 10;

/// How to evaluate. Registered before the scores exist; part of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// False match rate at which FNMR decides.
    pub deciding_fmr: f64,
    /// Further false match rates shown where the data allow.
    pub shown_fmrs: Vec<f64>,
    /// One-sided confidence of all bounds.
    pub confidence: f64,
    /// Bootstrap replicates.
    pub replicates: u32,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Intra-class correlation that a subject's attempts are taken to have at least: few errors cannot show it.
    pub least_icc: f64,
    /// Most attempts of a transaction policy shown.
    pub attempts: u32,
}

impl Default for Settings {
    /// FMR 0.01 % decides; 10⁻¹ … 10⁻⁶ are shown; 95 %; 1,000 replicates (FIDO's least number);
    /// correlation 0.1 (what `facts/STATISTICS.md` simulated, common for faces); three attempts.
    fn default() -> Self {
        Self {
            deciding_fmr: 1e-4,
            shown_fmrs: vec![1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 1e-6],
            confidence: 0.95,
            replicates: 1_000,
            seed: 20_211_227,
            least_icc: 0.1,
            attempts: 3,
        }
    }
}

impl Settings {
    /// All false match rates that are shown, the deciding one among them, rising strictness.
    pub fn fmrs(&self) -> Vec<f64> {
        let mut rates = self.shown_fmrs.clone();
        rates.push(self.deciding_fmr);
        rates.sort_by(|a, b| b.total_cmp(a));
        rates.dedup();
        rates
    }
}

/// Counts of scores per bin; all scores fall in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Left edge of the first bin.
    pub low: f32,
    /// Right edge of the last bin.
    pub high: f32,
    /// Genuine per bin.
    pub genuine: Vec<u64>,
    /// Impostors per bin.
    pub impostor: Vec<u64>,
}

/// The whole evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// How it was made.
    pub settings: Settings,
    /// Subjects in the file.
    pub subjects: u64,
    /// Genuine comparisons.
    pub genuine: u64,
    /// Impostor comparisons.
    pub impostors: u64,
    /// Presentations that could not be acquired.
    pub failures_to_acquire: u64,
    /// Subjects who could not be enrolled.
    pub failures_to_enrol: u64,
    /// Where FNMR equals FMR.
    pub equal_error_rate: f64,
    /// At each false match rate, rising strictness.
    pub operating: Vec<Operating>,
    /// True points (FMR, FNMR) of the curve.
    pub curve: Vec<(f64, f64)>,
    /// Score distributions.
    pub histogram: Histogram,
    /// Genuine comparisons with the lowest scores.
    pub worst_genuine: Vec<Pair>,
    /// Impostor comparisons with the highest scores.
    pub worst_impostor: Vec<Pair>,
    /// FNMR of groups and conditions at the deciding threshold.
    pub strata: Vec<Stratum>,
    /// Transactions with 1, 2, … attempts at the deciding threshold; empty where it cannot be set.
    pub policies: Vec<Outcome>,
}

/// Evaluates scores of both classes.
///
/// # Errors
/// A class is missing; settings outside their ranges.
pub fn study(
    scores: &Scores,
    groups: &Groups,
    settings: &Settings,
    threads: usize,
) -> Result<Study, Unusable> {
    let (genuine, impostor) = (&scores.genuine, &scores.impostor);
    if genuine.is_empty() || impostor.is_empty() {
        return Err(Unusable::TooFew { needed: 1, has: 0 });
    }
    let det = curve(genuine, impostor, threads)?;
    let rates = settings.fmrs();
    let longest = rates
        .iter()
        .map(|fmr| bootstrap::tail_needed(*fmr, det.impostors))
        .max();
    let mut tail = Tail::keeping(longest.unwrap_or(1));
    tail.feed(&impostor.score, |n| {
        (impostor.reference[n], impostor.probe[n])
    });
    let tail = tail.sorted();
    let operating = operating::all(scores, &det, &tail, &rates, settings, threads)?;
    let deciding = operating
        .iter()
        .find(|one| one.is_at(settings.deciding_fmr));
    let threshold = deciding
        .and_then(|one| one.rates)
        .map(|rates| rates.threshold);
    let (strata, policies) = match threshold {
        Some(threshold) => (
            strata(scores, groups, threshold, settings.confidence)?,
            policies(&attempts(scores), threshold, settings.attempts),
        ),
        None => (Vec::new(), Vec::new()),
    };
    Ok(Study {
        settings: settings.clone(),
        subjects: scores.subjects.len() as u64,
        genuine: det.genuine,
        impostors: det.impostors,
        failures_to_acquire: scores.failures.iter().filter(|f| !f.to_enrol).count() as u64,
        failures_to_enrol: scores.failures.iter().filter(|f| f.to_enrol).count() as u64,
        equal_error_rate: det.equal_error_rate(),
        operating,
        curve: det.thinned(CURVE),
        histogram: histogram(&genuine.score, &impostor.score),
        worst_genuine: pairs::lowest(scores, WORST),
        worst_impostor: pairs::highest(&tail, &scores.subjects, WORST),
        strata,
        policies,
    })
}

/// The exact curve, counted side by side.
fn curve(genuine: &Column, impostor: &Column, threads: usize) -> Result<Det, Unusable> {
    let mut counter = Counter::new(&genuine.score)?;
    let part = impostor.len().div_ceil(threads.clamp(1, 64)).max(1);
    let empty = counter.clone();
    std::thread::scope(|scope| {
        let workers: Vec<_> = impostor
            .score
            .chunks(part)
            .map(|scores| {
                let mut own = empty.clone();
                scope.spawn(move || {
                    own.feed(scores);
                    own
                })
            })
            .collect();
        for worker in workers {
            counter.add(worker.join().expect("counting does not panic"));
        }
    });
    counter.det()
}

fn histogram(genuine: &[f32], impostor: &[f32]) -> Histogram {
    let both = || genuine.iter().chain(impostor);
    let low = both().fold(f32::INFINITY, |a, b| a.min(*b));
    let high = both().fold(f32::NEG_INFINITY, |a, b| a.max(*b));
    let per_unit = BINS as f32 / (high - low).max(f32::MIN_POSITIVE);
    let count = |scores: &[f32]| {
        let mut bins = vec![0_u64; BINS];
        for score in scores {
            bins[(((score - low) * per_unit) as usize).min(BINS - 1)] += 1;
        }
        bins
    };
    Histogram {
        low,
        high,
        genuine: count(genuine),
        impostor: count(impostor),
    }
}

fn strata(
    scores: &Scores,
    groups: &Groups,
    threshold: f32,
    confidence: f64,
) -> Result<Vec<Stratum>, Unusable> {
    let column = &scores.genuine;
    let conditions = scores.conditions.len();
    let mut names: Vec<String> = scores
        .conditions
        .iter()
        .map(|name| format!("condition={name}"))
        .collect();
    names.extend(groups.names.iter().cloned());
    let trials = (0..column.len()).flat_map(|n| {
        let error = column.score[n] < threshold;
        let own = groups.of_subject.get(column.probe[n] as usize);
        let own = own
            .into_iter()
            .flatten()
            .map(move |group| (conditions + *group as usize, error));
        std::iter::once((column.condition[n] as usize, error)).chain(own)
    });
    let mut strata = by_group(&names, trials, confidence)?;
    // A file without conditions has one nameless condition, which is no group.
    strata.retain(|stratum| !matches!(stratum.name.as_str(), "condition=" | "condition=/"));
    Ok(strata)
}

fn attempts(scores: &Scores) -> Vec<Attempt> {
    let compared = [&scores.genuine, &scores.impostor]
        .into_iter()
        .flat_map(|column| {
            (0..column.len()).map(|n| Attempt {
                reference: column.reference[n],
                probe: column.probe[n],
                number: column.attempt[n],
                score: Some(column.score[n]),
            })
        });
    let failed = scores
        .failures
        .iter()
        .filter(|failure| !failure.to_enrol)
        .map(|failure| Attempt {
            reference: failure.reference,
            probe: failure.probe,
            number: failure.attempt,
            score: None,
        });
    compared.chain(failed).collect()
}

#[cfg(test)]
mod tests;
