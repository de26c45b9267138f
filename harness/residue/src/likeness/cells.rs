//! A stretch as a plane of mean levels: what a picture of one shape is laid over on the coarse grid. Called by `coarse`.

use zeroize::Zeroizing;

use super::sums::Sums;

/// A cell's edge may lie in the middle of a pixel or row, at one of so many places: small faces have cells of less than two pixels.
const PARTS: u32 = 16;
/// Samples of a cell in which parts do not matter, and for which their sum would have no room.
const LARGE: f32 = 60_000.0;

/// How a stretch is laid out in half cells.
#[derive(Clone, Copy)]
pub(super) struct Lay {
    /// Samples of a pixel: edges never part them, for an alpha more or less would be taken for light.
    pub channels: usize,
    /// Pixels of a half cell.
    pub wide: f32,
    /// Rows of a half cell.
    pub step: f32,
    /// Half cells in a row.
    pub row: usize,
    /// Half cells that are seen: a picture that begins in the middle of a row goes on in the next.
    pub across: usize,
}

impl Lay {
    /// The same in cells twice as wide and high.
    pub fn in_whole_cells(&self) -> Self {
        Self {
            channels: self.channels,
            wide: 2.0 * self.wide,
            step: 2.0 * self.step,
            row: self.row / 2,
            across: self.across / 2,
        }
    }

    /// First sample of a place given in half cells, in rows of so many samples.
    pub fn offset(&self, stride: usize, row: usize, column: usize) -> usize {
        let pixel = (column as f32 * self.wide) as usize;
        (row as f32 * self.step) as usize * stride + pixel * self.channels
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
    pub fn of(sums: &Sums, lay: &Lay) -> Self {
        let area = lay.wide * lay.step * lay.channels as f32;
        let parts = if area < LARGE { PARTS } else { 1 };
        let place = |n: usize, size: f32| (n as f32 * size * parts as f32).round() as u32;
        let whole = |place: u32| ((place / parts) as usize, place % parts);
        let across: Vec<u32> = (0..=lay.across).map(|n| place(n, lay.wide)).collect();
        let edges: Vec<(usize, u32)> = across
            .iter()
            .map(|at| (whole(*at).0 * lay.channels, whole(*at).1))
            .collect();
        let shares: Vec<f32> = across
            .windows(2)
            .map(|pair| 1.0 / (lay.channels as f32 * (pair[1] - pair[0]) as f32))
            .collect();
        let high = (sums.rows as f32 / lay.step) as usize;
        let mut cells = Zeroizing::new(Vec::with_capacity(high * lay.across));
        let mut above = Zeroizing::new(vec![0_u32; lay.across + 1]);
        let mut below = above.clone();
        let lines = (lay.channels, parts);
        for n in 0..high {
            let (top, bottom) = (place(n, lay.step), place(n + 1, lay.step));
            std::mem::swap(&mut above, &mut below);
            sums.above(whole(bottom), &edges, lines, &mut below);
            let share = 1.0 / (bottom - top) as f32;
            let edges = above.iter().zip(below.iter());
            let behind = above[1..].iter().zip(&below[1..]);
            for (((above, below), behind), wide) in edges.zip(behind).zip(&shares) {
                let both = behind.1.wrapping_sub(*below);
                let sum = both.wrapping_sub(behind.0.wrapping_sub(*above));
                cells.push(sum as f32 * (share * wide));
            }
        }
        Self {
            across: lay.across,
            cells,
        }
    }

    /// Cells twice as wide and high; every other one of those that could be made, beginning with the first or the second.
    #[allow(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    fn pooled(&self, odd_row: bool, odd_column: bool) -> Self {
        let rows: Vec<&[f32]> = self.cells.chunks_exact(self.across).collect();
        let across = self.across / 2;
        let mut cells = Zeroizing::new(Vec::with_capacity(self.cells.len() / 4 + across));
        for pair in rows.windows(2).skip(usize::from(odd_row)).step_by(2) {
            for n in 0..across {
                let left = 2 * n + usize::from(odd_column);
                let right = (left + 1).min(self.across - 1);
                cells
                    .push(0.25 * (pair[0][left] + pair[0][right] + pair[1][left] + pair[1][right]));
            }
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
