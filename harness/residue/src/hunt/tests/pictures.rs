//! Pictures as they are: as file, as text, as pixels.

use super::*;
use crate::images::{Arrangement, Layout, render};

/// A picture with the noise of a camera; deterministic.
fn picture(seed: u8) -> Picture {
    let mut noise = vec![0; 64 * 48 * 3];
    ChaCha20Rng::from_seed([seed; 32]).fill_bytes(&mut noise);
    for (at, sample) in noise.iter_mut().enumerate() {
        *sample = (at % 192) as u8 / 2 + *sample % 64;
    }
    Picture::rgb(64, 48, SecretBytes::copied(&noise)).unwrap()
}

fn picture_hunt() -> Hunt {
    // A JPEG of which only what follows the scan header is its own.
    let file = [
        b"\xFF\xD8 shared tables \xFF\xDA".as_slice(),
        &random(3_000),
    ]
    .concat();
    let wanted = Wanted {
        pictures: vec![WantedPicture {
            id: "face".into(),
            encoded: SecretBytes::copied(&file),
            format: "jpeg".into(),
            picture: Some(picture(1)),
            face: None,
            alike: false,
            nobody: None,
        }],
        ..Wanted::default()
    };
    Hunt::new(&wanted, [1; 32]).unwrap()
}

#[test]
fn pictures_as_file_as_text_and_as_pixels() {
    use base64::Engine as _;
    let hunt = picture_hunt();
    let file = [
        b"\xFF\xD8 shared tables \xFF\xDA".as_slice(),
        &random(3_000),
    ]
    .concat();
    let text = base64::engine::general_purpose::STANDARD
        .encode(&file)
        .into_bytes();
    let pixels = |layout| {
        render(&picture(1), layout, Arrangement::PLAIN)
            .bytes
            .reveal()
            .to_vec()
    };
    for (encoding, bytes) in [
        ("jpeg", file.clone()),
        ("jpeg", file[1_000..1_100].to_vec()),
        ("jpeg>base64", text),
        ("bgra", pixels(Layout::Bgra)),
        ("f32-chw-unit", pixels(Layout::F32ChwUnit)),
    ] {
        let mut data = vec![0xA5; 2 << 20];
        data[(1 << 20) - 50..][..bytes.len()].copy_from_slice(&bytes);
        let trail = search(&hunt, &data);
        let found = |one: &Finding| one.encoding.starts_with(encoding) && one.canary == "face";
        assert!(
            trail.findings.iter().any(found),
            "{encoding}: {:?}",
            trail.findings
        );
    }
    // The null arm: another picture, and the tables that all files share.
    let other = render(&picture(2), Layout::Bgra, Arrangement::PLAIN);
    assert_eq!(search(&hunt, other.bytes.reveal()).findings, []);
    assert_eq!(
        search(&hunt, b"\xFF\xD8 shared tables \xFF\xDA").findings,
        []
    );
}

/// A drawn picture: flat but for a few strokes, as synthetic faces are.
fn strokes(seed: u32) -> Picture {
    let pixel = |n: u32| {
        let (x, y) = (n % 120, n / 120);
        let stroke = (x + seed * 7) % 40 < 12 && y % 9 < 6;
        if stroke {
            ((x * x + y * seed) % 97 * 2) as u8
        } else {
            200
        }
    };
    Picture::grey(120, 150, (0..120 * 150).map(pixel).collect::<SecretBytes>()).unwrap()
}

#[test]
fn a_drawn_picture_is_found_by_what_tells_most_of_it() {
    let hunt = for_picture("c/photo", strokes(3), false).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let look = |bytes: &[u8]| {
        let path = folder.path().join("memory");
        std::fs::write(&path, [&[0; 1000][..], bytes, &[0; 1000][..]].concat()).unwrap();
        let trail = hunt.search(&Source::Path(path), &Options::default());
        trail
            .findings
            .into_iter()
            .map(|one| one.encoding)
            .collect::<Vec<_>>()
    };
    for layout in [Layout::Gray8, Layout::Rgba, Layout::F32ChwUnit] {
        let copy = render(&strokes(3), layout, Arrangement::PLAIN);
        let found = look(copy.bytes.reveal());
        assert!(found.contains(&copy.name), "{}: {found:?}", copy.name);
        // Somebody else's, drawn by the same hand.
        let other = render(&strokes(4), layout, Arrangement::PLAIN);
        assert!(look(other.bytes.reveal()).is_empty(), "{}", copy.name);
    }
}
