//! Looks for a block code in grey pixels.
//!
//! The statistic is Z = Σ sₖ dₖ / √Σ dₖ², dₖ the difference of a pair's mean grey levels (cut at ±[`CUT`], so that edges of
//! the picture do not outshout the code), sₖ = ±1 the seed's sign. A picture that does not know the seed is independent
//! of the signs, so given the picture Z is a sum of fair ±: mean 0, variance 1, and P(Z ≥ z) ≤ exp(−z²/2) for any
//! picture whatever (Hoeffding 1963, theorem 2). That bound, not a fitted curve, is the null distribution stated.

use super::code::{BLOCK, BlockCode};

/// Largest difference of a pair that counts, in grey levels: more than the code's (2 × amplitude), less than an edge's.
const CUT: f64 = 8.0;

/// Smallest block edge that can be read after shrinking, in pixels.
const SMALLEST: f64 = 1.5;

/// Fewest pairs for a statement: with fewer, Z cannot reach 7.
const FEWEST: usize = 50;

/// Which part of the original the pixels show, in pixels of the original.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Width, above 0.
    pub width: f64,
    /// Height, above 0.
    pub height: f64,
}

/// How well pixels agree with a code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    /// Standard score: mean 0, variance 1 for a picture without the code.
    pub z: f64,
    /// Pairs of blocks it rests on.
    pub pairs: usize,
}

impl Correlation {
    /// Upper bound of the chance that a picture without the code scores as high.
    pub fn chance(&self) -> f64 {
        (-0.5 * self.z.max(0.0).powi(2)).exp()
    }
}

/// The score from which on the code counts as found, so that all `looks` (pictures × parts × mirrored) together give a false
/// alarm with at most the chance `false_alarm` (0 … 1): z = √(2 ln(looks / `false_alarm`)).
pub fn threshold(looks: u64, false_alarm: f64) -> f64 {
    (2.0 * (looks.max(1) as f64 / false_alarm).ln())
        .max(0.0)
        .sqrt()
}

impl BlockCode {
    /// Correlates `grey` (`width` × `height` bytes, rows without padding), which shows the whole original resized, with
    /// this code.
    ///
    /// # Errors
    /// `None` if the sizes do not fit, a block became smaller than 1.5 pixels, fewer than 50 pairs are there, or the pixels
    /// are all alike.
    pub fn correlate(&self, grey: &[u8], width: usize, height: usize) -> Option<Correlation> {
        let part = Part {
            left: 0.0,
            top: 0.0,
            width: self.width as f64,
            height: self.height as f64,
        };
        self.correlate_part(grey, width, height, part, false)
    }

    /// The same for a part of the original, `mirrored` left to right or not.
    ///
    /// # Errors
    /// As [`BlockCode::correlate`].
    pub fn correlate_part(
        &self,
        grey: &[u8],
        width: usize,
        height: usize,
        part: Part,
        mirrored: bool,
    ) -> Option<Correlation> {
        if grey.is_empty() || width.checked_mul(height) != Some(grey.len()) {
            return None;
        }
        let scale = (width as f64 / part.width, height as f64 / part.height);
        let edge = BLOCK as f64;
        let readable = |scale: f64| (SMALLEST..f64::INFINITY).contains(&(edge * scale));
        if !readable(scale.0) || !readable(scale.1) {
            return None;
        }
        let sums = Sums::of(grey, width, height);
        // Mean grey level of the block whose left upper corner is at (x, y) of the original, if all of it is shown.
        let level = |x: f64, y: f64| -> Option<f64> {
            let mut from = (x - part.left) * scale.0;
            let mut to = (x + edge - part.left) * scale.0;
            if mirrored {
                (from, to) = (width as f64 - to, width as f64 - from);
            }
            let above = (y - part.top) * scale.1;
            let below = (y + edge - part.top) * scale.1;
            let inside = from > -1e-6
                && to < width as f64 + 1e-6
                && above > -1e-6
                && below < height as f64 + 1e-6;
            inside.then(|| sums.mean(from, to, above, below))
        };
        let (across, down) = self.pairs();
        let (mut agreement, mut power, mut pairs) = (0.0, 0.0, 0);
        for row in 0..down {
            for column in 0..across {
                let (x, y) = ((2 * BLOCK * column) as f64, (BLOCK * row) as f64);
                let (Some(left), Some(right)) = (level(x, y), level(x + edge, y)) else {
                    continue;
                };
                let difference = (left - right).clamp(-CUT, CUT);
                let sign = if self.left_lighter(column, row) {
                    1.0
                } else {
                    -1.0
                };
                agreement += sign * difference;
                power += difference * difference;
                pairs += 1;
            }
        }
        (pairs >= FEWEST && power > 1e-9).then(|| Correlation {
            z: agreement / power.sqrt(),
            pairs,
        })
    }
}

/// Sums of all pixels above and left of each corner, so that the mean of any rectangle takes a few additions.
struct Sums {
    corners: zeroize::Zeroizing<Vec<f64>>,
    width: usize,
    height: usize,
}

impl Sums {
    fn of(grey: &[u8], width: usize, height: usize) -> Self {
        let line = width + 1;
        let mut corners = zeroize::Zeroizing::new(vec![0.0; line * (height + 1)]);
        for (y, row) in grey.chunks_exact(width).enumerate() {
            let mut sum = 0.0;
            for (x, &level) in row.iter().enumerate() {
                sum += f64::from(level);
                corners[(y + 1) * line + x + 1] = corners[y * line + x + 1] + sum;
            }
        }
        Self {
            corners,
            width,
            height,
        }
    }

    /// Mean over a rectangle with edges inside pixels: pixels count by their share.
    fn mean(&self, from: f64, to: f64, above: f64, below: f64) -> f64 {
        let sum = self.up_to(to, below) - self.up_to(from, below) - self.up_to(to, above)
            + self.up_to(from, above);
        sum / ((to - from) * (below - above))
    }

    /// Sum left of `x` and above `y`: between corners it is bilinear, as each pixel is even.
    fn up_to(&self, x: f64, y: f64) -> f64 {
        let (x, y) = (
            x.clamp(0.0, self.width as f64),
            y.clamp(0.0, self.height as f64),
        );
        let (left, top) = (
            (x as usize).min(self.width - 1),
            (y as usize).min(self.height - 1),
        );
        let (fx, fy) = (x - left as f64, y - top as f64);
        let at = |x: usize, y: usize| self.corners[y * (self.width + 1) + x];
        let upper = at(left, top) * (1.0 - fx) + at(left + 1, top) * fx;
        let lower = at(left, top + 1) * (1.0 - fx) + at(left + 1, top + 1) * fx;
        upper * (1.0 - fy) + lower * fy
    }
}
