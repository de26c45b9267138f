//! Grey pictures of any size, reduced by area averaging, and normalised cross-correlation (NCC) with a [`Template`] of the same size.

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

/// A picture that others are compared with, and where: what does not depend on the other side is summed once.
#[derive(Debug, Clone)]
pub struct Template {
    /// Grey values.
    pub values: Vec<f32>,
    /// 1: seen, 0: masked; one for each value.
    pub weight: Vec<f32>,
    weighted: Vec<f32>,
    places: f64,
    sum: f64,
    squares: f64,
}

/// Running sums at a time: lane-wise sums let the compiler vectorise; one running sum per quantity does not.
const LANES: usize = 8;

impl Template {
    /// Values and weights have one length.
    pub fn new(values: Vec<f32>, weight: Vec<f32>) -> Self {
        let weighted: Vec<f32> = values.iter().zip(&weight).map(|(y, w)| w * y).collect();
        let total = |values: &mut dyn Iterator<Item = f32>| values.map(f64::from).sum();
        Self {
            places: total(&mut weight.iter().copied()),
            sum: total(&mut weighted.iter().copied()),
            squares: total(&mut weighted.iter().zip(&values).map(|(wy, y)| wy * y)),
            values,
            weight,
            weighted,
        }
    }

    /// Normalised cross-correlation with as many values over the places that are seen, −1 to 1; 0 where either side is flat.
    pub fn ncc(&self, other: &[f32]) -> f32 {
        let mut sums = [[0.0_f32; LANES]; 3];
        let places = other
            .chunks(LANES)
            .zip(self.weighted.chunks(LANES))
            .zip(self.weight.chunks(LANES));
        for ((theirs, ours), weights) in places {
            for (lane, ((x, wy), w)) in theirs.iter().zip(ours).zip(weights).enumerate() {
                let seen = w * x;
                for (sum, term) in sums.iter_mut().zip([seen, seen * x, wy * x]) {
                    sum[lane] += term;
                }
            }
        }
        let [sum, squares, products] = sums.map(|lanes| f64::from(lanes.iter().sum::<f32>()));
        let n = self.places;
        if n < 1.0 {
            return 0.0;
        }
        let variance = |squares: f64, sum: f64| squares / n - (sum / n) * (sum / n);
        let (theirs, ours) = (variance(squares, sum), variance(self.squares, self.sum));
        if theirs < 1.0 || ours < 1.0 {
            return 0.0;
        }
        let together = products / n - sum / n * (self.sum / n);
        ((together / (theirs * ours).sqrt()).clamp(-1.0, 1.0)) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ncc_ignores_gain_and_offset_and_masked_places() {
        let a: Vec<f32> = (0..19).map(|v| (v * 13 % 17) as f32 * 10.0).collect();
        let mut b: Vec<f32> = a.iter().map(|v| v * 0.5 + 20.0).collect();
        let mut weight = vec![1.0; 19];
        let of = |b: &[f32], weight: &[f32]| Template::new(b.to_vec(), weight.to_vec()).ncc(&a);
        assert!(of(&b, &weight) > 0.999);
        b[3] = 255.0;
        assert!(of(&b, &weight) < 0.99);
        weight[3] = 0.0;
        assert!(of(&b, &weight) > 0.999);
        assert!(of(&[7.0; 19], &weight).abs() < f32::EPSILON);
        let lively = Template::new(a.clone(), weight);
        assert!(lively.ncc(&[7.0; 19]).abs() < f32::EPSILON);
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
