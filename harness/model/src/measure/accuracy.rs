//! Error rates of 1:1 matching from score files that the journal names. Pure: the files are read by the caller, and one
//! that is missing or changed is no evidence.

use std::collections::BTreeMap;

use shinsa_stats::accuracy::bounds;
use shinsa_stats::scores::{Column, Scores};
use shinsa_stats::sequential::Standing;
use shinsa_stats::study::{Groups, Settings, decide, study};

use super::ledger::Ledger;
use super::limit::Bounds;
use super::rule::Ruling;
use super::values::{Gathered, ends};
use crate::accuracy::settles;
use crate::event::StepOutcome;
use crate::plan::Trial;
use crate::quantity::Quantity;
use crate::scenario::{AccuracyOf, AccuracyRate};
use crate::text::Bilingual;
use crate::verdict::{StudyFinding, Verdict};

/// MIME type of the compact score form.
pub const MEDIA: &str = "application/vnd.shinsa.scores";

/// MIME type of the subjects' groups beside a score file.
pub const GROUPS_MEDIA: &str = "text/csv";

/// Scores, and which groups their subjects belong to.
#[derive(Debug, Clone, Default)]
pub struct ScoreFile {
    /// All comparisons.
    pub scores: Scores,
    /// Pseudonymous demographics, where the library gives any.
    pub groups: Groups,
}

impl From<Scores> for ScoreFile {
    fn from(scores: Scores) -> Self {
        Self {
            scores,
            groups: Groups::default(),
        }
    }
}

/// Score files by SHA-256 (hex).
pub type ScoreFiles = BTreeMap<String, ScoreFile>;

/// A score file that an observation names.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Hex.
    pub sha256: String,
    /// Lowest similarity that the engine takes for a match, where it says so.
    pub threshold: Option<f64>,
}

/// What the scores say.
#[derive(Debug)]
pub struct Evaluated {
    /// For the verdict.
    pub ruling: Ruling,
    /// Comparisons that entered.
    pub n: u64,
    /// For the report.
    pub study: Option<Box<StudyFinding>>,
}

/// Collects the score files of a trial's evaluation steps.
pub fn gather(of: &AccuracyOf, trial: &Trial, ledger: &Ledger, gathered: &mut Gathered) {
    for end in ends(trial, ledger, |planned| {
        planned.step.id.as_ref() == Some(&of.step)
    }) {
        let done = end.filter(|facts| *facts.outcome == StepOutcome::Done);
        let named = done.and_then(|facts| {
            let observation = facts.observation?;
            let file = observation
                .artefacts
                .iter()
                .find(|file| file.media == MEDIA)?;
            let threshold = observation
                .value
                .get("threshold")
                .and_then(serde_json::Value::as_f64);
            Some((
                facts.seq,
                Stored {
                    sha256: file.sha256.clone(),
                    threshold,
                },
            ))
        });
        match named {
            Some((seq, stored)) => {
                gathered.scores.push(stored);
                gathered.evidence.push(seq);
            }
            None => gathered.miss("得点ファイルがない", "no score file"),
        }
    }
}

/// The rate against its limit. Several evaluations in one scenario cannot be pooled: two engines' scores are not one.
pub fn rule(
    of: &AccuracyOf,
    gathered: &Gathered,
    files: &ScoreFiles,
    limit: &Bounds,
    unit: &str,
    confidence: f64,
) -> Evaluated {
    let [stored] = gathered.scores.as_slice() else {
        return nothing(
            "得点ファイルは一つでなければならない",
            "an accuracy measurement rests on exactly one evaluation",
        );
    };
    let Some(file) = files.get(&stored.sha256) else {
        return nothing(
            "得点ファイルが無いか、記録のハッシュと違う",
            "the score file is missing or differs from the journal's hash",
        );
    };
    let scores = &file.scores;
    match of.rate {
        AccuracyRate::FnmrAtFmr => at_fmr(of, file, limit, unit, confidence),
        AccuracyRate::FmrInUse => in_use(
            scores,
            &scores.impostor,
            stored,
            true,
            limit,
            unit,
            confidence,
        ),
        AccuracyRate::FnmrInUse => in_use(
            scores,
            &scores.genuine,
            stored,
            false,
            limit,
            unit,
            confidence,
        ),
    }
}

fn nothing(ja: &str, en: &str) -> Evaluated {
    let open = Bilingual {
        ja: ja.into(),
        en: en.into(),
    };
    Evaluated {
        ruling: Ruling {
            open: Some(open),
            ..Ruling::nothing()
        },
        n: 0,
        study: None,
    }
}

