//! Faces inside other pictures, and cut out of theirs.

use image::GrayImage;
use image::imageops::{FilterType, crop_imm, overlay, resize};

use super::drawn::{hash, person};
use super::{SecretBytes, among, search};
use crate::images::{Picture, Rectangle};
use crate::likeness::Likeness;

/// From the brows to the mouth of `drawn::person`.
const FACE: Rectangle = Rectangle {
    left: 75,
    top: 108,
    width: 90,
    height: 100,
};

fn face_of(who: u32) -> Likeness {
    let photo = person(who);
    let picture = Picture::grey(240, 300, SecretBytes::copied(photo.as_raw())).unwrap();
    let mut likeness = Likeness::default();
    assert!(likeness.add_face(3, &picture, FACE));
    likeness
}

/// A screen with somebody's picture on it, `wide` pixels.
fn screen(who: u32, wide: u32, seed: u32) -> GrayImage {
    let mut screen = GrayImage::from_fn(400, 300, |x, y| {
        image::Luma([if y < 40 { 60 } else { (235 - x / 20) as u8 }])
    });
    for n in 0..40_u32 {
        let mark = |k: u32| hash(8 * n + k, seed);
        for (x, y) in (0..9).flat_map(|x: u32| (0..7_u32).map(move |y| (x, y))) {
            let (x, y) = (mark(0) % 380 + x, mark(1) % 280 + y);
            screen.get_pixel_mut(x, y).0[0] = (mark(2) % 255) as u8;
        }
    }
    let small = resize(&person(who), wide, wide * 5 / 4, FilterType::Triangle);
    let (x, y) = (
        hash(1, seed) % (380 - wide),
        hash(2, seed) % (290 - wide * 5 / 4),
    );
    overlay(&mut screen, &small, i64::from(x), i64::from(y));
    screen
}

/// A face cut out, loosely or closely, and made so wide.
fn cut_out(who: u32, wide: u32, seed: u32) -> GrayImage {
    let mark = |n, low: u32, high: u32| low + hash(n, seed) % (high - low);
    let side = mark(1, 116, 160);
    let (left, top) = (
        165 - side + mark(2, 0, side - 90),
        208 - side + mark(3, 0, side - 100),
    );
    let cut = crop_imm(&person(who), left, top, side, side).to_image();
    resize(&cut, wide, wide, FilterType::Triangle)
}

/// As grey, RGB and numbers.
fn laid(picture: &GrayImage, lie: u32) -> Vec<u8> {
    let pixel = |level: &u8| match lie {
        0 => vec![*level],
        1 => vec![level.saturating_add(5), *level, level.saturating_sub(3)],
        _ => (f32::from(*level) / 127.5 - 1.0).to_le_bytes().to_vec(),
    };
    picture.as_raw().iter().flat_map(pixel).collect()
}

#[test]
fn on_a_screen_and_cut_out() {
    for n in 0..24 {
        let wide = 140 + hash(9, n) % 80;
        for picture in [screen(n, wide, n), cut_out(n, 90 + hash(8, n) % 110, n)] {
            let found = search(&face_of(n), &among(&laid(&picture, n % 3), 5_000, n));
            assert_eq!(found.len(), 1, "{n}, {} px wide", picture.width());
            assert!(found[0].form.contains(">face-"), "{}", found[0].form);
        }
    }
}

/// Wide screens in BGRA, mostly plain, one behind the other.
#[test]
fn on_screens_side_by_side() {
    let preview = resize(&person(5), 240, 300, FilterType::Triangle);
    let mut screen = GrayImage::from_pixel(800, 480, image::Luma([240]));
    overlay(&mut screen, &preview, 280, 90);
    let one: Vec<u8> = screen
        .as_raw()
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
    for screens in [1, 2, 3, 8] {
        let found = search(&face_of(5), &among(&one.repeat(screens), 4_096, 3));
        assert!(!found.is_empty(), "{screens}");
    }
}

#[test]
fn nobody_else_is_taken_for_somebody() {
    for n in 0..24 {
        for picture in [screen(n + 500, 160, n), cut_out(n + 500, 128, n)] {
            assert_eq!(search(&face_of(n), &among(picture.as_raw(), 5_000, n)), []);
        }
    }
}

#[test]
fn who_is_found_as_a_whole_is_not_told_again() {
    let photo = person(1);
    let picture = || Picture::grey(240, 300, SecretBytes::copied(photo.as_raw())).unwrap();
    let mut likeness = Likeness::default();
    assert!(likeness.add(3, &picture()) && likeness.add_face(3, &picture(), FACE));
    let found = search(&likeness, &among(photo.as_raw(), 5_000, 1));
    assert_eq!(found.len(), 1);
    assert!(found[0].form.contains(">resized-240x"), "{}", found[0].form);
}

#[test]
fn a_face_must_lie_in_its_picture() {
    let picture = Picture::grey(240, 300, SecretBytes::copied(person(1).as_raw())).unwrap();
    for part in [
        Rectangle { left: 200, ..FACE },
        Rectangle { width: 0, ..FACE },
        Rectangle {
            left: usize::MAX,
            ..FACE
        },
    ] {
        assert!(!Likeness::default().add_face(3, &picture, part));
    }
}
