//! Recognition on drawn screens: neighbours that differ in one line, masks, noise, other sizes, foreign pictures.

use std::fmt::Write;

use proptest::prelude::*;
use shinsa_vision::{Catalogue, Picture};
use tempfile::TempDir;

const SIZE: (u32, u32) = (800, 480);

/// A light panel with a title bar, boxes by a pattern, and one "line of text" at a height.
fn draw(pattern: u32, line: u32, preview: u8) -> Picture {
    let mut rgb = vec![240; 3 * (SIZE.0 * SIZE.1) as usize];
    let mut fill = |x0: u32, y0: u32, w: u32, h: u32, value: u8| {
        for y in y0..y0 + h {
            for x in x0..x0 + w {
                let at = 3 * (y * SIZE.0 + x) as usize;
                rgb[at..at + 3].fill(value);
            }
        }
    };
    fill(0, 0, 800, 60, 60);
    for place in 0..8 {
        if pattern >> place & 1 == 1 {
            fill(40 + place * 90, 150, 70, 100, 90);
        }
    }
    for letter in 0..10 {
        fill(60 + letter * 22, line, 12, 18, 20);
    }
    fill(560, 300, 200, 150, preview);
    Picture::new(SIZE.0, SIZE.1, rgb).unwrap()
}

fn catalogue() -> (TempDir, Catalogue) {
    let folder = tempfile::tempdir().unwrap();
    let screens = [
        ("start", draw(0b1010_0101, 300, 128)),
        ("neighbour", draw(0b1010_0101, 340, 128)),
        ("other", draw(0b0110_0011, 300, 128)),
    ];
    let mut yaml = String::from("format: 1\nwidth_px: 800\nheight_px: 480\nscreens:\n");
    for (id, picture) in &screens {
        std::fs::write(
            folder.path().join(format!("{id}.png")),
            picture.png().unwrap(),
        )
        .unwrap();
        writeln!(
            yaml,
            "  - {{ id: {id}, image: {id}.png, masks: [[560, 300, 200, 150]] }}"
        )
        .unwrap();
    }
    let path = folder.path().join("screens.yaml");
    std::fs::write(&path, yaml).unwrap();
    let catalogue = Catalogue::load(&path).unwrap();
    (folder, catalogue)
}

fn label(catalogue: &Catalogue, frame: &Picture) -> Option<String> {
    catalogue.recognise(frame).screen
}

#[test]
fn screens_that_differ_in_one_line_are_told_apart() {
    let (_folder, catalogue) = catalogue();
    let label = |frame| label(&catalogue, &frame);
    assert_eq!(label(draw(0b1010_0101, 300, 0)).as_deref(), Some("start"));
    assert_eq!(
        label(draw(0b1010_0101, 340, 255)).as_deref(),
        Some("neighbour")
    );
    assert_eq!(label(draw(0b0110_0011, 300, 7)).as_deref(), Some("other"));
}

#[test]
fn a_line_between_two_screens_stays_unknown() {
    let (_folder, catalogue) = catalogue();
    assert_eq!(label(&catalogue, &draw(0b1010_0101, 400, 128)), None);
}

#[test]
fn foreign_and_flat_pictures_stay_unknown() {
    let (_folder, catalogue) = catalogue();
    let flat = Picture::new(800, 480, vec![0; 800 * 480 * 3]).unwrap();
    assert_eq!(label(&catalogue, &flat), None);
    assert_eq!(label(&catalogue, &draw(0b0001_1000, 200, 0)), None);
}

#[test]
fn darker_noisy_and_smaller_frames_are_recognised() {
    let (_folder, catalogue) = catalogue();
    let clean = draw(0b1010_0101, 340, 90);
    let noisy = clean.rgb().iter().enumerate().map(|(at, value)| {
        let noise = (at as u32).wrapping_mul(2_654_435_761) >> 28;
        (f64::from(*value) * 0.7) as u8 + noise as u8
    });
    let noisy = Picture::new(800, 480, noisy.collect()).unwrap();
    assert_eq!(label(&catalogue, &noisy).as_deref(), Some("neighbour"));
    let smaller = (0..360_u32)
        .flat_map(|y| (0..480_u32).map(move |x| (x * 800 / 480, y * 480 / 360)))
        .flat_map(|(x, y)| {
            let at = 3 * (y * 800 + x) as usize;
            clean.rgb()[at..at + 3].to_vec()
        });
    let smaller = Picture::new(480, 360, smaller.collect()).unwrap();
    assert_eq!(label(&catalogue, &smaller).as_deref(), Some("neighbour"));
}

#[test]
fn broken_catalogues_are_refused() {
    let (folder, _) = catalogue();
    let load = |yaml: &str| {
        let path = folder.path().join("screens.yaml");
        std::fs::write(&path, yaml).unwrap();
        Catalogue::load(&path)
            .map(|_| ())
            .map_err(|e| e.to_string())
    };
    let head = "width_px: 8\nheight_px: 4\n";
    assert!(
        load(&format!("format: 2\n{head}screens: []"))
            .unwrap_err()
            .contains("format 2")
    );
    let outside = format!("format: 1\n{head}screens: [{{ id: a, image: ../start.png }}]");
    assert!(load(&outside).unwrap_err().contains("below the catalogue"));
    assert!(load("format: [").is_err());
    assert!(Catalogue::load(&folder.path().join("none.yaml")).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_frame_panics(width in 1_u32..300, height in 1_u32..300, value in 0_u8..255) {
        let (_folder, catalogue) = catalogue();
        let rgb = (0..3 * width * height).map(|at| value.wrapping_mul(at as u8)).collect();
        let frame = Picture::new(width, height, rgb).unwrap();
        let score = catalogue.recognise(&frame).score;
        prop_assert!((-1.0..=1.0).contains(&score));
    }
}