fn in_unit(share: f64, unit: &str) -> f64 {
    Quantity::from_base(share, unit).map_or(share, |quantity| quantity.number())
}

fn at_fmr(
    of: &AccuracyOf,
    file: &ScoreFile,
    limit: &Bounds,
    unit: &str,
    confidence: f64,
) -> Evaluated {
    let settings = Settings {
        deciding_fmr: of
            .fmr
            .as_ref()
            .map_or(1e-4, crate::quantity::Share::fraction),
        confidence,
        ..Settings::default()
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let whole = in_unit(1.0, unit);
    let (Some(most), None) = (limit.most, limit.least) else {
        return nothing(
            "誤り率の限度は at_most で与える",
            "an error rate's limit is an `at_most`",
        );
    };
    let Ok(study) = study(&file.scores, &file.groups, &settings, threads) else {
        return nothing(
            "本人・他人の両方の照合が要る",
            "both genuine and impostor comparisons are needed",
        );
    };
    let most = most / whole;
    let Ok(decision) = decide(&study, most) else {
        return nothing(
            "限度値が 0 % と 100 % の間にない",
            "the limit does not lie between 0 % and 100 %",
        );
    };
    let estimate = study
        .operating
        .iter()
        .find(|one| one.is_at(settings.deciding_fmr))
        .and_then(|one| Some(one.rates?.fnmr()));
    let guarded = match decision.standing {
        Standing::Within => Verdict::Pass,
        Standing::Beyond => Verdict::Fail,
        Standing::Open | Standing::Truncated => Verdict::Inconclusive,
    };
    let simple = match estimate {
        Some(rate) if rate <= most => Verdict::Pass,
        Some(_) => Verdict::Fail,
        None => Verdict::Inconclusive,
    };
    let ruling = Ruling {
        estimate: estimate.map(|rate| rate * whole),
        bounds: decision
            .lower
            .zip(decision.upper)
            .map(|(low, high)| (low * whole, high * whole)),
        guarded,
        simple,
        open: (guarded == Verdict::Inconclusive).then(|| settles(&study, &decision)),
    };
    Evaluated {
        ruling,
        n: study.genuine,
        study: Some(Box::new(StudyFinding {
            study,
            decision,
            limit: most,
        })),
    }
}

/// Rate at the engine's own threshold; `matches` counts those at or above it, else those below.
fn in_use(
    scores: &Scores,
    column: &Column,
    stored: &Stored,
    matches: bool,
    limit: &Bounds,
    unit: &str,
    confidence: f64,
) -> Evaluated {
    let Some(threshold) = stored
        .threshold
        .map(|value| value as f32)
        .filter(|value| value.is_finite())
    else {
        return nothing(
            "エンジンが用いるしきい値を示さない",
            "the engine does not say which threshold it works with",
        );
    };
    let wrong = |score: f32| (score >= threshold) == matches;
    let effect = |subjects: &[u32]| {
        let mut counts = vec![(0_u64, 0_u64); scores.subjects.len()];
        for (score, subject) in column.score.iter().zip(subjects) {
            counts[*subject as usize].0 += u64::from(wrong(*score));
            counts[*subject as usize].1 += 1;
        }
        bounds::design_effect(&counts)
    };
    let effect = effect(&column.reference).max(effect(&column.probe));
    let trials = column.len() as u64;
    let errors = column.score.iter().filter(|score| wrong(**score)).count() as u64;
    let (Ok(low), Ok(high)) = (
        bounds::deflated_lower(errors, trials, effect, confidence),
        bounds::deflated_upper(errors, trials, effect, confidence),
    ) else {
        return nothing("照合がない", "no comparison");
    };
    let whole = in_unit(1.0, unit);
    let estimate = errors as f64 / trials as f64 * whole;
    let bounds = (low * whole, high * whole);
    let guarded = limit.judge(bounds.0, bounds.1);
    let open = (guarded == Verdict::Inconclusive).then(|| Bilingual {
        ja: format!("誤り {errors}/{trials} 件の信頼限界が限度をまたぐ。照合を増やすこと"),
        en: format!(
            "the bounds of {errors} errors in {trials} comparisons straddle the limit: compare more"
        ),
    });
    Evaluated {
        ruling: Ruling {
            estimate: Some(estimate),
            bounds: Some(bounds),
            guarded,
            simple: limit.judge(estimate, estimate),
            open,
        },
        n: trials,
        study: None,
    }
}
