//! Layouts and neighbours that were missed before `examples/recall` measured them.

use image::GrayImage;
use image::imageops::{FilterType, overlay, resize};

use super::drawn::person;
use super::{SecretBytes, among, likeness, search};
use crate::images::{Picture, Rectangle};
use crate::likeness::Likeness;

fn copy(who: u32, wide: u32) -> GrayImage {
    resize(&person(who), wide, wide * 5 / 4, FilterType::Triangle)
}

/// Lines of a log, each as long as the others, are a picture with rows of their own.
#[test]
fn among_lines_of_a_log() {
    let line =
        "資格確認の結果 OK 2026-11-22T09:14:03+09:00 terminal ready; waiting for the next card.\n";
    let log = line.repeat(150).into_bytes();
    let rgb: Vec<u8> = copy(4, 160)
        .iter()
        .flat_map(|level| [level.saturating_add(9), *level, level / 2])
        .collect();
    let found = search(&likeness(&person(4)), &[&log[..], &rgb, &log].concat());
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].form.starts_with("rgb8>resized-160x"),
        "{}",
        found[0].form
    );
}

/// Luma among colours, first or second.
#[test]
fn every_second_byte() {
    let copy = copy(6, 144);
    let laid = |pair: fn(u8, usize) -> [u8; 2]| -> Vec<u8> {
        let levels = copy.iter().zip(0..);
        levels.flat_map(|(level, n)| pair(*level, n)).collect()
    };
    let ways = [
        laid(|level, n| [level, if n % 2 == 0 { 110 } else { 150 }]),
        laid(|level, n| [if n % 2 == 0 { 110 } else { 150 }, level]),
    ];
    for (n, bytes) in ways.iter().enumerate() {
        let found = search(&likeness(&person(6)), &among(bytes, 4_096, 1));
        assert_eq!(found.len(), 1, "{n}: {found:?}");
        assert!(
            found[0].form.starts_with("yuv16>resized-144x"),
            "{}",
            found[0].form
        );
        let begin = 0x1000 + 4_096;
        assert!(
            found[0].position.abs_diff(begin) <= 288 * 6,
            "{n}: {}",
            found[0].position
        );
    }
}

/// Rows that begin at multiples of 64, 128 or 256 bytes.
#[test]
fn rows_longer_than_the_picture() {
    for (wide, row) in [(176, 576), (165, 512), (236, 768)] {
        let rows = copy(8, wide);
        let mut bytes = Vec::new();
        for line in rows.as_raw().chunks(wide as usize) {
            bytes.extend(
                line.iter()
                    .flat_map(|level| [level.saturating_add(9), *level, level / 2]),
            );
            bytes.resize(bytes.len().next_multiple_of(row), 0);
        }
        let found = search(&likeness(&person(8)), &among(&bytes, 4_096, 1));
        assert_eq!(found.len(), 1, "{wide} px in {row} bytes: {found:?}");
    }
}

/// On a wide screen a face may be a twentieth of a row; keys that repeat along the row are no shorter row.
#[test]
fn a_small_face_on_a_wide_screen_with_keys() {
    let photo = person(5);
    let picture = Picture::grey(240, 300, SecretBytes::copied(photo.as_raw())).unwrap();
    let face = Rectangle {
        left: 75,
        top: 108,
        width: 90,
        height: 100,
    };
    let mut likeness = Likeness::default();
    assert!(likeness.add_face(3, &picture, face));
    for (wide, share) in [(800, 128), (1280, 160)] {
        let high = wide * 3 / 5;
        let mut screen = GrayImage::from_fn(wide, high, |x, y| {
            let key = y > high - 90 && y < high - 20 && x % (wide / 4) > 40;
            image::Luma([if key { 96 } else { 240 }])
        });
        let small = copy(5, share);
        overlay(&mut screen, &small, i64::from(wide / 3), 60);
        let bgra: Vec<u8> = screen
            .iter()
            .flat_map(|level| {
                [
                    level.saturating_add(4),
                    *level,
                    level.saturating_sub(4),
                    255,
                ]
            })
            .collect();
        let found = search(&likeness, &among(&bgra, 4_096, 3));
        assert_eq!(found.len(), 1, "{wide}");
        assert!(
            found[0].form.starts_with("rgba8>face-"),
            "{}",
            found[0].form
        );
    }
}
