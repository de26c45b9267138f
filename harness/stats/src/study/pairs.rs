//! The comparisons that hurt most: whom the engine does not know, and whom it takes for another.

use serde::{Deserialize, Serialize};

use crate::accuracy::tail::Sorted;
use crate::scores::Scores;

/// One comparison, by pseudonyms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Whose reference.
    pub reference: String,
    /// Who was before the camera.
    pub probe: String,
    /// Similarity.
    pub score: f32,
}

/// Genuine comparisons with the lowest scores.
pub(super) fn lowest(scores: &Scores, most: usize) -> Vec<Pair> {
    let column = &scores.genuine;
    let mut order: Vec<usize> = (0..column.len()).collect();
    order.sort_by(|a, b| column.score[*a].total_cmp(&column.score[*b]).then(a.cmp(b)));
    order
        .into_iter()
        .take(most)
        .map(|n| Pair {
            reference: scores.subjects[column.reference[n] as usize].clone(),
            probe: scores.subjects[column.probe[n] as usize].clone(),
            score: column.score[n],
        })
        .collect()
}

/// Impostor comparisons with the highest scores.
pub(super) fn highest(tail: &Sorted, subjects: &[String], most: usize) -> Vec<Pair> {
    tail.0
        .iter()
        .take(most)
        .map(|entry| Pair {
            reference: subjects[entry.reference as usize].clone(),
            probe: subjects[entry.probe as usize].clone(),
            score: entry.score,
        })
        .collect()
}
