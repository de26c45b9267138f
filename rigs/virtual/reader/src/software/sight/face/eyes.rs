//! Where eyes can be: drawn eyes (white, with a dark iris, on skin) in a few sizes and slants are laid over the upper face.

use std::sync::LazyLock;

use super::super::grey::Grey;
use super::pattern::Pattern;
use super::pose::Pose;

/// Distance of compared points; half heads, as all lengths here.
const STEP: f32 = 0.03;
/// Half height and half width of the compared part of an eye, in points.
const UP: usize = 4;
const ACROSS: usize = 8;
/// The searched part of the face in points: left/right of and above the centre, width and height.
const LEFT: usize = 34;
const TOP: usize = 28;
const WIDTH: usize = 2 * LEFT + 1;
const HEIGHT: usize = 47;
const SIZES: [f32; 3] = [0.055, 0.08, 0.11];
const SLANTS: [f32; 3] = [-0.18, 0.0, 0.18];
/// Brightness of the white over the skin; how much darker than the white the iris, than the skin the upper lid's rim.
const WHITE: f32 = 0.6;
const IRIS: f32 = 1.6;
const LID: f32 = 0.4;
/// How many places are kept on each side.
const KEPT: usize = 8;

static DRAWN: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let all = SIZES
        .iter()
        .flat_map(|size| SLANTS.map(|slant| drawn(*size, slant)));
    all.collect()
});

fn drawn(size: f32, slant: f32) -> Pattern {
    let (half, iris) = (0.14 + 0.8 * size, 0.85 * size);
    let (sin, cos) = slant.sin_cos();
    let corner = [ACROSS, UP].map(|count| count as f32 * STEP);
    Pattern::drawn(corner, STEP, [2 * ACROSS + 1, 2 * UP + 1], |x, y| {
        let (across, down) = (x * cos + y * sin, y * cos - x * sin);
        let out = (across / half).hypot(down / size) - 1.0;
        let lens = soft(out, size);
        let dark = soft(across.hypot(down) / iris - 1.0, iris);
        let lid = soft(out.abs() - 0.02 / size, size) * f32::from(down < 0.0);
        lens * (WHITE - IRIS * dark) - LID * lid
    })
}

fn step(point: usize, zero: usize) -> f32 {
    (point as f32 - zero as f32) * STEP
}

/// 1 inside, 0 outside; `distance` in parts of `size`.
fn soft(distance: f32, size: f32) -> f32 {
    (0.5 - distance * size / STEP).clamp(0.0, 1.0)
}

/// A place that looks like an eye: in the face's coordinates, which drawn eye, how well it fits (−1 to 1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Eye {
    pub at: [f32; 2],
    drawn: usize,
    pub fit: f32,
}

/// The best places on the left and on the right.
pub(super) fn places(picture: &Grey, pose: &Pose) -> [Vec<Eye>; 2] {
    let mut points = Vec::with_capacity(WIDTH * HEIGHT);
    for row in 0..HEIGHT {
        for column in 0..WIDTH {
            let (x, y) = pose.place(step(column, LEFT), step(row, TOP));
            points.push(picture.at(x, y));
        }
    }
    let (columns, rows) = (WIDTH - 2 * ACROSS, HEIGHT - 2 * UP);
    let mut found = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        for column in 0..columns {
            let at = [step(column + ACROSS, LEFT), step(row + UP, TOP)];
            found.push(here(&points, row, column, at));
        }
    }
    let peak = |row: usize, column: usize| {
        let fit = found[row * columns + column].fit;
        let near = |n: usize, count: usize| n.saturating_sub(2)..(n + 3).min(count);
        near(row, rows).all(|r| near(column, columns).all(|c| found[r * columns + c].fit <= fit))
    };
    [-1.0, 1.0].map(|side| {
        let mut eyes: Vec<Eye> = (0..rows * columns)
            .filter(|n| found[*n].at[0] * side > 0.1 && peak(n / columns, n % columns))
            .map(|n| found[n])
            .collect();
        eyes.sort_by(|a, b| b.fit.total_cmp(&a.fit));
        eyes.truncate(KEPT);
        eyes
    })
}

/// The best drawn eye at a place of the sampled face.
fn here(points: &[f32], row: usize, column: usize, at: [f32; 2]) -> Eye {
    let (wide, high) = (2 * ACROSS + 1, 2 * UP + 1);
    let rows =
        || (row..row + high).map(|row| &points[row * WIDTH + column..row * WIDTH + column + wide]);
    let sum: f32 = rows().flatten().sum();
    let squares: f32 = rows().flatten().map(|v| v * v).sum();
    let variance = squares - sum * sum / (wide * high) as f32;
    let mut best = Eye {
        at,
        drawn: 0,
        fit: 0.0,
    };
    if variance <= 1.0 {
        return best;
    }
    let scale = 1.0 / variance.sqrt();
    for (n, drawn) in DRAWN.iter().enumerate() {
        let both: f32 = rows()
            .flatten()
            .zip(drawn.points())
            .map(|(seen, point)| seen * point.value)
            .sum();
        if both * scale > best.fit {
            best = Eye {
                at,
                drawn: n,
                fit: both * scale,
            };
        }
    }
    best
}

/// Moves an eye to where it fits best, finer than the points.
pub(super) fn refined(picture: &Grey, pose: &Pose, eye: &Eye) -> Eye {
    let drawn = &DRAWN[eye.drawn];
    let mut best = Eye {
        fit: drawn.fit(picture, pose, eye.at),
        ..*eye
    };
    let mut step = STEP / 2.0;
    while step > 0.002 {
        let before = best.fit;
        let [x, y] = best.at;
        for at in [[x + step, y], [x - step, y], [x, y + step], [x, y - step]] {
            let fit = drawn.fit(picture, pose, at);
            if fit > best.fit {
                best = Eye { at, fit, ..best };
            }
        }
        if best.fit <= before {
            step /= 2.0;
        }
    }
    best
}
