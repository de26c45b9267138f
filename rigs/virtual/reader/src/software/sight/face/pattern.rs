//! Drawn patterns that are laid over pictures.

use super::super::grey::Grey;
use super::pose::Pose;

/// Points of a pattern, in half head widths, and their values, whose mean is 0 and norm 1.
pub(super) struct Pattern(Vec<Point>);

/// A point of a pattern.
pub(super) struct Point {
    pub at: [f32; 2],
    pub value: f32,
}

impl Pattern {
    /// Points from `(-left, -up)` on, `step` apart, with what `brightness` says of them.
    pub fn drawn(
        [left, up]: [f32; 2],
        step: f32,
        [columns, rows]: [usize; 2],
        brightness: impl Fn(f32, f32) -> f32,
    ) -> Self {
        let mut points = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let (x, y) = (column as f32 * step - left, row as f32 * step - up);
                points.push(Point {
                    at: [x, y],
                    value: brightness(x, y),
                });
            }
        }
        let mean = points.iter().map(|p| p.value).sum::<f32>() / points.len() as f32;
        for point in &mut points {
            point.value -= mean;
        }
        let norm = points.iter().map(|p| p.value * p.value).sum::<f32>().sqrt();
        for point in &mut points {
            point.value /= norm;
        }
        Self(points)
    }

    /// All points, row by row.
    pub fn points(&self) -> &[Point] {
        &self.0
    }

    /// NCC with a picture, the pattern's origin at a place of the face.
    pub fn fit(&self, picture: &Grey, pose: &Pose, [x, y]: [f32; 2]) -> f32 {
        let (mut sum, mut squares, mut both) = (0.0, 0.0, 0.0);
        for Point { at, value } in &self.0 {
            let (px, py) = pose.place(x + at[0], y + at[1]);
            let seen = picture.at(px, py);
            sum += seen;
            squares += seen * seen;
            both += seen * value;
        }
        let variance = squares - sum * sum / self.0.len() as f32;
        if variance <= 1e-3 {
            0.0
        } else {
            both / variance.sqrt()
        }
    }
}
