//! Where in a stretch could a picture lie, if its rows are so long and it is so high? Every place is tried on a coarse grid of levels.
//! Called by `compare`; gives places to look at closely, decides nothing.
#![allow(unsafe_code)]

use super::cells::{Cells, Lay};
use super::grid::Grid;
use super::sums::Sums;
use super::template::{Arranged, COARSE, FIRST};

/// Correlation of levels below which a place is not looked at: at the first look, on half as many cells, and at the second. An exact copy a
/// quarter of a cell off has 0.95 and more; so have other people's photos.
pub(super) const GATES: [f32; 2] = [0.7, 0.8];
/// The same of a face inside a larger picture, whose size may be 7 % off.
pub(super) const GATES_INSIDE: [f32; 2] = [0.55, 0.65];
/// Places given for one shape, the best ones.
const KEPT: usize = 8;

/// A place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// First sample.
    pub offset: usize,
    /// How well the levels agree.
    pub score: f32,
}

/// Looks for all arrangements of one template in cells of this size. The same numbers on every processor: wider ones
/// take more of the same steps at once, and none that rounds otherwise.
pub(super) fn spots(sums: &Sums, lay: &Lay, gate: [f32; 2], template: &[Arranged]) -> Vec<Spot> {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { with_avx2(sums, lay, gate, template) };
    }
    plainly(sums, lay, gate, template)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2(sums: &Sums, lay: &Lay, gate: [f32; 2], template: &[Arranged]) -> Vec<Spot> {
    plainly(sums, lay, gate, template)
}

#[allow(clippy::inline_always, reason = "compiled once for each processor")]
#[inline(always)]
fn plainly(sums: &Sums, lay: &Lay, gate: [f32; 2], template: &[Arranged]) -> Vec<Spot> {
    let Some(first) = template.first() else {
        return Vec::new();
    };
    let likely = likely(sums, &lay.in_whole_cells(), gate[0], template);
    if likely.is_empty() {
        return Vec::new();
    }
    let planes = Cells::of(sums, lay).four();
    let mut found = Vec::new();
    for (row, column) in likely {
        let (odd_row, odd_column) = (row % 2, column % 2);
        let plane = &planes[odd_row][odd_column];
        if row / 2 + first.coarse.down > plane.rows() {
            continue;
        }
        let window = || plane.window::<COARSE>(row / 2, column / 2);
        if let Some(score) = best(window, template.iter().map(|one| &one.coarse), gate[1]) {
            let offset = lay.offset(sums.stride, row, column);
            found.push(Spot { offset, score });
        }
    }
    let high = lay.step * (2 * first.coarse.down) as f32;
    apart(found, (high * sums.stride as f32) as usize / 4)
}

/// Places to look at on the coarse grid, in half cells: those around where the picture may lie on a grid of half as many.
#[allow(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn likely(sums: &Sums, lay: &Lay, gate: f32, template: &[Arranged]) -> Vec<(usize, usize)> {
    let cells = Cells::of(sums, lay);
    let (coarse, first) = (template[0].coarse.down, template[0].first.down);
    let whole = (cells.rows() + 1).saturating_sub(coarse);
    let planes = cells.four();
    let mut found = Vec::new();
    for row in 0..whole {
        for column in 0..lay.row {
            let plane = &planes[row % 2][column % 2];
            if row / 2 + first > plane.rows() {
                continue;
            }
            let window = || plane.window::<FIRST>(row / 2, column / 2);
            if best(window, template.iter().map(|one| &one.first), gate).is_some() {
                for row in (2 * row).saturating_sub(1)..=2 * row + 1 {
                    for column in (2 * column).saturating_sub(1)..=2 * column + 1 {
                        found.push((row, column));
                    }
                }
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// How well the best of some grids of `N` cells across agrees with the window, if one does at all.
#[allow(clippy::inline_always, reason = "as above")]
#[inline(always)] // And loops, not folds: a fold's closure would be compiled for every processor.
fn best<'a, const N: usize, R: Iterator<Item = &'a [f32; N]>>(
    window: impl Fn() -> R,
    grids: impl Iterator<Item = &'a Grid> + Clone,
    gate: f32,
) -> Option<f32> {
    let down = grids.clone().next()?.down;
    let (mut sums, mut squares) = ([0.0_f32; N], [0.0_f32; N]);
    for row in window().take(down) {
        for ((sum, square), cell) in sums.iter_mut().zip(&mut squares).zip(row) {
            *sum += cell;
            *square += cell * cell;
        }
    }
    let count = (N * down) as f32;
    let (mut sum, mut power) = (0.0, 0.0);
    for (one, square) in sums.into_iter().zip(squares) {
        sum += one;
        power += square;
    }
    power -= sum * sum / count;
    if power < count {
        return None;
    }
    let mut best = -1.0_f32;
    for grid in grids {
        let mut lanes = [0.0_f32; N];
        for (row, other) in window().zip(grid.cells.as_chunks::<N>().0) {
            for ((lane, a), b) in lanes.iter_mut().zip(row).zip(other) {
                *lane += a * b;
            }
        }
        let mut sum = 0.0;
        for lane in lanes {
            sum += lane;
        }
        best = best.max(sum / power.sqrt());
    }
    (best >= gate).then_some(best)
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
        let lay = Lay {
            channels: 1,
            wide: 3.0,
            step: 3.0,
            row: 2 * COARSE,
            across: 4 * COARSE,
        };
        let sums = Sums::of(&samples, 96);
        let found = told(spots(&sums, &lay, GATES, &template.arranged));
        assert!(!found.is_empty());
        assert_eq!(found, told(plainly(&sums, &lay, GATES, &template.arranged)));
    }
}
