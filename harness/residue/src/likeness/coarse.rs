//! Where in a stretch could a picture lie, if its rows are so long and it is so high? Every place is tried on a coarse grid of levels.
//! Called by `compare`; gives places to look at closely, decides nothing.
#![allow(unsafe_code)]

use zeroize::Zeroizing;

use super::template::{Arranged, COARSE};

/// Correlation of levels below which a place is not looked at. An exact copy a quarter of a cell off has 0.95 and more; so have other
/// people's photos.
const GATE: f32 = 0.8;
/// Places given for one shape, the best ones.
const KEPT: usize = 8;
/// Rows of a half cell that are added up at most.
const ROWS: usize = 4;

/// A place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// First sample.
    pub offset: usize,
    /// How well the levels agree.
    pub score: f32,
}

/// Looks for all arrangements of one template, `high` rows of `stride` samples. The same numbers on every processor: wider ones
/// take more of the same steps at once, and none that rounds otherwise.
pub(super) fn spots(samples: &[u8], stride: usize, high: f32, template: &[Arranged]) -> Vec<Spot> {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { with_avx2(samples, stride, high, template) };
    }
    plainly(samples, stride, high, template)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2(samples: &[u8], stride: usize, high: f32, template: &[Arranged]) -> Vec<Spot> {
    plainly(samples, stride, high, template)
}

#[allow(clippy::inline_always, reason = "compiled once for each processor")]
#[inline(always)]
fn plainly(samples: &[u8], stride: usize, high: f32, template: &[Arranged]) -> Vec<Spot> {
    let Some(first) = template.first() else {
        return Vec::new();
    };
    let down = first.coarse.down;
    let step = high / (2 * down) as f32;
    let cells = Cells::of(samples, stride, step);
    let mut found = Vec::new();
    for odd_row in 0..2 {
        for odd_column in 0..2 {
            let plane = cells.every_other(odd_row, odd_column);
            let rows = plane.len() / (2 * COARSE);
            for row in 0..(rows + 1).saturating_sub(down) {
                for column in 0..COARSE {
                    let window = &plane[row * 2 * COARSE + column..];
                    if let Some(score) = best(window, template) {
                        let (row, column) = (2 * row + odd_row, 2 * column + odd_column);
                        let offset =
                            (row as f32 * step) as usize * stride + column * stride / (2 * COARSE);
                        found.push(Spot { offset, score });
                    }
                }
            }
        }
    }
    apart(found, (high * stride as f32) as usize / 4)
}

/// How well the best arrangement agrees with the window at the begin of `cells` (rows of `2 × COARSE`), if it does at all.
#[allow(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn best(cells: &[f32], template: &[Arranged]) -> Option<f32> {
    let rows = || {
        cells
            .chunks(2 * COARSE)
            .filter_map(|row| row.first_chunk::<COARSE>())
    };
    let down = template[0].coarse.down;
    let (mut sums, mut squares) = ([0.0_f32; COARSE], [0.0_f32; COARSE]);
    for row in rows().take(down) {
        for ((sum, square), cell) in sums.iter_mut().zip(&mut squares).zip(row) {
            *sum += cell;
            *square += cell * cell;
        }
    }
    let count = (COARSE * down) as f32;
    let sum: f32 = sums.iter().sum();
    let power = squares.iter().sum::<f32>() - sum * sum / count;
    if power < count {
        return None;
    }
    let score = |arranged: &Arranged| {
        let mut lanes = [0.0_f32; COARSE];
        for (row, other) in rows().zip(arranged.coarse.cells.as_chunks::<COARSE>().0) {
            for ((lane, a), b) in lanes.iter_mut().zip(row).zip(other) {
                *lane += a * b;
            }
        }
        lanes.iter().sum::<f32>() / power.sqrt()
    };
    let best = template.iter().map(score).fold(-1.0, f32::max);
    (best >= GATE).then_some(best)
}

/// The best ones that do not lie on one another.
fn apart(mut found: Vec<Spot>, near: usize) -> Vec<Spot> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Spot> = Vec::with_capacity(KEPT);
    for spot in found {
        if kept.len() < KEPT
            && kept
                .iter()
                .all(|one| one.offset.abs_diff(spot.offset) > near)
        {
            kept.push(spot);
        }
    }
    kept
}

/// Mean levels of cells, one at each half cell: rows are twice as long as the picture's, so that a picture that begins in the middle of a
/// row lies in one piece.
struct Cells {
    across: usize,
    levels: Zeroizing<Vec<f32>>,
}

impl Cells {
    fn of(samples: &[u8], stride: usize, step: f32) -> Self {
        let halves = 4 * COARSE;
        let rows = samples.len() / stride;
        let high = (rows as f32 / step) as usize;
        let mut levels = Zeroizing::new(Vec::with_capacity(high * halves));
        let mut columns = Zeroizing::new(vec![0_u32; 2 * stride]);
        for half in 0..high {
            let from = (half as f32 * step) as usize;
            let behind = (((half + 1) as f32 * step) as usize).clamp(from + 1, rows.max(from + 1));
            let taken = (from..behind).step_by((behind - from).div_ceil(ROWS));
            columns.fill(0);
            let mut added = 0;
            for row in taken {
                let begin = (row * stride).min(samples.len());
                for (column, sample) in columns.iter_mut().zip(&samples[begin..]) {
                    *column += u32::from(*sample);
                }
                added += 1;
            }
            levels.extend((0..halves).map(|n| {
                let from = n * stride / (2 * COARSE);
                let behind = ((n + 1) * stride / (2 * COARSE)).max(from + 1);
                let sum: u32 = columns[from..behind.min(columns.len())].iter().sum();
                sum as f32 / (added * (behind - from)) as f32
            }));
        }
        Self {
            across: halves,
            levels,
        }
    }

    /// Sums of four half cells around every other corner.
    fn every_other(&self, odd_row: usize, odd_column: usize) -> Zeroizing<Vec<f32>> {
        let rows: Vec<&[f32]> = self.levels.chunks_exact(self.across).collect();
        let pairs = rows.windows(2).skip(odd_row).step_by(2);
        let mut sums = Zeroizing::new(Vec::with_capacity(self.levels.len() / 4 + self.across));
        for pair in pairs {
            sums.extend((0..self.across / 2).map(|n| {
                let (left, right) = (
                    2 * n + odd_column,
                    (2 * n + odd_column + 1).min(self.across - 1),
                );
                let left = left.min(self.across - 1);
                0.25 * (pair[0][left] + pair[0][right] + pair[1][left] + pair[1][right])
            }));
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::super::template::Template;
    use super::*;
    use crate::images::Picture;

    #[test]
    fn wider_instructions_give_the_same_places_and_scores() {
        let wave = |n: u32| {
            let (x, y) = ((n % 96) as f32, (n / 96) as f32);
            (128.0 + 60.0 * (x / 7.0 + y / 20.0).sin() + 40.0 * (y / 5.0).cos()) as u8
        };
        let samples: Vec<u8> = (0..96 * 120).map(wave).collect();
        let picture = Picture::grey(96, 120, samples.iter().copied().collect()).unwrap();
        let template = Template::new(0, &picture).unwrap();
        let told = |spots: Vec<Spot>| -> Vec<(usize, u32)> {
            let one = |spot: &Spot| (spot.offset, spot.score.to_bits());
            spots.iter().map(one).collect()
        };
        let found = told(spots(&samples, 96, 120.0, &template.arranged));
        assert!(!found.is_empty());
        assert_eq!(
            found,
            told(plainly(&samples, 96, 120.0, &template.arranged))
        );
    }
}
