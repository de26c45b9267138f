//! Memory that comes and goes during a walk; alone in its process, where nothing else maps meanwhile.
#![cfg(target_os = "linux")]

use shinsa_residue::sources::process::Identity;
use shinsa_residue::sources::{Note, Options, Source, Why, walk};
use std::ops::{ControlFlow, Range};

/// Long enough that the allocator maps it by itself and unmaps it when it is dropped.
fn block() -> Vec<u8> {
    vec![1; 16 << 20]
}

fn addresses(block: &[u8]) -> Range<u64> {
    let range = block.as_ptr_range();
    range.start as u64..range.end as u64
}

fn covers<'a>(mut ranges: impl Iterator<Item = &'a Range<u64>>, part: &Range<u64>) -> bool {
    ranges.any(|range| range.start <= part.start && part.end <= range.end)
}

#[test]
fn mappings_that_come_and_go_are_told() {
    let mut old = Some(block());
    let mut new = None;
    let vanishing = addresses(old.as_deref().unwrap());
    let id = Identity::of(std::process::id()).unwrap();
    let report = walk(&Source::Process(id), &Options::default(), |_| {
        // First the new one, or it would take the old one's place.
        new.get_or_insert_with(block);
        drop(old.take());
        ControlFlow::Continue(())
    });
    let appeared = addresses(new.as_deref().unwrap());
    let missed = report.not_searched.iter();
    let missed = missed.filter(|missed| missed.why == Why::Appeared);
    assert!(covers(
        missed.filter_map(|missed| missed.range.as_ref()),
        &appeared
    ));
    let vanished = report.notes.iter().filter_map(|note| match &note.1 {
        Note::Vanished(range) => Some(range),
        _ => None,
    });
    assert!(covers(vanished, &vanishing));
}
