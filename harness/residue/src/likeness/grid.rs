//! Pictures as a few numbers: a grid of mean levels, and what is left of it when slow changes and contrast are taken out. Pure; called
//! by `template` and `compare`.
//!
//! All faces on photos for documents lie alike: a bright ground, a dark shape in the middle. So levels alone are alike for everybody. From each
//! cell the mean of its neighbourhood is taken away (band-pass), and the rest is divided by its spread there, so that the outline of
//! hair does not outshout eyes and mouth. What is compared is the normalised correlation of that (J. P. Lewis, Fast Normalized
//! Cross-Correlation, 1995).

use zeroize::Zeroizing;

/// Cells of a neighbourhood on each side.
const AROUND: usize = 2;
/// Spread added to a neighbourhood's, as a part of the whole's: where nothing is to be seen, nothing is made large.
const FLOOR: f32 = 0.15;

/// A grid of numbers, rows from the top; wiped on drop.
#[derive(Clone)]
pub(super) struct Grid {
    pub across: usize,
    pub down: usize,
    pub cells: Zeroizing<Vec<f32>>,
}

impl Grid {
    /// A number for each cell (column, row).
    pub fn of(across: usize, down: usize, mut level: impl FnMut(usize, usize) -> f32) -> Self {
        let mut cells = Zeroizing::new(Vec::with_capacity(across * down));
        for y in 0..down {
            cells.extend((0..across).map(|x| level(x, y)));
        }
        Self {
            across,
            down,
            cells,
        }
    }

    fn at(&self, x: usize, y: usize) -> f32 {
        self.cells[y * self.across + x]
    }

    /// Left to right, top to bottom exchanged.
    pub fn turned(&self, mirrored: bool, bottom_up: bool) -> Self {
        Self::of(self.across, self.down, |x, y| {
            let x = if mirrored { self.across - 1 - x } else { x };
            let y = if bottom_up { self.down - 1 - y } else { y };
            self.at(x, y)
        })
    }

    /// Four cells are one; a last odd row is left out.
    pub fn pooled(&self) -> Self {
        Self::of(self.across / 2, self.down / 2, |x, y| {
            let (x, y) = (2 * x, 2 * y);
            0.25 * (self.at(x, y) + self.at(x + 1, y) + self.at(x, y + 1) + self.at(x + 1, y + 1))
        })
    }

    /// Mean 0, sum of squares 1; `None` where all cells are alike.
    pub fn normalised(mut self) -> Option<Self> {
        let mean = self.cells.iter().sum::<f32>() / self.cells.len() as f32;
        self.cells.iter_mut().for_each(|cell| *cell -= mean);
        let norm = self
            .cells
            .iter()
            .map(|cell| cell * cell)
            .sum::<f32>()
            .sqrt();
        if norm < 1e-3 * (self.cells.len() as f32).sqrt() {
            return None;
        }
        self.cells.iter_mut().for_each(|cell| *cell /= norm);
        Some(self)
    }

    /// Without slow changes and contrast, normalised.
    pub fn banded(&self) -> Option<Self> {
        let count = self.cells.len() as f32;
        let mean = self.cells.iter().sum::<f32>() / count;
        let spread = self
            .cells
            .iter()
            .map(|cell| (cell - mean).powi(2))
            .sum::<f32>()
            / count;
        let floor = FLOOR * FLOOR * spread + 1e-3;
        let banded = Self::of(self.across, self.down, |x, y| {
            let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
            for ny in y.saturating_sub(AROUND)..(y + AROUND + 1).min(self.down) {
                let row = ny * self.across;
                let near = x.saturating_sub(AROUND)..(x + AROUND + 1).min(self.across);
                for cell in &self.cells[row + near.start..row + near.end] {
                    (sum, squares, count) = (sum + cell, squares + cell * cell, count + 1.0);
                }
            }
            let mean = sum / count;
            let variance = (squares / count - mean * mean).max(0.0);
            (self.at(x, y) - mean) / (variance + floor).sqrt()
        });
        banded.normalised()
    }

    /// Product of two normalised grids of one size: −1 … 1.
    pub fn correlation(&self, other: &Self) -> f32 {
        self.cells
            .iter()
            .zip(other.cells.iter())
            .map(|(a, b)| a * b)
            .sum()
    }
}
