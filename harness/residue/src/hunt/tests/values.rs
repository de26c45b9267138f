//! Data of a card: forms, controls, PINs, names of files.

use std::io::Write as _;

use super::*;
use crate::canary::CanarySource;
use crate::encodings::{Search, forms};

fn drawn(seed: u8) -> Vec<Canary> {
    let mut set = CanarySource::new([seed; 32]).draw("t1").unwrap();
    set.take()
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
