//! gzip: members, nesting, damage.

use super::{archive, gzip, missed, walk_bytes};
use crate::sources::tests::{noise, secret};
use crate::sources::{Kind, Options, Place};

#[test]
fn every_member_is_unpacked_and_joined() {
    let secret = secret();
    let (first, second) = secret.split_at(10);
    let packed = [gzip(&[&noise(3 << 20)[..], first].concat()), gzip(second)].concat();
    let walked = walk_bytes(&packed, &Options::default());
    let [(position, region)] = walked.find(&secret)[..] else {
        panic!()
    };
    assert_eq!((position, region.kind), (3 << 20, Kind::Unpacked));
    assert!(matches!(&region.place, Place::File { inside, .. } if *inside == ["gzip"]));
    assert!(walked.report.not_searched.is_empty());
}

#[test]
fn containers_are_opened_three_deep() {
    let secret = secret();
    // Letters pack: the secret is nowhere as it is.
    let text = secret.repeat(50);
    let deep = gzip(&archive(&[("log", &gzip(&text))]));
    let walked = walk_bytes(&deep, &Options::default());
    let hits = walked.find(&secret);
    assert_eq!(hits.len(), 50);
    let Place::File { inside, .. } = &hits[0].1.place else {
        panic!()
    };
    assert_eq!(*inside, ["gzip", "log", "gzip"]);
    assert!(walked.report.not_searched.is_empty());

    let walked = walk_bytes(&gzip(&deep), &Options::default());
    assert!(walked.find(&text).is_empty());
    assert_eq!(
        missed(&walked.report.not_searched),
        ["gzip/gzip/log:: container in a container in a container: too deep"]
    );
    let none = Options {
        nesting: 0,
        ..Options::default()
    };
    assert_eq!(walk_bytes(&deep, &none).report.not_searched.len(), 1);
}

#[test]
fn a_cut_stream_gives_what_it_can_and_is_listed() {
    let secret = secret();
    let packed = gzip(&[&secret[..], &noise(100_000)].concat());
    for cut in [packed.len() - 1, packed.len() - 8, packed.len() / 2] {
        let walked = walk_bytes(&packed[..cut], &Options::default());
        assert!(walked.kinds(&secret).contains(&Kind::Unpacked), "{cut}");
        assert_eq!(walked.report.not_searched.len(), 1);
    }
    let trailing = [&packed[..], b"trailing"].concat();
    assert_eq!(
        walk_bytes(&trailing, &Options::default())
            .report
            .not_searched
            .len(),
        1
    );
}

#[test]
fn other_packings_are_listed() {
    for magic in [
        &b"\x28\xb5\x2f\xfd...."[..],
        b"\xfd7zXZ\0..",
        b"BZh91AY&",
        b"LPKSHHRH",
    ] {
        let walked = walk_bytes(magic, &Options::default());
        assert_eq!(walked.report.not_searched.len(), 1);
        let inside = walk_bytes(&gzip(magic), &Options::default());
        assert_eq!(inside.report.not_searched.len(), 1);
    }
    let image = walk_bytes(&gzip(b"QFI\xfb...."), &Options::default());
    assert_eq!(
        missed(&image.report.not_searched),
        ["gzip:: a disk image in a container is not unpacked"]
    );
}
