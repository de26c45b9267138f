//! The test's own memory with chosen mappings: forbidden, untouched, shared, cut off and changing pages.

use crate::sources::process::Identity;
use crate::sources::tests::{Mapped, Walked, secret, walked};
use crate::sources::{Kind, Options, PAGE, Source, Why};
use rustix::mm::MapFlags;
use std::io::Write;

pub(super) fn walk_of(mapped: &Mapped) -> Walked {
    let options = Options {
        only: Some(vec![mapped.addresses()]),
        ..Options::default()
    };
    let own = Identity::of(std::process::id()).unwrap();
    walked(&Source::Process(own), &options)
}

/// Failures inside the mapping; other tests map and unmap meanwhile.
fn unreadable(walked: &Walked, mapped: &Mapped) -> Vec<(u64, u64)> {
    let start = mapped.addresses().start;
    let missed = walked.report.not_searched.iter();
    missed
        .filter(|missed| matches!(missed.why, Why::Unreadable(_)))
        .filter_map(|missed| missed.range.clone())
        .map(|range| (range.start - start, range.end - start))
        .collect()
}

#[test]
fn a_secret_over_page_and_chunk_borders_is_whole() {
    let mut mapped = Mapped::anonymous(4 << 20);
    let secrets: Vec<_> = [PAGE, 1 << 20, 2 << 20, 4 << 20]
        .into_iter()
        .map(|border| (border - 24 + usize::from(border < 4 << 20) * 11, secret()))
        .collect();
    mapped.write(0, &vec![1; 4 << 20]);
    for (at, secret) in &secrets {
        mapped.write(*at, secret);
    }
    let walked = walk_of(&mapped);
    let start = mapped.addresses().start;
    for (at, secret) in &secrets {
        let hits = walked.find(secret);
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].0, start + *at as u64);
        assert_eq!(hits[0].1.kind, Kind::Anonymous);
    }
    assert_eq!(walked.report.searched, 4 << 20);
    assert!(walked.report.left_out > 0);
}

#[test]
fn a_secret_across_two_mappings_and_behind_a_guard_is_found() {
    let mut mapped = Mapped::anonymous(4 * PAGE);
    let secret = secret();
    mapped.write(2 * PAGE - 7, &secret);
    // Two mappings now; the second may not be read by the process itself.
    mapped.forbid(2 * PAGE, PAGE);
    let walked = walk_of(&mapped);
    let found: Vec<u64> = walked.find(&secret).iter().map(|hit| hit.0).collect();
    let open = unreadable(&walked, &mapped).is_empty();
    // Kernels can be built to refuse even this (proc_mem.force_override): then the page is listed.
    assert_eq!(
        open,
        found == [mapped.addresses().start + 2 * PAGE as u64 - 7]
    );
    assert!(open || unreadable(&walked, &mapped) == [(2 * PAGE as u64, 3 * PAGE as u64)]);
}

#[test]
fn untouched_memory_counts_as_zeros_and_is_not_touched() {
    let mut mapped = Mapped::anonymous(256 << 20);
    let secret = secret();
    mapped.write(100 << 20, &secret);
    for _ in 0..2 {
        let walked = walk_of(&mapped);
        assert_eq!(walked.find(&secret).len(), 1);
        let report = walked.report;
        assert_eq!(report.searched + report.zeros, 256 << 20);
        // Huge pages can be touched at once.
        assert!(report.searched <= 4 << 20, "{}", report.searched);
    }
}

#[test]
fn shared_memory_nobody_touched_here_is_read() {
    let secret = secret();
    let file = tempfile::tempfile_in("/dev/shm").unwrap();
    (&file).write_all(&secret).unwrap();
    file.set_len(PAGE as u64).unwrap();
    let mapped = Mapped::of(&file, PAGE, MapFlags::SHARED);
    assert_eq!(walk_of(&mapped).kinds(&secret), [Kind::Shared]);
}

#[test]
fn pages_behind_the_end_of_a_deleted_file_are_listed() {
    let secret = secret();
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(8 * PAGE as u64).unwrap();
    let mapped = Mapped::of(file.as_file(), 8 * PAGE, MapFlags::PRIVATE);
    (file.as_file()).write_all(&secret).unwrap();
    file.as_file().set_len(3 * PAGE as u64).unwrap();
    let name = file.path().to_string_lossy().into_owned();
    drop(file);
    let walked = walk_of(&mapped);
    assert_eq!(walked.kinds(&secret), [Kind::Mapped]);
    assert_eq!(walked.find(&secret)[0].1.name, format!("{name} (deleted)"));
    let page = PAGE as u64;
    assert_eq!(unreadable(&walked, &mapped), [(3 * page, 8 * page)]);
    assert_eq!(walked.report.searched, 3 * page);
}
