//! What all faces share: dark blots where features are, and a right half like the left one.

use std::sync::LazyLock;

use super::super::grey::Grey;
use super::pattern::Pattern;
use super::pose::Pose;

/// Distance of the points at which the generic face is compared.
const STEP: f32 = 0.1;
/// The compared part: left/right, up, down.
const PART: (f32, f32, f32) = (0.8, 0.6, 1.0);
/// Dark blots of a face: centre (both sides), radii, weight. In half head widths, from the head's centre.
const BLOTS: [([f32; 2], [f32; 2], f32); 4] = [
    ([0.42, -0.1], [0.13, 0.07], 1.0),
    ([0.42, -0.32], [0.24, 0.06], 0.8),
    ([0.12, 0.31], [0.08, 0.05], 0.7),
    ([0.0, 0.71], [0.32, 0.08], 0.6),
];

static GENERIC: LazyLock<Pattern> = LazyLock::new(|| {
    let (across, up, down) = PART;
    let (columns, rows) = (across * 2.0 / STEP, (up + down) / STEP);
    let count = [columns as usize + 1, rows as usize + 1];
    Pattern::drawn([across, up], STEP, count, brightness)
});

/// Brightness of the generic face.
fn brightness(x: f32, y: f32) -> f32 {
    let dark = |(centre, radii, weight): &([f32; 2], [f32; 2], f32)| {
        let (dx, dy) = ((x.abs() - centre[0]) / radii[0], (y - centre[1]) / radii[1]);
        weight * (-dx * dx - dy * dy).exp()
    };
    -BLOTS.iter().map(dark).sum::<f32>()
}

/// NCC of a locally normalised picture with the generic face.
pub(super) fn fit(picture: &Grey, pose: &Pose) -> f32 {
    GENERIC.fit(picture, pose, [0.0; 2])
}

/// NCC of a locally normalised picture's left half of a face with the mirrored right half.
pub(super) fn symmetry(picture: &Grey, pose: &Pose) -> f32 {
    let (mut sum, mut squares, mut both, mut count) = (0.0, 0.0, 0.0, 0.0);
    for point in GENERIC
        .points()
        .iter()
        .filter(|point| point.at[0] > STEP / 2.0)
    {
        let [x, y] = point.at;
        let [a, b] = [x, -x].map(|x| pose.place(x, y));
        let (a, b) = (picture.at(a.0, a.1), picture.at(b.0, b.1));
        sum += a + b;
        squares += a * a + b * b;
        both += a * b;
        count += 1.0;
    }
    let mean = sum / (2.0 * count);
    let variance = squares / (2.0 * count) - mean * mean;
    if variance <= 1e-6 {
        return 0.0;
    }
    (both / count - mean * mean) / variance
}
