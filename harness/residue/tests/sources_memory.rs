//! A walk's own memory stays small whatever it reads; alone in its process, whose peak is measured.
#![cfg(target_os = "linux")]

use shinsa_residue::sources::{Item, Options, Source, walk};
use std::fs::File;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

/// Highest resident set of this process so far, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let kibibytes: u64 = line
        .split_ascii_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    kibibytes << 10
}

fn bytes_of(path: &Path) -> u64 {
    let options = Options {
        ratio: 2000,
        ..Options::default()
    };
    let report = walk(&Source::Path(path.to_owned()), &options, |_: Item<'_>| {
        ControlFlow::Continue(())
    });
    assert!(report.not_searched.is_empty(), "{:?}", report.not_searched);
    report.searched + report.zeros
}

#[test]
fn less_than_64_mib_for_a_sparse_file_a_full_one_a_bomb_and_a_directory() {
    let folder = tempfile::tempdir().unwrap();
    let block = vec![0x5a; 1 << 20];
    let sparse = File::create(folder.path().join("sparse")).unwrap();
    sparse.set_len(2 << 30).unwrap();
    let mut full = File::create(folder.path().join("full")).unwrap();
    for _ in 0..128 {
        full.write_all(&block).unwrap();
    }
    let packed = File::create(folder.path().join("packed.gz")).unwrap();
    let mut packed = flate2::write::GzEncoder::new(packed, flate2::Compression::fast());
    for _ in 0..512 {
        packed.write_all(&block).unwrap();
    }
    packed.finish().unwrap();
    std::fs::create_dir(folder.path().join("many")).unwrap();
    for number in 0..3000 {
        std::fs::write(folder.path().join(format!("many/{number}")), b"x").unwrap();
    }
    let before = peak();
    let read = bytes_of(folder.path());
    let grown = peak() - before;
    assert!(read > (2 << 30) + (640 << 20), "{read}");
    assert!(grown < 64 << 20, "{grown}");
}
