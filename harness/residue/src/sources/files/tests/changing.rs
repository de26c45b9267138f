//! Files that change while they are read.

use crate::sources::{Item, Note, Options, Place, Report, Source, Why, walk};
use std::fs::File;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

const LENGTH: u64 = 5 << 20;

/// Walk a file of 5 MiB and do `change` at every chunk.
fn meanwhile(change: impl Fn(&Path, u64)) -> (Report, u64) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&vec![7; LENGTH as usize]).unwrap();
    let mut seen = 0;
    let source = Source::Path(file.path().to_owned());
    let report = walk(&source, &Options::default(), |item| {
        if let Item::Chunk(chunk) = item {
            seen += chunk.bytes.len() as u64;
            change(file.path(), seen);
        }
        ControlFlow::Continue(())
    });
    let places = report.not_searched.iter().map(|missed| &missed.place);
    assert!(
        places
            .into_iter()
            .all(|place| *place == Place::file(file.path()))
    );
    (report, seen)
}

fn open(path: &Path) -> File {
    File::options().append(true).open(path).unwrap()
}

#[test]
fn a_file_that_shrinks_is_no_crash_and_told() {
    let (report, seen) = meanwhile(|path, _| open(path).set_len(3 << 19).unwrap());
    assert_eq!(seen, 3 << 19);
    assert_eq!(report.not_searched[0].range, Some(3 << 19..LENGTH));
    assert_eq!(report.not_searched[0].why, Why::Shrank);
    assert_eq!(report.not_searched.len(), 1);
}

#[test]
fn a_file_that_grows_is_read_to_its_new_end_and_told() {
    let (report, seen) = meanwhile(|path, seen| {
        if seen == 1 << 20 {
            open(path).write_all(&[8; 1000]).unwrap();
        }
    });
    assert_eq!(seen, LENGTH + 1000);
    let grew = Note::Grew {
        from: LENGTH,
        to: LENGTH + 1000,
    };
    assert_eq!(report.notes[0].1, grew);
    assert!(report.not_searched.is_empty());
}

#[test]
fn a_file_that_keeps_growing_is_left_and_listed() {
    let (report, seen) = meanwhile(|path, _| open(path).write_all(&[9; 1000]).unwrap());
    assert_eq!(seen, LENGTH + 5000);
    assert_eq!(report.not_searched[0].why, Why::Growing);
    assert_eq!(report.not_searched[0].range, Some(seen..seen + 1000));
}
