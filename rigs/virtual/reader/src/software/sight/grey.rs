//! Grey pictures of f32 for comparing: sampling, local normalisation, normalised cross-correlation (NCC).

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A grey picture, rows from the top. Wiped when dropped: most hold somebody's face.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Grey {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Grey levels, 0 … 255 or normalised ones.
    pub values: Vec<f32>,
}

impl Grey {
    /// From 8-bit grey (1) or RGB (3) pixels; `None` where the length does not fit.
    pub fn of(width: usize, height: usize, channels: usize, pixels: &[u8]) -> Option<Self> {
        if !(channels == 1 || channels == 3) || pixels.len() != width * height * channels {
            return None;
        }
        let values = pixels
            .chunks_exact(channels)
            .map(|pixel| match pixel {
                // ITU-R BT.601 luma.
                [r, g, b] => 0.299 * f32::from(*r) + 0.587 * f32::from(*g) + 0.114 * f32::from(*b),
                _ => f32::from(pixel[0]),
            })
            .collect();
        Some(Self {
            width,
            height,
            values,
        })
    }

    /// Value at a place, bilinear; the edge goes on for ever.
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (
            x.clamp(0.0, (self.width - 1) as f32),
            y.clamp(0.0, (self.height - 1) as f32),
        );
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = (
            (left + 1).min(self.width - 1),
            (top + 1).min(self.height - 1),
        );
        let (fx, fy) = (x - left as f32, y - top as f32);
        let value = |x: usize, y: usize| self.values[y * self.width + x];
        let upper = value(left, top) * (1.0 - fx) + value(right, top) * fx;
        let lower = value(left, bottom) * (1.0 - fx) + value(right, bottom) * fx;
        upper * (1.0 - fy) + lower * fy
    }

    /// Smaller by averaging: each new pixel is the mean of what it covers. `factor` ≥ 1.
    #[must_use]
    pub fn reduced(&self, factor: f32) -> Self {
        let (width, height) = (
            ((self.width as f32 / factor) as usize).max(1),
            ((self.height as f32 / factor) as usize).max(1),
        );
        let span = |n: usize, limit: usize| {
            let from = (n as f32 * factor) as usize;
            let to = (((n + 1) as f32 * factor) as usize).clamp(from + 1, limit);
            from..to
        };
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            let rows = span(y, self.height);
            for x in 0..width {
                let columns = span(x, self.width);
                let count = (rows.len() * columns.len()) as f32;
                let sum: f32 = rows
                    .clone()
                    .map(|row| {
                        let start = row * self.width;
                        self.values[start + columns.start..start + columns.end]
                            .iter()
                            .sum::<f32>()
                    })
                    .sum();
                values.push(sum / count);
            }
        }
        Self {
            width,
            height,
            values,
        }
    }

    /// Each pixel less the mean of its square neighbourhood, over its spread: light and contrast go, features stay.
    #[must_use]
    pub fn normalised(&self, radius: usize) -> Self {
        let squares = Self {
            width: self.width,
            height: self.height,
            values: self.values.iter().map(|v| v * v).collect(),
        };
        let (mean, square) = (self.box_mean(radius), squares.box_mean(radius));
        let values = self
            .values
            .iter()
            .zip(mean.values.iter().zip(&square.values))
            .map(|(value, (mean, square))| {
                let spread = (square - mean * mean).max(0.0).sqrt();
                // The constant keeps sensor noise in flat places small.
                (value - mean) / (spread + 12.0)
            })
            .collect();
        Self {
            width: self.width,
            height: self.height,
            values,
        }
    }

    fn box_mean(&self, radius: usize) -> Self {
        let stride = self.width + 1;
        let mut sums = vec![0.0_f64; stride * (self.height + 1)];
        for y in 0..self.height {
            let mut row = 0.0;
            for x in 0..self.width {
                row += f64::from(self.values[y * self.width + x]);
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
            }
        }
        let mut values = Vec::with_capacity(self.values.len());
        for y in 0..self.height {
            let (top, bottom) = (y.saturating_sub(radius), (y + radius + 1).min(self.height));
            for x in 0..self.width {
                let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(self.width));
                let sum = sums[bottom * stride + right]
                    - sums[top * stride + right]
                    - sums[bottom * stride + left]
                    + sums[top * stride + left];
                values.push((sum / ((bottom - top) * (right - left)) as f64) as f32);
            }
        }
        sums.zeroize();
        Self {
            width: self.width,
            height: self.height,
            values,
        }
    }

    /// NCC of `part` with the place of this picture whose top left corner is `(left, top)`; `None` outside.
    pub fn ncc(&self, part: &Self, left: isize, top: isize) -> Option<f32> {
        let (left, top) = (usize::try_from(left).ok()?, usize::try_from(top).ok()?);
        if left + part.width > self.width || top + part.height > self.height {
            return None;
        }
        let (mut a, mut b, mut aa, mut bb, mut ab) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
        for y in 0..part.height {
            let start = (top + y) * self.width + left;
            let mine = &self.values[start..start + part.width];
            let other = &part.values[y * part.width..(y + 1) * part.width];
            for (&p, &q) in mine.iter().zip(other) {
                a += p;
                b += q;
                aa += p * p;
                bb += q * q;
                ab += p * q;
            }
        }
        let n = (part.width * part.height) as f32;
        let (va, vb) = (aa - a * a / n, bb - b * b / n);
        if va <= 1e-3 * n.max(1.0) * 1e-3 || vb <= 0.0 {
            return Some(0.0);
        }
        Some((ab - a * b / n) / (va * vb).sqrt())
    }

    /// Standard deviation of the values.
    pub fn spread(&self) -> f32 {
        let n = self.values.len().max(1) as f32;
        let mean = self.values.iter().sum::<f32>() / n;
        (self
            .values
            .iter()
            .map(|v| (v - mean) * (v - mean))
            .sum::<f32>()
            / n)
            .sqrt()
    }

    /// A part; `None` outside.
    pub fn part(&self, left: usize, top: usize, width: usize, height: usize) -> Option<Self> {
        if left + width > self.width || top + height > self.height {
            return None;
        }
        let values = (top..top + height)
            .flat_map(|y| &self.values[y * self.width + left..y * self.width + left + width])
            .copied()
            .collect();
        Some(Self {
            width,
            height,
            values,
        })
    }
}
