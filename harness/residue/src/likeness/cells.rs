//! A stretch as a plane of mean levels: what a picture of one shape is laid over on the coarse grid. Called by `coarse`.

use zeroize::Zeroizing;

use super::template::COARSE;

/// Rows of a half cell that are added up at most.
const ROWS: usize = 4;

/// Mean levels of cells, row by row; wiped on drop.
pub(super) struct Plane {
    /// Cells of a row.
    across: usize,
    cells: Zeroizing<Vec<f32>>,
}

impl Plane {
    /// Half cells of rows of `stride` samples, `step` rows each. Rows are twice as long as the picture's, so that a picture that begins in
    /// the middle of a row lies in one piece.
    #[allow(clippy::inline_always, reason = "compiled once for each processor")]
    #[inline(always)]
    pub fn of_halves(samples: &[u8], stride: usize, step: f32) -> Self {
        let across = 4 * COARSE;
        let rows = samples.len() / stride;
        let high = (rows as f32 / step) as usize;
        let mut cells = Zeroizing::new(Vec::with_capacity(high * across));
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
            cells.extend((0..across).map(|n| {
                let from = n * stride / (2 * COARSE);
                let behind = ((n + 1) * stride / (2 * COARSE)).max(from + 1);
                let sum: u32 = columns[from..behind.min(columns.len())].iter().sum();
                sum as f32 / (added * (behind - from)) as f32
            }));
        }
        Self { across, cells }
    }

    /// Cells twice as wide and high; every other one of those that could be made, beginning with the first or the second.
    #[allow(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    pub fn pooled(&self, odd_row: bool, odd_column: bool) -> Self {
        let rows: Vec<&[f32]> = self.cells.chunks_exact(self.across).collect();
        let across = self.across / 2;
        let mut cells = Zeroizing::new(Vec::with_capacity(self.cells.len() / 4 + across));
        for pair in rows.windows(2).skip(usize::from(odd_row)).step_by(2) {
            cells.extend((0..across).map(|n| {
                let left = 2 * n + usize::from(odd_column);
                let right = (left + 1).min(self.across - 1);
                0.25 * (pair[0][left] + pair[0][right] + pair[1][left] + pair[1][right])
            }));
        }
        Self { across, cells }
    }

    /// The same, for all four beginnings: by odd row, by odd column.
    #[allow(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    pub fn four(&self) -> [[Self; 2]; 2] {
        [false, true].map(|row| [false, true].map(|column| self.pooled(row, column)))
    }

    /// Whole rows.
    pub fn rows(&self) -> usize {
        self.cells.len() / self.across
    }

    /// Rows from a place on, `N` cells of each.
    #[allow(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    pub fn window<const N: usize>(
        &self,
        row: usize,
        column: usize,
    ) -> impl Iterator<Item = &[f32; N]> {
        let cells = &self.cells[row * self.across + column..];
        cells
            .chunks(self.across)
            .filter_map(|row| row.first_chunk::<N>())
    }
}
