//! How many samples has a pixel? Neighbouring pixels are alike, colours of one pixel need not be. Called by `compare`, so that not every layout is looked for
//! in memory that shows what it is: a face is looked for at thirty sizes in each.
//!
//! Each lively piece says what it can be; a layout is looked for if some pieces can be that. Grey pictures in colours can be anything.

use super::absolute::{absolute, apart};
use super::rows::{PIECE, Piece};

/// A layout is out for a piece if another distance differs less than half as much as its own.
const LESS: u32 = 2;
/// Luma among colours differs less than this part of neighbours, in percent.
const HALVES: u32 = 60;
/// Pieces that must be able to be a layout, in percent.
const SOME: usize = 2;

/// What pixels may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pixels {
    /// Samples of a pixel: some of 1, 3, 4.
    pub channels: Vec<usize>,
    /// Every second sample alone may be a picture.
    pub halves: bool,
}

impl Pixels {
    /// What some of the pieces can be; all where there is none.
    pub fn of(samples: &[u8], pieces: &[Piece]) -> Self {
        let told: Vec<[bool; 4]> = pieces
            .iter()
            .map(|piece| can_be(samples, piece.at))
            .collect();
        let some = (told.len() * SOME).div_ceil(100);
        let may = |n: usize| told.iter().filter(|can| can[n]).count() >= some;
        let channels = [1, 3, 4].into_iter().zip(0..);
        Self {
            channels: channels.filter(|one| may(one.1)).map(|one| one.0).collect(),
            halves: may(3),
        }
    }
}

/// Grey, RGB, RGBA, halves.
fn can_be(samples: &[u8], at: usize) -> [bool; 4] {
    let [one, three, four] = [1, 3, 4].map(|lag| apart(samples, at, PIECE, lag));
    let half = |parity: usize| {
        let every: Vec<u8> = samples[at + parity..]
            .iter()
            .copied()
            .step_by(2)
            .take(PIECE / 2 + 1)
            .collect();
        2 * absolute(&every[..PIECE / 2], &every[1..])
    };
    let less = |a: u32, b: u32| LESS * a < b;
    [
        !less(three, one) && !less(four, one),
        !less(four, three),
        !less(three, four),
        half(0).min(half(1)) * 100 < one * HALVES && !transparency(samples, at),
    ]
}

/// Every fourth sample is full or none: no colour, and no luma.
fn transparency(samples: &[u8], at: usize) -> bool {
    (0..4).any(|first| {
        let mut every = samples[at + first..at + PIECE].iter().step_by(4);
        matches!(samples[at + first], 0 | 255) && every.all(|sample| *sample == samples[at + first])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slanting wave, 120 pixels by row.
    fn of(pixel: impl Fn(u8) -> Vec<u8>) -> Pixels {
        let level = |n: usize| {
            (128.0 + 100.0 * ((n % 120) as f32 / 9.0 + (n / 120) as f32 / 5.0).sin()) as u8
        };
        let samples: Vec<u8> = (0..120 * 100).flat_map(|n| pixel(level(n))).collect();
        let found = super::super::rows::Rows::of(&samples);
        assert!(found.pieces.len() > 10);
        Pixels::of(&samples, &found.pieces)
    }

    #[test]
    fn what_is_shown_is_among_them_and_little_else() {
        assert_eq!(of(|v| vec![v]).channels[0], 1);
        assert_eq!(of(|v| vec![v / 2 + 100, v / 2, 255 - v]).channels, [3]);
        assert_eq!(of(|v| vec![v / 2 + 100, v / 2, v / 3, 255]).channels, [4]);
        // Grey in colours.
        assert!(of(|v| vec![v; 3]).channels.contains(&3));
        assert!(of(|v| vec![v, v, v, 255]).channels.contains(&4));
        assert!(of(|v| vec![v, 128]).halves);
        assert!(!of(|v| vec![v]).halves);
        assert!(!of(|v| vec![v, v, v, 255]).halves);
    }
}
