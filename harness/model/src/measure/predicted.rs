//! Decisions that scores foretell (3-3): a pair whose every score lies clearly above the threshold in force must be let
//! in, one whose every score lies clearly below must not. Pairs near the threshold foretell nothing and do not count.

use serde_json::Value;
use shinsa_stats::scores::Scores;

use super::accuracy::{MEDIA, ScoreFiles, Stored};
use super::ledger::Ledger;
use super::limit::Bounds;
use super::rule::{Ruling, each};
use super::values::{Figure, Gathered};
use crate::event::StepOutcome;
use crate::plan::Trial;
use crate::quantity::Quantity;
use crate::scenario::Predicted;
use crate::text::Bilingual;

/// A decision of the DUT on somebody before somebody's card.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Whose card.
    reference: String,
    /// Who stood there.
    probe: String,
    /// Was the card's holder let in?
    accepted: bool,
    /// Threshold that was put in force; `None`: the engine's own.
    threshold: Option<f64>,
    /// The people's scores.
    scores: Stored,
}

/// Collects the decisions of a trial, each with the card and the face that came last before it.
pub fn gather(of: &Predicted, trial: &Trial, ledger: &Ledger, gathered: &mut Gathered) {
    let Some(facts) = ledger.counted(&trial.id) else {
        return;
    };
    let parameter = of.threshold.as_ref();
    let threshold = parameter.map(|name| trial.parameters.get(name).and_then(Value::as_f64));
    let (mut card, mut face, mut scores) = (None, None, None);
    for planned in &trial.steps {
        let end = facts.step(&planned.path, planned.occurrence);
        let done = end.filter(|end| *end.outcome == StepOutcome::Done);
        let read = |name: &str| done.and_then(|end| end.observation?.value.get(name));
        let text = |name: &str| read(name).and_then(Value::as_str).map(str::to_owned);
        let step = &planned.step;
        if step.insert_card.is_some() {
            card = text("subject");
        } else if step.present_face.is_some() {
            face = text("subject");
        } else if step.id.as_ref() == Some(&of.evaluation) {
            let observation = done.and_then(|end| end.observation);
            let file = observation
                .and_then(|found| found.artefacts.iter().find(|file| file.media == MEDIA));
            scores = file.map(|file| Stored {
                sha256: file.sha256.clone(),
                threshold: read("threshold").and_then(Value::as_f64),
            });
        }
        if step.id.as_ref() != Some(&of.step) {
            continue;
        }
        match (text("screen"), &card, &face, &scores, threshold) {
            (Some(screen), Some(card), Some(face), Some(scores), None | Some(Some(_))) => {
                gathered.evidence.extend(done.map(|end| end.seq));
                gathered.decisions.push(Decision {
                    reference: card.clone(),
                    probe: face.clone(),
                    accepted: of.accepted.contains(&screen),
                    threshold: threshold.flatten(),
                    scores: scores.clone(),
                });
            }
            _ => gathered.miss(
                "判定、カード、顔又は得点がない",
                "a decision without screen, card, face, threshold or scores",
            ),
        }
    }
}

/// Every foretold decision must be as foretold (`whole`), and a threshold that is put in force must change one of them.
pub fn rule(
    of: &Predicted,
    gathered: &Gathered,
    files: &ScoreFiles,
    unit: &str,
    limit: &Bounds,
) -> (Vec<f64>, Ruling) {
    let whole = Quantity::from_base(1.0, unit).map_or(1.0, |quantity| quantity.number());
    let (mut values, mut changed) = (Vec::new(), false);
    for decision in &gathered.decisions {
        let Some(file) = files.get(&decision.scores.sha256) else {
            return undecided(
                "得点ファイルが無いか、記録のハッシュと違う",
                "the score file is missing or differs from the journal's hash",
            );
        };
        let pair = of_pair(&file.scores, &decision.reference, &decision.probe);
        let foretold = |threshold: f64| foretold(&pair, threshold, of.margin);
        let own = decision.scores.threshold;
        let Some(expected) = decision.threshold.or(own).and_then(foretold) else {
            continue;
        };
        let before = own.and_then(foretold);
        changed |= before.is_some_and(|before| before != expected);
        let right = expected == decision.accepted;
        values.push(Figure::of(if right { whole } else { 0.0 }, 0.0));
    }
    if values.is_empty() || (of.threshold.is_some() && !changed) {
        return undecided(
            "得点から判定の変化を予測できる組がない（しきい値か対象者を変えること）",
            "no pair's scores foretell a changed decision: choose another threshold or other people",
        );
    }
    let ruling = each(&values, limit);
    (values.iter().map(|value| value.value).collect(), ruling)
}

fn undecided(ja: &str, en: &str) -> (Vec<f64>, Ruling) {
    let open = Bilingual {
        ja: ja.into(),
        en: en.into(),
    };
    let ruling = Ruling {
        open: Some(open),
        ..Ruling::nothing()
    };
    (Vec::new(), ruling)
}

/// All similarities of a probe against a reference.
fn of_pair(scores: &Scores, reference: &str, probe: &str) -> Vec<f64> {
    let number = |id: &str| scores.subjects.iter().position(|known| known == id);
    let (Some(reference), Some(probe)) = (number(reference), number(probe)) else {
        return Vec::new();
    };
    let column = if reference == probe {
        &scores.genuine
    } else {
        &scores.impostor
    };
    let ids = column.reference.iter().zip(&column.probe);
    ids.zip(&column.score)
        .filter(|((a, b), _)| (**a as usize, **b as usize) == (reference, probe))
        .map(|(_, score)| f64::from(*score))
        .collect()
}

/// Must they be let in? `None` where a score lies nearer to the threshold than the margin, or there is none.
fn foretold(scores: &[f64], threshold: f64, margin: f64) -> Option<bool> {
    if scores.is_empty() {
        return None;
    }
    let above = scores.iter().all(|score| *score >= threshold + margin);
    let below = scores.iter().all(|score| *score < threshold - margin);
    (above || below).then_some(above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clear_scores_foretell() {
        assert_eq!(foretold(&[0.9, 0.95], 0.8, 0.05), Some(true));
        assert_eq!(foretold(&[0.9, 0.84], 0.8, 0.05), None);
        assert_eq!(foretold(&[0.7, 0.2], 0.8, 0.05), Some(false));
        assert_eq!(foretold(&[0.76], 0.8, 0.05), None);
        assert_eq!(foretold(&[], 0.8, 0.05), None);
    }
}
