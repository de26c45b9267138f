//! Tests of renderings, on scenes that are drawn here.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Picture;

mod layouts;

/// A scene: noise at five scales with the power of natural pictures (∝ 1/f), and a few ellipses with hard edges.
fn scene(seed: u64, width: usize, height: usize) -> Vec<u8> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut levels = vec![128.0_f64; width * height];
    for scale in [64, 32, 16, 8, 4] {
        let (across, down) = (width / scale + 2, height / scale + 2);
        let lattice: Vec<f64> = (0..across * down)
            .map(|_| random.random_range(-1.0..1.0))
            .collect();
        for (at, level) in levels.iter_mut().enumerate() {
            let (x, y) = (
                (at % width) as f64 / scale as f64,
                (at / width) as f64 / scale as f64,
            );
            let (i, j) = (x as usize, y as usize);
            let (fx, fy) = (x - i as f64, y - j as f64);
            let corner = |di: usize, dj: usize| lattice[(j + dj) * across + i + di];
            let upper = corner(0, 0) * (1.0 - fx) + corner(1, 0) * fx;
            let lower = corner(0, 1) * (1.0 - fx) + corner(1, 1) * fx;
            *level += 0.6 * scale as f64 * (upper * (1.0 - fy) + lower * fy);
        }
    }
    for _ in 0..6 {
        let (cx, cy) = (random.random_range(0.0..1.0), random.random_range(0.0..1.0));
        let (rx, ry): (f64, f64) = (
            random.random_range(0.05..0.3),
            random.random_range(0.05..0.3),
        );
        let step = random.random_range(-60.0..60.0);
        for (at, level) in levels.iter_mut().enumerate() {
            let (x, y) = (
                (at % width) as f64 / width as f64,
                (at / width) as f64 / height as f64,
            );
            if ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2) < 1.0 {
                *level += step;
            }
        }
    }
    // A sensor's noise.
    levels
        .iter()
        .map(|level| (level + random.random_range(-3.0..3.0)).clamp(0.0, 255.0) as u8)
        .collect()
}

fn grey(seed: u64, width: usize, height: usize) -> Picture {
    let samples = scene(seed, width, height).into_iter().collect();
    Picture::grey(width, height, samples).unwrap()
}

/// Three scenes as channels.
fn colour(seed: u64, width: usize, height: usize) -> Picture {
    let channels = [0, 1, 2].map(|channel| scene(3 * seed + channel, width, height));
    let pixel = |at: usize| {
        channels
            .iter()
            .map(move |channel| channel[at])
            .collect::<Vec<u8>>()
    };
    let samples = (0..width * height).flat_map(pixel).collect();
    Picture::rgb(width, height, samples).unwrap()
}
