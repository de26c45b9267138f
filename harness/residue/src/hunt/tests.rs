//! Planted forms are found where they lie, once, whatever the borders; other values are not.

use std::io::Write as _;

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::*;
use crate::canary::{Canary, CanarySource, Kind, SecretBytes};
use crate::encodings::{Search, forms};
use crate::sources::{Options, Source};

fn canary(id: &str, kind: Kind, value: &str) -> Canary {
    Canary::new(id.into(), kind, SecretBytes::copied(value.as_bytes())).unwrap()
}

fn drawn(seed: u8) -> Vec<Canary> {
    let mut set = CanarySource::new([seed; 32]).draw("t1").unwrap();
    set.take()
}

fn hunt(canaries: Vec<Canary>) -> Hunt {
    let wanted = Wanted {
        canaries,
        ..Wanted::default()
    };
    Hunt::new(&wanted, [7; 32]).unwrap()
}

fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    ChaCha20Rng::from_seed([9; 32]).fill_bytes(&mut bytes);
    bytes
}

/// Searches bytes as a file.
fn search(hunt: &Hunt, bytes: &[u8]) -> Trail {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    hunt.search(&Source::Path(file.path().to_owned()), &Options::default())
}

/// Every form of every drawn canary that a search takes, planted alone, is found there under its name and under no other canary's.
#[test]
fn every_form_is_found_where_it_lies() {
    let hunt = hunt(drawn(3));
    let mut data = random(1 << 20);
    let (mut at, mut planted) = (1_001, Vec::new());
    for canary in drawn(3) {
        for form in forms(&canary) {
            if form.search() == Search::Statistics {
                continue;
            }
            let length = form.reveal().len();
            if at + length >= data.len() {
                data.extend(random(1 << 20));
            }
            for run in form.fixed() {
                data[at + run.start..at + run.end].copy_from_slice(&form.reveal()[run.clone()]);
            }
            planted.push((
                canary.id().to_owned(),
                form.name().to_owned(),
                at as u64,
                length as u64,
            ));
            at += length + 131;
        }
    }
    let trail = search(&hunt, &data);
    assert_eq!((trail.more, trail.by_chance), (0, 0));
    for (id, name, at, length) in &planted {
        // Under this name, or inside a longer form of the same canary whose bytes go on in these.
        let found = trail.findings.iter().any(|finding| {
            finding.canary == *id
                && finding.position <= *at
                && finding.position + finding.length >= at + length
        });
        assert!(found, "{id} {name} at {at}");
    }
    let foreign = trail.findings.iter().find(|finding| {
        // A birth date stands in 照合番号B too.
        !planted.iter().any(|(_, _, at, length)| {
            finding.position < at + length && finding.position + finding.length > *at
        })
    });
    assert_eq!(foreign, None);
}

/// The reason for controls: a date of a log is no finding, though it is the canary's; the same date alone is.
#[test]
fn what_control_values_show_too_is_no_finding() {
    let hunt = hunt(vec![canary("c/birth", Kind::Date, "19880229")]);
    let mut log = Vec::new();
    for year in 1978..=1998 {
        for day in 1..=28 {
            for month in 1..=12 {
                writeln!(log, "{year}-{month:02}-{day:02} started").unwrap();
            }
        }
    }
    log.extend_from_slice(b"1988-02-29 started\n");
    let trail = search(&hunt, &log);
    assert_eq!((trail.findings.len(), trail.by_chance), (0, 1));
    let trail = search(&hunt, b"born 1988-02-29.");
    assert_eq!((trail.findings.len(), trail.by_chance), (1, 0));
    assert!(trail.findings[0].controlled);
}

/// One PIN is a set like any other: it is counted, and its longer forms are found against 100 controls.
#[test]
fn a_set_of_one_pin() {
    let wanted = Wanted {
        canaries: vec![canary("c/pin", Kind::Pin, "4711")],
        count_pins: true,
        ..Wanted::default()
    };
    let hunt = Hunt::new(&wanted, [1; 32]).unwrap();
    assert!(!hunt.left_out().contains(&"pin/ascii".into()));
    let mut data = vec![b' '; 3_000_000];
    data[2_000_001..][..9].copy_from_slice(b"\x00\x20\x00\x80\x044711");
    let trail = search(&hunt, &data);
    let found: Vec<_> = trail
        .findings
        .iter()
        .map(|one| one.encoding.as_str())
        .collect();
    assert_eq!(found, ["verify"]);
    let ascii = trail
        .pins
        .iter()
        .find(|counts| counts.cell == crate::search::Cell::Ascii)
        .unwrap();
    assert_eq!(
        (ascii.counts[4711], ascii.counts.iter().sum::<u32>()),
        (1, 1)
    );
    // The null arm: what the canary is not is not found.
    data[2_000_006..][..4].copy_from_slice(b"1174");
    assert!(search(&hunt, &data).findings.is_empty());
}

/// A picture with the noise of a camera; deterministic.
fn picture(seed: u8) -> crate::images::Picture {
    let mut noise = vec![0; 64 * 48 * 3];
    ChaCha20Rng::from_seed([seed; 32]).fill_bytes(&mut noise);
    for (at, sample) in noise.iter_mut().enumerate() {
        *sample = (at % 192) as u8 / 2 + *sample % 64;
    }
    crate::images::Picture::rgb(64, 48, SecretBytes::copied(&noise)).unwrap()
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
        }],
        ..Wanted::default()
    };
    Hunt::new(&wanted, [1; 32]).unwrap()
}

