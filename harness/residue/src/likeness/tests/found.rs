//! What must be found.

use image::GrayImage;
use image::imageops::{FilterType, resize};
use proptest::prelude::*;

use super::super::Looking;
use super::drawn::{hash, person};
use super::{among, likeness, search, search_to};

/// A way in which pixels lie.
#[derive(Debug, Clone, Copy)]
enum Lie {
    Grey,
    Rgb,
    Bgra,
    /// 0 … 1, −1 … 1, 0 … 255.
    F32(f32, f32),
    /// Three numbers by pixel.
    F32Hwc,
    /// So many bits in two bytes.
    Words(u32),
}

const LIES: [Lie; 10] = [
    Lie::Grey,
    Lie::Rgb,
    Lie::Bgra,
    Lie::F32(1.0 / 255.0, 0.0),
    Lie::F32(1.0 / 127.5, -1.0),
    Lie::F32(1.0, 0.0),
    Lie::F32Hwc,
    Lie::Words(10),
    Lie::Words(12),
    Lie::Words(16),
];

fn laid(picture: &GrayImage, lie: Lie) -> Vec<u8> {
    let pixel = |level: &u8| -> Vec<u8> {
        // A little colour.
        let (more, less) = (level.saturating_add(9), level.saturating_sub(7));
        let number = f32::from(*level);
        match lie {
            Lie::Grey => vec![*level],
            Lie::Rgb => vec![more, *level, less],
            Lie::Bgra => vec![less, *level, more, 255],
            Lie::F32(scale, offset) => (number * scale + offset).to_le_bytes().to_vec(),
            Lie::F32Hwc => (number / 255.0).to_le_bytes().repeat(3),
            Lie::Words(bits) => {
                // Finer than a level: noise.
                let low = hash(u32::from(*level), bits) % (1 << (bits - 8));
                ((u32::from(*level) << (bits - 8) | low) as u16)
                    .to_le_bytes()
                    .to_vec()
            }
        }
    };
    picture.as_raw().iter().flat_map(pixel).collect()
}

fn filters() -> impl Strategy<Value = FilterType> {
    prop::sample::select(vec![
        FilterType::Nearest,
        FilterType::Triangle,
        FilterType::CatmullRom,
        FilterType::Gaussian,
    ])
}

/// As JPEG and back.
fn recompressed(picture: &GrayImage, quality: u8) -> GrayImage {
    let mut file = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, quality);
    encoder.encode_image(picture).unwrap();
    image::load_from_memory(&file).unwrap().into_luma8()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Any width, filter, layout, noise and recompression, anywhere in memory.
    #[test]
    fn a_resized_copy(
        who in 0_u32..1_000, width in 64_u32..=400, filter in filters(), lie in prop::sample::select(LIES.to_vec()),
        noise in 0_u32..7, quality in 50_u8..=100, before in 0_usize..3_000,
    ) {
        let photo = person(who);
        let mut copy = recompressed(&resize(&photo, width, width * 5 / 4, filter), quality);
        for (n, level) in (0..).zip(copy.iter_mut()) {
            *level = level.saturating_add((hash(n, who) % (noise + 1)) as u8);
        }
        // Numbers lie on multiples of four.
        let memory = among(&laid(&copy, lie), before * 4, who);
        // One in a hundred small ones stays below what a finding needs; that it is met at all, and where, holds for every one.
        let found = search_to(&likeness(&photo), &memory, 0.8);
        prop_assert_eq!(found.len(), 1, "{:?}", found);
        let begin = 0x1000 + before as u64 * 4;
        let row = (laid(&copy, lie).len() / copy.height() as usize) as u64;
        prop_assert!(found[0].position.abs_diff(begin) <= u64::from(copy.height() / 20) * row, "{} {}", found[0].position, begin);
    }

    /// However the memory is cut into chunks.
    #[test]
    fn in_any_chunks(cuts in prop::collection::vec(1_usize..9_000, 1..40)) {
        let photo = person(7);
        let copy = resize(&photo, 96, 120, FilterType::Triangle);
        let memory = among(copy.as_raw(), 5_000, 1);
        let likeness = likeness(&photo);
        let mut looking = Looking::new(&likeness);
        looking.restart(0x1000);
        let mut rest = &memory[..];
        for cut in cuts.iter().cycle() {
            let (chunk, behind) = rest.split_at((*cut).min(rest.len()));
            looking.feed(chunk);
            rest = behind;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(looking.take().0, search(&likeness, &memory));
    }
}

