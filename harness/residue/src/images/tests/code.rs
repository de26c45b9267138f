//! The block code after resizing and JPEG, and in pictures that do not hold it.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{GrayImage, ImageFormat};
use proptest::prelude::*;

use super::{colour, grey, scene};
use crate::images::{Arrangement, Correlation};
use crate::images::{BlockCode, Layout, Part, Picture, render, threshold};

const EDGE: usize = 256;

fn marked(seed: u64) -> (BlockCode, GrayImage) {
    let code = BlockCode::new([seed as u8; 32], EDGE, EDGE);
    let picture = code.embed(&grey(seed, EDGE, EDGE), 3).unwrap();
    (code, image(&picture))
}

fn image(picture: &Picture) -> GrayImage {
    GrayImage::from_raw(
        picture.width() as u32,
        picture.height() as u32,
        picture.reveal().to_vec(),
    )
    .unwrap()
}

fn jpeg(image: &GrayImage, quality: u8) -> GrayImage {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, quality)
        .encode_image(image)
        .unwrap();
    let decoded = image::load(Cursor::new(file), ImageFormat::Jpeg).unwrap();
    decoded.to_luma8()
}

fn score(code: &BlockCode, image: &GrayImage) -> Correlation {
    let (width, height) = (image.width() as usize, image.height() as usize);
    code.correlate(image.as_raw(), width, height).unwrap()
}

#[test]
fn the_code_is_faint_and_balanced() {
    let code = BlockCode::new([1; 32], EDGE, EDGE);
    let flat = Picture::grey(EDGE, EDGE, std::iter::repeat_n(100, EDGE * EDGE).collect()).unwrap();
    let marked = code.embed(&flat, 3).unwrap();
    assert!(
        marked
            .reveal()
            .iter()
            .all(|level| [97, 103].contains(level))
    );
    let sum: usize = marked
        .reveal()
        .iter()
        .map(|&level| usize::from(level))
        .sum();
    assert_eq!(sum, 100 * EDGE * EDGE);
    assert!(code.embed(&grey(1, 16, 16), 3).is_none());
}

#[test]
fn found_after_halving_with_any_filter_and_jpeg() {
    let limit = threshold(1_000, 1e-3);
    for seed in 1..=8 {
        let (code, original) = marked(seed);
        assert!(score(&code, &original).z > limit);
        for filter in [
            FilterType::Nearest,
            FilterType::Triangle,
            FilterType::CatmullRom,
            FilterType::Gaussian,
            FilterType::Lanczos3,
        ] {
            let half = imageops::resize(&original, 128, 128, filter);
            let z = score(&code, &jpeg(&half, 75)).z;
            assert!(z > limit, "seed {seed}, {filter:?}: {z} of {limit}");
        }
        let recompressed = jpeg(&jpeg(&original, 75), 75);
        assert!(score(&code, &recompressed).z > limit);
        // A recogniser's input of 112 x 112.
        let face = imageops::resize(&original, 112, 112, FilterType::Triangle);
        assert!(score(&code, &face).z > limit);
    }
}

#[test]
fn found_in_a_part_mirrored() {
    let (code, original) = marked(9);
    let part = imageops::crop_imm(&original, 30, 20, 200, 210).to_image();
    let half = imageops::resize(
        &imageops::flip_horizontal(&part),
        100,
        105,
        FilterType::Triangle,
    );
    let shown = Part {
        left: 30.0,
        top: 20.0,
        width: 200.0,
        height: 210.0,
    };
    let found = code
        .correlate_part(half.as_raw(), 100, 105, shown, true)
        .unwrap();
    assert!(found.z > threshold(1_000, 1e-3), "{found:?}");
    let unmirrored = code
        .correlate_part(half.as_raw(), 100, 105, shown, false)
        .unwrap();
    assert!(unmirrored.z < 4.0, "{unmirrored:?}");
}

#[test]
fn found_in_the_grey_of_a_colour_picture() {
    let code = BlockCode::new([7; 32], EDGE, EDGE);
    let picture = code.embed(&colour(7, EDGE, EDGE), 3).unwrap();
    let grey = render(&picture, Layout::Gray8, Arrangement::PLAIN);
    let found = code.correlate(grey.bytes.reveal(), EDGE, EDGE).unwrap();
    assert!(found.z > threshold(1_000, 1e-3), "{found:?}");
}

/// 1,000 other pictures, each against a code of its own: none reaches the threshold of its family, and the scores are
/// those of a standard normal, as the header proves.
#[test]
fn other_pictures_score_as_chance_says() {
    let scores: Vec<f64> = (0..1_000_u64)
        .map(|seed| {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&seed.to_le_bytes());
            let code = BlockCode::new(key, 128, 128);
            code.correlate(&scene(10_000 + seed % 100, 128, 128), 128, 128)
                .unwrap()
                .z
        })
        .collect();
    let limit = threshold(1_000, 1e-3);
    assert!((limit - 5.256_521_769_756).abs() < 1e-9);
    assert!(scores.iter().all(|&z| z < limit));
    let mean = scores.iter().sum::<f64>() / 1_000.0;
    let variance = scores.iter().map(|z| z * z).sum::<f64>() / 1_000.0;
    // Four standard errors: 1/√1000 = 0.032 and √(2/1000) = 0.045; of P(Z > 1.645) = 5 %: 0.0069.
    assert!(
        mean.abs() < 0.13 && (variance - 1.0).abs() < 0.18,
        "{mean} {variance}"
    );
    let above = scores.iter().filter(|&&z| z > 1.645).count();
    assert!((22..78).contains(&above), "{above}");
}

#[test]
fn pixels_that_say_nothing_give_no_score() {
    let code = BlockCode::new([1; 32], EDGE, EDGE);
    assert!(code.correlate(&[7; 128 * 128], 128, 128).is_none());
    assert!(code.correlate(&[7; 100], 128, 128).is_none());
    assert!(code.correlate(&scene(1, 32, 32), 32, 32).is_none());
    assert!(
        BlockCode::new([1; 32], 40, 40)
            .correlate(&scene(1, 40, 40), 40, 40)
            .is_none()
    );
    let no_part = Part {
        left: 0.0,
        top: 0.0,
        width: 0.0,
        height: f64::NAN,
    };
    assert!(
        code.correlate_part(&scene(1, 64, 64), 64, 64, no_part, false)
            .is_none()
    );
}

proptest! {
    #[test]
    fn any_part_gives_a_finite_score_or_none(
        width in 0_usize..200,
        height in 0_usize..200,
        left in -50.0..300.0_f64,
        top in -50.0..300.0_f64,
        shown in (0.0..400.0_f64, -1.0..400.0_f64),
        mirrored: bool,
    ) {
        let code = BlockCode::new([1; 32], EDGE, EDGE);
        let part = Part { left, top, width: shown.0, height: shown.1 };
        let grey: Vec<u8> = (0..width * height).map(|at| (at * 7919 % 251) as u8).collect();
        if let Some(found) = code.correlate_part(&grey, width, height, part, mirrored) {
            // |Z| is at most √pairs (Cauchy and Schwarz).
            prop_assert!(found.z.abs() <= (found.pairs as f64).sqrt() + 1e-9);
            prop_assert!((0.0..=1.0).contains(&found.chance()));
        }
    }
}
