//! Sums of all samples above and left of a place, for rows of one length: from four of them the mean level of any rectangle follows, however large
//! (F. Crow, Summed-area tables for texture mapping, SIGGRAPH 1984). Called by `compare`, and by `cells` for every size of a picture.
//!
//! Rows follow each other without an end: what lies right of a row is the next one, so that a picture which begins in the middle of a row lies
//! in one piece. Sums wrap around; the difference of four is exact as long as it has room itself.

use zeroize::Zeroizing;

/// Sums of one stretch, for one length of rows; wiped on drop.
pub(super) struct Sums {
    /// Samples from row to row.
    pub stride: usize,
    /// Whole rows.
    pub rows: usize,
    /// At `row * stride + column`: of all samples in the rows above, from the stretch's first column to this one, rows without an end.
    above: Zeroizing<Vec<u32>>,
}

impl Sums {
    /// Of samples in rows of so many. What lies behind the last sample counts as 0.
    pub fn of(samples: &[u8], stride: usize) -> Self {
        // Above the first row, right of the last one twice a row, and a pixel.
        let length = samples.len() + 3 * stride + 8;
        let mut sums = Zeroizing::new(Vec::with_capacity(length));
        sums.resize(stride + 1, 0);
        let mut columns = Zeroizing::new(vec![0_u32; stride]);
        let mut sum = 0_u32;
        for row in samples.chunks(stride) {
            for (column, sample) in columns.iter_mut().zip(row) {
                *column += u32::from(*sample);
            }
            sums.extend(columns.iter().map(|column| {
                sum = sum.wrapping_add(*column);
                sum
            }));
        }
        while sums.len() < length {
            let column = columns[(sums.len() - 1) % stride];
            sum = sum.wrapping_add(column);
            sums.push(sum);
        }
        Self {
            stride,
            rows: samples.len() / stride,
            above: sums,
        }
    }

    /// Above `row` and left of each of `edges`, in a half row or pixel as its share: `edges` are (sample, parts of its pixel). What is given is
    /// `parts²` times the sum.
    ///
    /// # Panics
    /// Where an edge lies more than two rows right of the row's begin, or `row` below the last.
    #[allow(clippy::inline_always, reason = "compiled once for each processor")]
    #[inline(always)]
    pub fn above(
        &self,
        (row, part): (usize, u32),
        edges: &[(usize, u32)],
        (channels, parts): (usize, u32),
        above: &mut [u32],
    ) {
        let line = &self.above[row * self.stride..];
        let next = &line[self.stride..];
        for (above, (at, right)) in above.iter_mut().zip(edges) {
            let share = |line: &[u32]| {
                let (left, behind) = (line[*at], line[at + channels]);
                let pixel = behind.wrapping_sub(left);
                parts
                    .wrapping_mul(left)
                    .wrapping_add(right.wrapping_mul(pixel))
            };
            let (here, below) = (share(line), share(next));
            *above = parts
                .wrapping_mul(here)
                .wrapping_add(part.wrapping_mul(below.wrapping_sub(here)));
        }
    }
}
