//! What must not be found.

use image::imageops::{FilterType, resize};
use proptest::prelude::*;

use super::drawn::{hash, person};
use super::{among, likeness, search};

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Somebody else in the same pose, on the same ground.
    #[test]
    fn other_people(who in 0_u32..1_000, other in 1_000_u32..2_000, width in 64_u32..=400, channels in 1_usize..=4) {
        let copy = resize(&person(other), width, width * 5 / 4, FilterType::Triangle);
        let bytes: Vec<u8> = copy.as_raw().iter().flat_map(|level| vec![*level; channels]).collect();
        prop_assert_eq!(search(&likeness(&person(who)), &among(&bytes, 4_096, who)), []);
    }

    /// Gradients, waves and boxes: what user interfaces are made of.
    #[test]
    fn drawn_things(seed in 0_u32..10_000, width in 100_usize..800) {
        let mark = |n: u32| (hash(n, seed) % 100) as usize;
        let boxes: Vec<[usize; 5]> = (0..12)
            .map(|n| [0, 1, 2, 3, 4].map(|k| mark(5 * n + k)))
            .collect();
        let pixel = |n: usize| {
            let (x, y) = (n % width, n / width);
            let mut level = 128 + x * mark(70) / width + y * mark(71) / 400;
            for [left, top, wide, high, shade] in &boxes {
                let inside = (left * width / 100..(left + wide) * width / 100).contains(&x)
                    && (top * 4..(top + high) * 4).contains(&y);
                if inside {
                    level = shade * 2 + (x * y) % (1 + mark(72) / 10);
                }
            }
            level as u8
        };
        let bytes: Vec<u8> = (0..width * 400).map(pixel).collect();
        prop_assert_eq!(search(&likeness(&person(seed)), &bytes), []);
    }
}

/// Code, constants and texts of the test's own program.
#[test]
fn programs() {
    let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let part = &program[..program.len().min(24 << 20)];
    assert_eq!(search(&likeness(&person(1)), part), []);
}
