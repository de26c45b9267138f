//! Portraits of people who do not exist, all in the same pose: what differs is where and how large eyes, brows, nose, mouth and hair
//! are, and the skin. Deterministic.

use image::{GrayImage, Luma};

/// A number that looks random (the finaliser of MurmurHash3).
pub fn hash(n: u32, seed: u32) -> u32 {
    let mut z = n.wrapping_mul(0x9E37_79B9) ^ seed.wrapping_mul(0x85EB_CA6B);
    z = (z ^ (z >> 16)).wrapping_mul(0x85EB_CA6B);
    z = (z ^ (z >> 13)).wrapping_mul(0xC2B2_AE35);
    z ^ (z >> 16)
}

/// A photo of somebody, 240 × 300.
pub fn person(who: u32) -> GrayImage {
    let mark = |n: u32, low: f32, high: f32| {
        low + (high - low) * (hash(n, who) % 10_000) as f32 / 10_000.0
    };
    let spots: Vec<[f32; 4]> = (0..60)
        .map(|n| {
            let at = |k: u32, low, high| mark(100 + 4 * n + k, low, high);
            [
                at(0, -0.8, 0.8),
                at(1, -1.0, 1.2),
                at(2, 0.04, 0.16),
                at(3, -22.0, 22.0),
            ]
        })
        .collect();
    let blob = |x: f32, y: f32, [cx, cy]: [f32; 2], [rx, ry]: [f32; 2]| {
        let far = ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2);
        (-far).exp()
    };
    let (eyes, eye_y) = (mark(1, 0.28, 0.42), mark(2, -0.35, -0.1));
    let (brow_y, mouth_y) = (eye_y - mark(3, 0.14, 0.3), mark(4, 0.5, 0.75));
    let (mouth, nose, hair) = (mark(5, 0.18, 0.4), mark(6, 0.08, 0.2), mark(7, -0.9, -0.55));
    let (skin, dark) = (mark(8, 150.0, 205.0), mark(9, 20.0, 90.0));
    GrayImage::from_fn(240, 300, |px, py| {
        let (x, y) = ((px as f32 - 120.0) / 75.0, (py as f32 - 145.0) / 75.0);
        let mut level = 226.0;
        if y > 1.45 - 0.2 * (1.0 - x * x) {
            level = dark + 20.0 * (x * mark(10, 2.0, 9.0)).sin();
        }
        if x * x + (y / 1.3).powi(2) < 1.0 {
            level = skin - 25.0 * x * x;
            for [sx, sy, size, depth] in &spots {
                level += depth * blob(x, y, [*sx, *sy], [*size, *size]);
            }
            for side in [-1.0, 1.0] {
                level -= 110.0
                    * blob(
                        x,
                        y,
                        [side * eyes, eye_y],
                        [mark(11, 0.08, 0.16), mark(12, 0.04, 0.08)],
                    );
                level -= 70.0 * blob(x, y, [side * eyes, brow_y], [mark(13, 0.1, 0.25), 0.05]);
                level -= 40.0 * blob(x, y, [side * nose, 0.25], [0.06, 0.05]);
            }
            level -= 70.0 * blob(x, y, [mark(14, -0.04, 0.04), mouth_y], [mouth, 0.06]);
        }
        if y < hair + 0.25 * x * mark(15, -1.0, 1.0) && x * x + (y / 1.4).powi(2) < 1.1 {
            level = dark + 12.0 * (x * mark(16, 8.0, 25.0)).sin();
        }
        let grain = (hash(py * 240 + px, who + 1) % 5) as f32 - 2.0;
        Luma([(level + grain).clamp(0.0, 255.0) as u8])
    })
}