#[test]
fn pictures_as_file_as_text_and_as_pixels() {
    use crate::images::{Arrangement, Layout, render};
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

/// Names of files are searched as bytes, and not shown when they are the secret.
#[test]
fn a_file_called_after_its_patient() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("見本審査郎.txt"), "見本審査郎").unwrap();
    let hunt = hunt(vec![canary("c/name", Kind::Text, "見本審査郎")]);
    let trail = hunt.search(&Source::Path(folder.path().to_owned()), &Options::default());
    let kinds: Vec<_> = trail.findings.iter().map(|one| one.region).collect();
    assert_eq!(
        kinds,
        [crate::sources::Kind::Names, crate::sources::Kind::File]
    );
    assert!(trail.findings.iter().all(|one| !one.place.contains("見本")));
}

#[test]
fn what_cannot_be_looked_for_is_refused_or_named() {
    assert_eq!(
        Hunt::new(&Wanted::default(), [0; 32]).err(),
        Some(Refused::Nothing)
    );
    let short = Wanted {
        canaries: vec![canary("c/code", Kind::Bytes, "abc")],
        ..Wanted::default()
    };
    // Three bytes as hex in UTF-16 are long enough; the bytes themselves are not.
    let hunt = Hunt::new(&short, [0; 32]).unwrap();
    assert!(hunt.left_out().contains(&"bytes/raw".into()));
    let empty = WantedPicture {
        id: "p".into(),
        encoded: SecretBytes::default(),
        format: String::new(),
        picture: None,
        face: None,
        alike: false,
    };
    let wanted = Wanted {
        pictures: vec![empty],
        ..Wanted::default()
    };
    assert_eq!(
        Hunt::new(&wanted, [0; 32]).err(),
        Some(Refused::EmptyPicture("p".into()))
    );
}

/// Of another picture of the same moment no byte is looked for; one in which nothing is to be seen cannot be looked for at all.
#[test]
fn what_is_only_alike_is_found_by_likeness_or_refused() {
    use crate::images::Picture;
    let hunt = |level: &dyn Fn(u32) -> u8| {
        let samples: SecretBytes = (0..240 * 300).map(level).collect();
        let witness = WantedPicture {
            id: "p/captured_face".into(),
            encoded: SecretBytes::default(),
            format: String::new(),
            picture: Some(Picture::grey(240, 300, samples).unwrap()),
            face: None,
            alike: true,
        };
        let wanted = Wanted {
            pictures: vec![witness],
            ..Wanted::default()
        };
        Hunt::new(&wanted, [1; 32])
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

/// A drawn picture: flat but for a few strokes, as synthetic faces are.
fn strokes(seed: u32) -> crate::images::Picture {
    let pixel = |n: u32| {
        let (x, y) = (n % 120, n / 120);
        let stroke = (x + seed * 7) % 40 < 12 && y % 9 < 6;
        if stroke {
            ((x * x + y * seed) % 97 * 2) as u8
        } else {
            200
        }
    };
    crate::images::Picture::grey(120, 150, (0..120 * 150).map(pixel).collect::<SecretBytes>())
        .unwrap()
}

#[test]
fn a_drawn_picture_is_found_by_what_tells_most_of_it() {
    use crate::images::{Arrangement, Layout, render};
    let hunt = Hunt::new(
        &Wanted {
            pictures: vec![WantedPicture {
                id: "c/photo".into(),
                encoded: SecretBytes::default(),
                format: "jp2".into(),
                picture: Some(strokes(3)),
                face: None,
                alike: false,
            }],
            ..Wanted::default()
        },
        [1; 32],
    )
    .unwrap();
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

/// No byte of a copy of another size is the picture's own, and it is found; a copy as it is, is told once.
#[test]
fn a_resized_copy_is_found_and_an_exact_one_told_once() {
    use crate::images::{Arrangement, Layout, render};
    let waves = |bend: f32| {
        let pixel = |n: u32| {
            let (x, y) = ((n % 240) as f32, (n / 240) as f32);
            let wave = 60.0 * (x / 17.0 + (y / bend).sin()).sin() + 40.0 * (y / 23.0).cos();
            (128.0 + wave) as u8 ^ (n.wrapping_mul(2_654_435_761) >> 31) as u8
        };
        let samples = (0..240 * 300).map(pixel).collect::<SecretBytes>();
        crate::images::Picture::grey(240, 300, samples).unwrap()
    };
    let small = |bend| -> Vec<u8> {
        let picture = waves(bend);
        let pixel = |n: usize| picture.pixel(n % 96 * 5 / 2, n / 96 * 5 / 2)[0];
        (0..96 * 120).map(pixel).collect()
    };
    let hunt = Hunt::new(
        &Wanted {
            pictures: vec![WantedPicture {
                id: "c/photo".into(),
                encoded: SecretBytes::default(),
                format: "jp2".into(),
                picture: Some(waves(20.0)),
                face: None,
                alike: false,
            }],
            ..Wanted::default()
        },
        [1; 32],
    )
    .unwrap();
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
