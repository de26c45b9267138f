//! Planted patterns are all found: at every offset around page and chunk borders, in every shape of chunk.

mod support;

use shinsa_residue::search::{Form, Hit};
use support::{SplitMix, needles, searchers, streamed};

const PAGE: usize = 4096;

#[test]
fn every_offset_around_a_page_border() {
    let mut random = SplitMix(1);
    let background = random.bytes(3 * PAGE);
    for length in [7, 8, 9, 10, 11, 12, 16, 33] {
        let pattern = random.bytes(length);
        for (kernel, searcher) in searchers(&[&pattern]) {
            for at in PAGE - length - 5..PAGE + 5 {
                let mut page = background.clone();
                page[at..at + length].copy_from_slice(&pattern);
                let found = searcher.search(&page, 1 << 40, 1);
                let hit = Hit {
                    position: (1 << 40) + at as u64,
                    length: length as u32,
                    tag: 0,
                    form: Form::Plain,
                };
                assert_eq!(found.hits, [hit], "{kernel:?}, {length} bytes at {at}");
            }
        }
    }
}

#[test]
fn every_chunk_border() {
    let mut random = SplitMix(2);
    let pattern = random.bytes(13);
    let mut haystack = vec![0; 100];
    haystack[40..53].copy_from_slice(&pattern);
    for (_, searcher) in searchers(&[&pattern]) {
        for first in 1..100 {
            for second in [1, 2, 5, 13, 100] {
                let found = streamed(&searcher, &haystack, &[first, second]);
                assert_eq!(found.hits.len(), 1, "chunks of {first} and {second}");
                assert_eq!(found.hits[0].position, 40);
            }
        }
    }
}

/// Chunks above the size that is searched in place, with the border at every offset of the pattern.
#[test]
fn borders_of_large_chunks() {
    let mut random = SplitMix(3);
    let pattern = random.bytes(29);
    let mut haystack = random.bytes(400_000);
    let places = [0, 1_000, 131_000, 199_990, 262_100, 399_971];
    for at in places {
        haystack[at..at + 29].copy_from_slice(&pattern);
    }
    for (_, searcher) in searchers(&[&pattern]) {
        for shift in 0..80 {
            let found = streamed(&searcher, &haystack, &[130_950 + shift, 68_990, 70_000]);
            let positions: Vec<_> = found.hits.iter().map(|hit| hit.position as usize).collect();
            assert_eq!(positions, places, "shift {shift}");
        }
    }
}

#[test]
fn nothing_is_kept_beyond_the_limit_and_all_is_counted() {
    let haystack = vec![b'x'; 10_000];
    let searcher = shinsa_residue::search::Searcher::new()
        .literals(needles(&["xxxxxxx"]))
        .at_most(100);
    for found in [
        searcher.search(&haystack, 0, 1),
        streamed(&searcher, &haystack, &[333]),
    ] {
        assert_eq!(found.hits.len(), 100);
        assert_eq!(found.beyond, 10_000 - 6 - 100);
    }
}
