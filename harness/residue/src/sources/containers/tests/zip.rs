//! zip: methods, encryption, two entries of one name, programs in front.

use super::{archive, missed, walk_bytes};
use crate::sources::tests::secret;
use crate::sources::{Kind, Options, Place};

#[test]
fn every_entry_is_unpacked() {
    let secrets = [secret(), secret(), secret()];
    let texts = secrets.clone().map(|secret| secret.repeat(100));
    let packed = archive(&[("a", &texts[0]), ("stored", &texts[1]), ("d/b", &texts[2])]);
    // Bytes in front that the offsets do not count.
    for before in [&b""[..], b"PK\x03\x04 not an entry"] {
        let walked = walk_bytes(&[before, &packed].concat(), &Options::default());
        for (secret, name) in secrets.iter().zip(["a", "stored", "d/b"]) {
            let mut hits = walked.find(secret);
            hits.retain(|hit| hit.1.kind == Kind::Unpacked);
            assert_eq!(hits.len(), 100);
            let Place::File { inside, .. } = &hits[0].1.place else {
                panic!()
            };
            assert_eq!(*inside, [name]);
        }
        assert!(
            walked.report.not_searched.is_empty(),
            "{:?}",
            walked.report.not_searched
        );
    }
}

#[test]
fn entries_of_one_name_are_both_unpacked() {
    let secrets = [secret(), secret()];
    let mut packed = archive(&[
        ("one", &secrets[0].repeat(50)),
        ("two", &secrets[1].repeat(50)),
    ]);
    let places: Vec<usize> = memchr::memmem::find_iter(&packed, b"two").collect();
    for at in places {
        packed[at..at + 3].copy_from_slice(b"one");
    }
    let walked = walk_bytes(&packed, &Options::default());
    for secret in &secrets {
        assert!(walked.kinds(secret).contains(&Kind::Unpacked));
    }
}

#[test]
fn encrypted_entries_and_unknown_methods_are_listed() {
    let secret = secret();
    let text = secret.repeat(50);
    let packed = archive(&[("locked", &text), ("odd", &text), ("fine", &text)]);
    let directory = memchr::memmem::find_iter(&packed, b"PK\x01\x02").collect::<Vec<_>>();
    let mut packed = packed;
    packed[directory[0] + 8] |= 1;
    packed[directory[1] + 10] = 93;
    let walked = walk_bytes(&packed, &Options::default());
    assert_eq!(
        walked
            .find(&secret)
            .iter()
            .filter(|hit| hit.1.kind == Kind::Unpacked)
            .count(),
        50
    );
    assert_eq!(
        missed(&walked.report.not_searched),
        [":locked: encrypted", ":odd: zstd is not unpacked"]
    );
}

#[test]
fn an_empty_archive_is_no_damage() {
    let report = walk_bytes(&archive(&[]), &Options::default()).report;
    assert!(report.not_searched.is_empty(), "{:?}", report.not_searched);
}
