//! Which screen stands: NCC of 160x100 grey pictures under each screen's masks, then a check of the best three at
//! 320x200 in the places where they differ from each other.
//!
//! Unknown stays unknown: a score below [`THRESHOLD`] or two screens that explain the frame about equally well give no
//! label. Frames of any size are accepted; the caller decides what a label means.

use crate::catalogue::{Catalogue, Region};
use crate::grey::{Grey, Template};
use crate::picture::Picture;

const COARSE: (usize, usize) = (160, 100);
const FINE: (usize, usize) = (320, 200);
/// Candidates that enter the second stage.
const CANDIDATES: usize = 3;
/// Smallest NCC at 320x200 of a recognised screen. A screen with one changed line of text still reaches about 0.97
/// against its neighbour, a foreign picture stays below 0.6: absolute scores tell foreign pictures, not neighbours.
pub const THRESHOLD: f32 = 0.90;
/// In the places where two candidates differ, the winner's mean distance from the frame must be smaller than the
/// loser's by this factor.
pub const MARGIN: f32 = 1.6;
/// Two references differ at a place from this grey difference on.
const DIFFERENT: f32 = 20.0;
/// Fewer differing places (of 64,000) than this tell nothing: less than a letter.
const FEWEST_DIFFERENT: usize = 12;

/// A screen's reference in both resolutions, with weights (0 masked, 1 seen).
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    coarse: Template,
    fine: Template,
}

/// What a frame shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognition {
    /// Screen id; `None`: unknown.
    pub screen: Option<String>,
    /// NCC of the best candidate at 320x200, −1 to 1, whether or not it was accepted.
    pub score: f32,
}

impl Reference {
    pub(crate) fn new(picture: &Picture, masks: &[Region], size: (u32, u32)) -> Self {
        let scaled = |(width, height): (usize, usize)| {
            let grey = Grey::reduced(picture, width, height).values;
            Template::new(grey, weights(masks, size, width, height))
        };
        Self {
            coarse: scaled(COARSE),
            fine: scaled(FINE),
        }
    }
}

impl Catalogue {
    /// Recognises a frame.
    pub fn recognise(&self, frame: &Picture) -> Recognition {
        let full = Grey::of(frame);
        let coarse = full.resized(COARSE.0, COARSE.1).values;
        let mut ranked: Vec<(usize, f32)> = self
            .references
            .iter()
            .map(|reference| reference.coarse.ncc(&coarse))
            .enumerate()
            .collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        ranked.truncate(CANDIDATES);
        let fine = full.resized(FINE.0, FINE.1).values;
        for (index, score) in &mut ranked {
            *score = self.references[*index].fine.ncc(&fine);
        }
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        let Some(&(_, score)) = ranked.first() else {
            return Recognition {
                screen: None,
                score: 0.0,
            };
        };
        // The best NCC need not win the duel: a large unmasked area can outweigh one line of text.
        let winner = ranked
            .iter()
            .filter(|(_, score)| *score >= THRESHOLD)
            .find(|(one, _)| {
                ranked
                    .iter()
                    .filter(|(other, score)| other != one && *score >= THRESHOLD)
                    .all(|(other, _)| self.beats(&fine, *one, *other))
            });
        Recognition {
            screen: winner.map(|(index, _)| self.screens[*index].id.clone()),
            score: winner.map_or(score, |winner| winner.1),
        }
    }

    /// Does `one` explain the frame clearly better than `other`, in the places where the two differ?
    fn beats(&self, frame: &[f32], one: usize, other: usize) -> bool {
        let (a, b) = (&self.references[one].fine, &self.references[other].fine);
        let (gain, offset) = fit(frame, &a.values, &a.weight);
        let (mut places, mut to_one, mut to_other) = (0_usize, 0.0_f32, 0.0_f32);
        for (at, value) in frame.iter().enumerate() {
            let seen = a.weight[at] * b.weight[at] > 0.0;
            if seen && (a.values[at] - b.values[at]).abs() >= DIFFERENT {
                let value = value * gain + offset;
                places += 1;
                to_one += (value - a.values[at]).abs();
                to_other += (value - b.values[at]).abs();
            }
        }
        places >= FEWEST_DIFFERENT && to_one * MARGIN < to_other
    }
}

/// Gain and offset that bring the frame to the reference's mean and spread (camera exposure).
fn fit(frame: &[f32], reference: &[f32], weight: &[f32]) -> (f32, f32) {
    let moments = |values: &[f32]| {
        let n: f32 = weight.iter().sum::<f32>().max(1.0);
        let mean = values.iter().zip(weight).map(|(v, w)| v * w).sum::<f32>() / n;
        let spread = values
            .iter()
            .zip(weight)
            .map(|(v, w)| w * (v - mean) * (v - mean))
            .sum::<f32>()
            / n;
        (mean, spread.sqrt().max(1e-3))
    };
    let ((mean, spread), (wanted, wide)) = (moments(frame), moments(reference));
    let gain = wide / spread;
    (gain, wanted - mean * gain)
}

fn weights(masks: &[Region], size: (u32, u32), width: usize, height: usize) -> Vec<f32> {
    let mut weight = vec![1.0; width * height];
    for mask in masks {
        let [x, y, w, h] = mask.0.map(|v| v as usize);
        // One cell more on each side: a cell on the edge averages both.
        let left = (x * width / size.0 as usize).saturating_sub(1).min(width);
        let right = ((x.saturating_add(w)) * width)
            .div_ceil(size.0 as usize)
            .saturating_add(1)
            .min(width);
        let top = (y * height / size.1 as usize).saturating_sub(1).min(height);
        let bottom = ((y.saturating_add(h)) * height)
            .div_ceil(size.1 as usize)
            .saturating_add(1)
            .min(height);
        for row in top..bottom {
            weight[row * width + left..row * width + right.max(left)].fill(0.0);
        }
    }
    weight
}
