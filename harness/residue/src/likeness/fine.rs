//! How alike are a place in a stretch and a picture? The place is moved and stretched a little until they agree best. Called by `compare`.

use super::grid::Grid;
use super::template::{Arranged, FINE};

/// Points of a cell in each direction whose pixels are added up.
const POINTS: usize = 4;
/// A place that agrees less at first is not moved about.
const HOPELESS: f32 = 0.25;
/// An arrangement that agrees so much less than the best one at first may still be the right one: faces are symmetric.
const DOUBT: f32 = 0.15;
/// Rounds of moves at one length of step.
const ROUNDS: usize = 4;
/// Shortest step, in pixels and rows: below a whole one only sizes change.
const FINEST: f32 = 0.5;
/// Right, down, wider, higher.
const MOVES: [[f32; 4]; 14] = [
    [1.0, 0.0, 0.0, 0.0],
    [-1.0, 0.0, 0.0, 0.0],
    [0.0, 1.0, 0.0, 0.0],
    [0.0, -1.0, 0.0, 0.0],
    [1.0, 1.0, 0.0, 0.0],
    [1.0, -1.0, 0.0, 0.0],
    [-1.0, 1.0, 0.0, 0.0],
    [-1.0, -1.0, 0.0, 0.0],
    [0.0, 0.0, 1.0, 0.0],
    [0.0, 0.0, -1.0, 0.0],
    [0.0, 0.0, 0.0, 1.0],
    [0.0, 0.0, 0.0, -1.0],
    // The middle stays.
    [0.5, 0.0, -1.0, 0.0],
    [0.0, 0.5, 0.0, -1.0],
];

/// Where a picture lies among samples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// First sample; before the stretch's begin there is none.
    pub offset: isize,
    /// Samples from row to row.
    pub stride: usize,
    /// Samples of a pixel.
    pub channels: usize,
    /// Pixels.
    pub wide: f32,
    /// Rows.
    pub high: f32,
}

impl Place {
    /// Samples from the first to behind the last.
    pub fn length(&self) -> usize {
        self.stride * self.high.round() as usize
    }

    fn moved(self, right: f32, down: f32, wide: f32, high: f32) -> Self {
        let samples = right.round() as isize * self.channels as isize;
        let rows = down.round() as isize * self.stride as isize;
        Self {
            offset: self.offset + samples + rows,
            wide: (self.wide + wide).min((self.stride / self.channels) as f32),
            high: self.high + high,
            ..self
        }
    }

    /// Mean levels of the cells; `None` where the place does not lie inside. Half a cell may be missing at either end.
    fn levels(&self, samples: &[u8], down: usize) -> Option<Grid> {
        let points = |cells: usize, size: f32, unit: usize| -> Vec<isize> {
            let count = (cells * POINTS) as f32;
            let at = |n: usize| ((n as f32 + 0.5) * size / count) as isize * unit as isize;
            (0..cells * POINTS).map(at).collect()
        };
        let columns = points(FINE, self.wide, self.channels);
        let rows = points(down, self.high, self.stride);
        let last = self.offset + rows.last()? + columns.last()? + self.channels as isize;
        let slack = (self.stride as f32 * self.high / (2 * down) as f32) as isize;
        if self.offset < -slack || last > samples.len() as isize + slack {
            return None;
        }
        let end = samples.len().checked_sub(self.channels)? as isize;
        Some(Grid::of(FINE, down, |x, y| {
            let mut sum = 0_u32;
            for row in &rows[y * POINTS..(y + 1) * POINTS] {
                for column in &columns[x * POINTS..(x + 1) * POINTS] {
                    let at = (self.offset + row + column).clamp(0, end) as usize;
                    sum += samples[at..at + self.channels]
                        .iter()
                        .map(|one| u32::from(*one))
                        .sum::<u32>();
                }
            }
            sum as f32 / (POINTS * POINTS * self.channels) as f32
        }))
    }

    fn score(&self, samples: &[u8], template: &Grid) -> f32 {
        let levels = self.levels(samples, template.down);
        let banded = levels.and_then(|levels| levels.banded());
        banded.map_or(-1.0, |banded| banded.correlation(template))
    }

    /// The best place near this one for each arrangement that may lie here, and how well it agrees (−1 … 1).
    pub fn settled<'t>(
        self,
        samples: &[u8],
        template: &'t [Arranged],
    ) -> Option<(Self, f32, &'t Arranged)> {
        let levels = self
            .levels(samples, template.first()?.fine.down)?
            .banded()?;
        let at_first = |one: &Arranged| levels.correlation(&one.fine);
        let best = template.iter().map(at_first).fold(HOPELESS, f32::max);
        let likely = template
            .iter()
            .filter(|one| at_first(one) >= (best - DOUBT).max(HOPELESS));
        let settled = likely.map(|one| {
            let (place, score) = self.climbed(samples, &one.fine, at_first(one));
            (place, score, one)
        });
        settled.max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Moved as long as that makes the score higher, by ever smaller steps.
    fn climbed(mut self, samples: &[u8], template: &Grid, mut score: f32) -> (Self, f32) {
        let mut step = (self.wide / FINE as f32).max(1.0);
        loop {
            for _ in 0..ROUNDS {
                let before = score;
                for [right, down, wide, high] in MOVES {
                    let other = self.moved(right * step, down * step, wide * step, high * step);
                    let better = other.score(samples, template);
                    if better > score {
                        (self, score) = (other, better);
                    }
                }
                if score <= before {
                    break;
                }
            }
            if step <= FINEST {
                return (self, score);
            }
            step = (step / 2.0).max(FINEST);
        }
    }
}
