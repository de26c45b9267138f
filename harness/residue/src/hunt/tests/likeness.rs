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

/// A plain wall behind a head is in no picture; a curtain is in every one, with anybody before it or nobody.
#[test]
fn a_scene_that_is_found_without_anybody_is_refused() {
    let scene = |curtain: f32, head: f32| {
        let seed = 100_000 * (1 + head as u32);
        let pixel = |n: u32| {
            let (x, y) = ((n % 240) as f32, (n / 240) as f32);
            let off = ((x - 120.0).powi(2) + (y - 150.0).powi(2)).sqrt();
            let head = head * ((40.0 - off) / 8.0).clamp(0.0, 1.0);
            let features = 30.0 + (x / 5.0).sin() * (y / 7.0).cos() * 30.0;
            let wall = curtain * 50.0 * (x / 9.0 + (y / 30.0).sin()).sin();
            let level = 120.0 + head * features + (1.0 - head) * wall;
            // Each exposure has its own noise.
            let noise = (n + seed).wrapping_mul(2_654_435_761) >> 30;
            level as u8 + noise as u8
        };
        Picture::grey(240, 300, (0..240 * 300).map(pixel).collect()).unwrap()
    };
    let refused = |curtain: f32| {
        let wanted = Wanted {
            pictures: vec![WantedPicture {
                id: "p/captured_face".into(),
                encoded: SecretBytes::default(),
                format: String::new(),
                picture: Some(scene(curtain, 1.0)),
                face: None,
                alike: true,
                nobody: Some(scene(curtain, 0.0)),
            }],
            ..Wanted::default()
        };
        Hunt::new(&wanted, [1; 32]).err()
    };
    assert_eq!(refused(0.0), None);
    assert_eq!(
        refused(1.0),
        Some(Refused::NotPlain("p/captured_face".into()))
    );
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
