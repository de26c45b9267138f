//! Grey pictures of any size, reduced by area averaging, and normalised cross-correlation (NCC) of equal sizes.

use crate::picture::Picture;

/// Grey values 0 to 255.
#[derive(Debug, Clone, PartialEq)]
pub struct Grey {
    /// px.
    pub width: usize,
    /// px.
    pub height: usize,
    /// Rows from the top.
    pub values: Vec<f32>,
}

impl Grey {
    /// Luma (ITU-R BT.601) at full size.
    pub fn of(picture: &Picture) -> Self {
        Self {
            width: picture.width() as usize,
            height: picture.height() as usize,
            values: picture.rgb().chunks_exact(3).map(luma).collect(),
        }
    }

    /// Luma reduced to a size: each cell is the mean of the px that fall into it.
    pub fn reduced(picture: &Picture, width: usize, height: usize) -> Self {
        Self::of(picture).resized(width, height)
    }

    #[must_use]
    /// Area average (or nearest px where the target is finer).
    pub fn resized(&self, width: usize, height: usize) -> Self {
        let spans = |from: usize, to: usize| -> Vec<(usize, usize)> {
            (0..to)
                .map(|cell| {
                    let start = (cell * from / to).min(from - 1);
                    (start, ((cell + 1) * from / to).clamp(start + 1, from))
                })
                .collect()
        };
        let columns = spans(self.width, width);
        let mut values = Vec::with_capacity(width * height);
        let mut sums = vec![0.0_f32; self.width];
        for (top, bottom) in spans(self.height, height) {
            sums.fill(0.0);
            for row in self.values[top * self.width..bottom * self.width].chunks_exact(self.width) {
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += value;
                }
            }
            values.extend(columns.iter().map(|(left, right)| {
                let area = ((right - left) * (bottom - top)) as f32;
                sums[*left..*right].iter().sum::<f32>() / area
            }));
        }
        Self {
            width,
            height,
            values,
        }
    }
}

fn luma(pixel: &[u8]) -> f32 {
    0.299 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.114 * f32::from(pixel[2])
}

/// NCC of two value lists over the places where `weight` is 1, −1 to 1; 0 where either side is flat.
/// Both lists and the weights have one length.
pub fn ncc(a: &[f32], b: &[f32], weight: &[f32]) -> f32 {
    const LANES: usize = 8;
    // Lane-wise sums let the compiler vectorise; one running sum per quantity does not.
    let mut sums = [[0.0_f32; LANES]; 6];
    let places = a
        .chunks(LANES)
        .zip(b.chunks(LANES))
        .zip(weight.chunks(LANES));
    for ((ours, theirs), weights) in places {
        for (lane, ((x, y), w)) in ours.iter().zip(theirs).zip(weights).enumerate() {
            let terms = [*w, w * x, w * y, w * x * x, w * y * y, w * x * y];
            for (sum, term) in sums.iter_mut().zip(terms) {
                sum[lane] += term;
            }
        }
    }
    let [n, sa, sb, saa, sbb, sab] = sums.map(|lanes| f64::from(lanes.iter().sum::<f32>()));
    if n < 1.0 {
        return 0.0;
    }
    let variance = |squares: f64, sum: f64| squares / n - (sum / n) * (sum / n);
    let (va, vb) = (variance(saa, sa), variance(sbb, sb));
    if va < 1.0 || vb < 1.0 {
        return 0.0;
    }
    (((sab / n - sa / n * (sb / n)) / (va * vb).sqrt()).clamp(-1.0, 1.0)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ncc_ignores_gain_and_offset_and_masked_places() {
        let a: Vec<f32> = (0..19).map(|v| (v * 13 % 17) as f32 * 10.0).collect();
        let mut b: Vec<f32> = a.iter().map(|v| v * 0.5 + 20.0).collect();
        let mut weight = vec![1.0; 19];
        assert!(ncc(&a, &b, &weight) > 0.999);
        b[3] = 255.0;
        assert!(ncc(&a, &b, &weight) < 0.99);
        weight[3] = 0.0;
        assert!(ncc(&a, &b, &weight) > 0.999);
        assert!(ncc(&a, &[7.0; 19], &weight).abs() < f32::EPSILON);
    }

    #[test]
    fn reduction_averages_areas() {
        let grey = Grey {
            width: 4,
            height: 2,
            values: vec![0.0, 2.0, 10.0, 10.0, 4.0, 2.0, 10.0, 10.0],
        };
        assert_eq!(grey.resized(2, 1).values, [2.0, 10.0]);
        assert_eq!(grey.resized(8, 4).values.len(), 32);
    }
}