#[test]
fn it_is_named_by_what_it_is() {
    let photo = person(12);
    let check = |copy: &GrayImage, lie, before: &str, after: &str| {
        let found = search(&likeness(&photo), &among(&laid(copy, lie), 4_096, 5));
        let [one] = &found[..] else {
            panic!("{lie:?}: {found:?}");
        };
        // The last row may be taken for background.
        let named = one.form.starts_with(before) && one.form.ends_with(after);
        assert!(named, "{lie:?}: {}", one.form);
    };
    let copy = resize(&photo, 160, 200, FilterType::Triangle);
    check(&copy, Lie::Grey, "gray8>resized-160x", "");
    check(&copy, Lie::Bgra, "rgba8>resized-160x", "");
    check(&copy, Lie::F32Hwc, "f32-hwc>resized-160x", "");
    check(&copy, Lie::Words(10), "gray16>resized-160x", "");
    check(&copy, Lie::Words(16), "gray16>resized-160x", "");
    let mirrored = image::imageops::flip_horizontal(&copy);
    check(&mirrored, Lie::Rgb, "rgb8>resized-160x", "+mirrored");
    let bottom_up = image::imageops::flip_vertical(&copy);
    check(&bottom_up, Lie::Rgb, "rgb8>resized-160x", "+bottom-up");
    // What a recogniser takes in: a square.
    let square = resize(&photo, 112, 112, FilterType::Triangle);
    check(
        &square,
        Lie::F32(1.0 / 127.5, -1.0),
        "f32>resized-112x11",
        "",
    );
}

/// Rows of eight copies of different people after one another, as in a cache.
#[test]
fn among_other_people() {
    let small = |who| resize(&person(who), 96, 120, FilterType::Triangle).into_raw();
    let memory: Vec<u8> = (20..28).flat_map(small).collect();
    let found = search(&likeness(&person(26)), &among(&memory, 4_096, 5));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].position.abs_diff(0x1000 + 4_096 + 6 * 96 * 120) < 400);
}

/// What looks like numbers just before it must not swallow it: a heap holds such, and one did.
#[test]
fn behind_numbers() {
    let photo = person(7);
    let numbers = (0..4_096).map(|n| (n as f32 / 9.0).sin() + (n as f32 / 200.0).cos());
    let mut memory: Vec<u8> = numbers.flat_map(f32::to_le_bytes).collect();
    memory.extend(among(&[], 3_000, 4));
    memory.extend(resize(&photo, 96, 120, FilterType::Triangle).as_raw());
    memory.resize(memory.len() + 8_192, 0);
    let found = search(&likeness(&photo), &memory);
    assert_eq!(found.len(), 1, "{found:?}");
}

/// What is too much is told.
#[test]
fn beyond_the_budget_nothing_is_silent() {
    let photo = person(7);
    let copy = resize(&photo, 96, 120, FilterType::Triangle);
    let copy = among(copy.as_raw(), 20_000, 1);
    let likeness = likeness(&photo);
    let mut looking = Looking::new(&likeness);
    // Of each copy some 22 kB look like a picture, with what lies around.
    looking.most = 30_000;
    looking.feed(&[&copy[..], &copy, &copy].concat());
    let (found, not_compared) = looking.take();
    assert_eq!((found.len(), not_compared.len()), (1, 2));
    let second = (copy.len() + 20_000) as u64;
    assert!(not_compared[0].contains(&second), "{not_compared:?}");
    assert!(not_compared[1].contains(&(second + copy.len() as u64)));
}

/// A camera's picture of somebody who fills a third of it, before a plain wall with a socket; no two exposures have the same bytes.
fn seen(who: Option<u32>, number: u32) -> GrayImage {
    let mut frame = GrayImage::from_pixel(640, 480, image::Luma([226]));
    let socket = GrayImage::from_pixel(40, 40, image::Luma([190]));
    image::imageops::replace(&mut frame, &socket, 560, 400);
    if let Some(who) = who {
        let head = resize(&person(who), 200, 250, FilterType::Triangle);
        image::imageops::replace(&mut frame, &head, 215, 150);
    }
    for (n, level) in (0..).zip(frame.iter_mut()) {
        *level = level.saturating_add((hash(n, number) % 7) as u8);
    }
    frame
}

/// What a camera captured is found by another picture of the same moment, in any layout and however the memory is cut; a quarter of a
/// megabyte of wall lies above the head.
#[test]
fn another_exposure_of_the_same_moment() {
    let likeness = likeness(&seen(Some(5), 1));
    for lie in LIES {
        let memory = among(&laid(&seen(Some(5), 2), lie), 4_096, 3);
        let found = search(&likeness, &memory);
        assert_eq!(found.len(), 1, "{lie:?}: {found:?}");
        let mut looking = Looking::new(&likeness);
        looking.restart(0x1000);
        memory.chunks(70_001).for_each(|chunk| looking.feed(chunk));
        assert_eq!(looking.take().0, found, "{lie:?}");
        let nobody = among(&laid(&seen(None, 2), lie), 4_096, 3);
        assert_eq!(search(&likeness, &nobody), [], "{lie:?}");
    }
}

/// A reader keeps its last frames one behind the other: however many they are, and whatever lies in the middle.
#[test]
fn frames_side_by_side() {
    let likeness = likeness(&seen(Some(5), 1));
    for frames in 1..=8 {
        for lie in [Lie::Grey, Lie::Rgb] {
            let all: Vec<u8> = (0..frames)
                .flat_map(|n| laid(&seen(Some(5), 2 + n), lie))
                .collect();
            let found = search(&likeness, &among(&all, 4_096, 3));
            assert!(!found.is_empty(), "{frames} as {lie:?}");
        }
    }
}
