//! A stretch as a plane of mean levels: what a picture of one shape is laid over on the coarse grid. Called by `coarse`.

use zeroize::Zeroizing;

/// Rows of a half cell that are added up at most.
const ROWS: usize = 4;

/// How a stretch is laid out in half cells.
pub(super) struct Lay {
    /// Samples from row to row.
    pub stride: usize,
    /// Samples of a row that are seen: twice the stride, so that a picture that begins in the middle of a row lies in one piece.
    pub columns: usize,
    /// Half cells in them.
    pub across: usize,
    /// Rows of a half cell.
    pub step: f32,
}

impl Lay {
    /// The same in cells twice as wide and high.
    pub fn in_whole_cells(&self) -> Self {
        Self {
            across: self.across / 2,
            step: 2.0 * self.step,
            ..*self
        }
    }

    /// First sample of a place given in half cells.
    pub fn offset(&self, row: usize, column: usize) -> usize {
        (row as f32 * self.step) as usize * self.stride + column * self.columns / self.across
    }
}

/// Mean levels of cells, row by row; wiped on drop.
pub(super) struct Cells {
    /// Cells of a row.
    across: usize,
    cells: Zeroizing<Vec<f32>>,
}

impl Cells {
    /// Cells of what is laid out so.
    #[allow(clippy::inline_always, reason = "compiled once for each processor")]
    #[inline(always)]
    pub fn of(samples: &[u8], lay: &Lay) -> Self {
        let Lay {
            stride,
            columns: wide,
            across,
            step,
        } = *lay;
        let rows = samples.len() / stride;
        let high = (rows as f32 / step) as usize;
        let mut cells = Zeroizing::new(Vec::with_capacity(high * across));
        let mut columns = Zeroizing::new(vec![0_u32; wide]);
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
                let from = n * wide / across;
                let behind = ((n + 1) * wide / across).max(from + 1);
                let sum: u32 = columns[from..behind].iter().sum();
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

    /// Cells of a row.
    pub fn across(&self) -> usize {
        self.across
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
