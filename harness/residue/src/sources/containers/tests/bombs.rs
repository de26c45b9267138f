//! Small files that unpack to very much: read up to the caps, the rest listed.

use super::{archive, gzip, missed, walk_bytes};
use crate::sources::{Item, Options, Source, walk};
use std::ops::ControlFlow;

const MIB: usize = 1 << 20;

#[test]
fn a_bomb_is_read_up_to_the_caps() {
    let zeros = vec![0; 80 * MIB];
    let bomb = gzip(&zeros);
    let caps = [
        (
            Options {
                ratio: 1000,
                ..Options::default()
            },
            80 * MIB,
            0,
        ),
        (
            Options {
                ratio: 1,
                ..Options::default()
            },
            64 * MIB,
            1,
        ),
        (
            Options {
                unpacked: 3 << 20,
                ..Options::default()
            },
            3 * MIB,
            1,
        ),
    ];
    for (options, unpacked, listed) in caps {
        let report = walk_bytes(&bomb, &options).report;
        assert_eq!(report.searched as usize, bomb.len() + unpacked);
        assert_eq!(report.not_searched.len(), listed);
    }
}

#[test]
fn the_cap_is_of_all_entries_together_and_holds_at_any_depth() {
    let zeros = vec![0; 2 * MIB];
    let inner = gzip(&zeros);
    let bomb = archive(&[("a", &inner), ("b", &inner), ("c", &inner), ("d", &inner)]);
    let options = Options {
        unpacked: 5 << 20,
        ..Options::default()
    };
    let report = walk_bytes(&bomb, &options).report;
    assert_eq!(report.searched as usize, bomb.len() + 5 * MIB);
    assert_eq!(
        missed(&report.not_searched),
        [
            "c/gzip:: unpacks to more than the cap",
            ":d: unpacks to more than the cap"
        ]
    );
}

#[test]
fn an_archive_inside_a_container_is_held_up_to_a_cap() {
    let noise = crate::sources::tests::noise(17 * MIB);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), gzip(&archive(&[("stored", &noise)]))).unwrap();
    let source = Source::Path(file.path().to_owned());
    let report = walk(&source, &Options::default(), |_: Item<'_>| {
        ControlFlow::Continue(())
    });
    assert_eq!(
        missed(&report.not_searched),
        ["gzip:: unpacks to more than the cap"]
    );
}
