//! Copies of another size, and pictures of the same moment: no byte is theirs, and they are found.

use super::*;
use crate::images::{Arrangement, Layout, render};

/// Of another picture of the same moment no byte is looked for; one in which nothing is to be seen cannot be looked for at all.
#[test]
fn what_is_only_alike_is_found_by_likeness_or_refused() {
    let hunt = |level: &dyn Fn(u32) -> u8| {
        let samples: SecretBytes = (0..240 * 300).map(level).collect();
        for_picture(
            "p/captured_face",
            Picture::grey(240, 300, samples).unwrap(),
            true,
        )
    };
    let refused = hunt(&|_| 90).err();
    assert_eq!(refused, Some(Refused::Plain("p/captured_face".into())));
    let wave = |n: u32| {
        let (x, y) = ((n % 240) as f32, (n / 240) as f32);
        (128.0 + 60.0 * (x / 17.0 + y / 40.0).sin() + 40.0 * (y / 9.0).cos()) as u8
    };
    let hunt = hunt(&wave).unwrap();
    assert_eq!(hunt.picture_bytes(), 0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("memory");
    // Brighter, with other noise.
    let captured = (0..240 * 300).map(|n| wave(n).saturating_add(9 + (n % 97 % 7) as u8));
    std::fs::write(&path, captured.collect::<Vec<u8>>()).unwrap();
    let trail = hunt.search(&Source::Path(path), &Options::default());
    let canaries: Vec<&str> = trail
        .findings
        .iter()
        .map(|found| found.canary.as_str())
        .collect();
    assert_eq!(canaries, ["p/captured_face"]);
}

/// No byte of a copy of another size is the picture's own, and it is found; a copy as it is, is told once.
#[test]
fn a_resized_copy_is_found_and_an_exact_one_told_once() {
    let waves = |bend: f32| {
        let pixel = |n: u32| {
            let (x, y) = ((n % 240) as f32, (n / 240) as f32);
            let wave = 60.0 * (x / 17.0 + (y / bend).sin()).sin() + 40.0 * (y / 23.0).cos();
            (128.0 + wave) as u8 ^ (n.wrapping_mul(2_654_435_761) >> 31) as u8
        };
        let samples = (0..240 * 300).map(pixel).collect::<SecretBytes>();
        Picture::grey(240, 300, samples).unwrap()
    };
    let small = |bend| -> Vec<u8> {
        let picture = waves(bend);
        let pixel = |n: usize| picture.pixel(n % 96 * 5 / 2, n / 96 * 5 / 2)[0];
        (0..96 * 120).map(pixel).collect()
    };
    let hunt = for_picture("c/photo", waves(20.0), false).unwrap();
    let look = |bytes: &[u8]| {
        let trail = search(&hunt, &[&random(5_000), bytes, &random(9_000)].concat());
        trail.findings
    };
    let found = look(&small(20.0));
    assert_eq!(found.len(), 1, "{found:?}");
    let one = &found[0];
    assert!(one.encoding.starts_with("gray8>resized-96x"), "{one:?}");
    assert_eq!((one.canary.as_str(), one.controlled), ("c/photo", false));
    assert!(one.position.abs_diff(5_000) < 5 * 96, "{one:?}");
    // Other waves on the same ground.
    assert_eq!(look(&small(41.0)), []);
    let exact = render(&waves(20.0), Layout::Gray8, Arrangement::PLAIN);
    let found = look(exact.bytes.reveal());
    assert!(
        found.iter().all(|one| !one.encoding.contains("resized")),
        "{found:?}"
    );
    assert!(!found.is_empty());
}
