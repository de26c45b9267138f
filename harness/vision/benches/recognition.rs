//! Time to recognise one 800x480 frame among 24 screens (goal: at most 3 ms).

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use shinsa_vision::{Catalogue, Picture};

fn screen(seed: u32) -> Picture {
    let pixel = |at: u32| {
        let (x, y) = (at % 800 / 25, at / 800 / 15);
        ((x * 31 + y * 17 + seed * 97).wrapping_mul(2_654_435_761) >> 24) as u8
    };
    let rgb = (0..800 * 480).flat_map(|at| [pixel(at); 3]).collect();
    Picture::new(800, 480, rgb).expect("a valid size")
}

fn recognition(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut yaml = String::from("format: 1\nwidth_px: 800\nheight_px: 480\nscreens:\n");
    for seed in 0..24 {
        let png = screen(seed).png().expect("encodes");
        std::fs::write(folder.path().join(format!("{seed}.png")), png).expect("writes");
        writeln!(yaml, "  - {{ id: s{seed}, image: {seed}.png }}").expect("writes");
    }
    let path = folder.path().join("screens.yaml");
    std::fs::write(&path, yaml).expect("writes");
    let catalogue = Catalogue::load(&path).expect("loads");
    let frame = screen(7);
    assert_eq!(catalogue.recognise(&frame).screen.as_deref(), Some("s7"));
    c.bench_function("recognise 800x480 of 24", |b| {
        b.iter(|| catalogue.recognise(black_box(&frame)));
    });
}

criterion_group!(benches, recognition);
criterion_main!(benches);
