//! Every kernel against `aho-corasick`'s overlapping search, on data with few different bytes, where filters and borders err.

mod support;

use proptest::prelude::*;
use support::{SplitMix, oracle, searchers, streamed};

/// Patterns over few letters: prefixes, suffixes and copies of each other come by themselves.
fn patterns(random: &mut SplitMix, count: usize, longest: usize, letters: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|_| {
            let length = 7 + random.below(longest - 6);
            random.letters(length, letters)
        })
        .collect()
}

fn agrees(patterns: &[Vec<u8>], haystack: &[u8], sizes: &[usize]) {
    let expected = oracle(patterns, haystack);
    for (kernel, searcher) in searchers(patterns) {
        let found = searcher.search(haystack, 0, 1);
        assert_eq!(found.hits, expected, "{kernel:?}, whole");
        let found = streamed(&searcher, haystack, sizes);
        assert_eq!(found.hits, expected, "{kernel:?}, chunks of {sizes:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn few_letters(seed: u64, letters in 1_usize..5, count in 1_usize..40, longest in 7_usize..40, length in 0_usize..3000) {
        let mut random = SplitMix(seed);
        let patterns = patterns(&mut random, count, longest, letters);
        let haystack = random.letters(length, letters);
        let sizes = [1 + random.below(100), 1 + random.below(3000)];
        agrees(&patterns, &haystack, &sizes);
    }

    /// Pieces of the haystack itself: found for certain, at any alignment.
    #[test]
    fn patterns_taken_from_the_haystack(seed: u64, count in 1_usize..200, length in 300_usize..20_000) {
        let mut random = SplitMix(seed);
        let haystack = random.bytes(length);
        let patterns: Vec<_> = (0..count)
            .map(|_| {
                let size = 7 + random.below(60);
                let at = random.below(length - size);
                haystack[at..at + size].to_vec()
            })
            .collect();
        agrees(&patterns, &haystack, &[1 + random.below(5000)]);
    }
}

/// Every length of data around the kernels' blocks, every length of pattern around the windows' widths.
#[test]
fn every_short_length() {
    let mut random = SplitMix(5);
    for size in 7..20 {
        let patterns = patterns(&mut random, 4, size + 1, 2);
        for length in (0..40).chain(250..270).chain(505..520) {
            let haystack = random.letters(length, 2);
            agrees(&patterns, &haystack, &[3, 7]);
        }
    }
}

/// Larger sets use larger filters.
#[test]
fn many_patterns() {
    let mut random = SplitMix(6);
    for count in [100, 500, 1_500, 2_000, 20_000] {
        let mut haystack = random.bytes(100_000);
        let patterns: Vec<_> = (0..count)
            .map(|_| {
                let length = 7 + random.below(30);
                random.bytes(length)
            })
            .collect();
        for pattern in patterns.iter().step_by(10) {
            let at = random.below(haystack.len() - pattern.len());
            haystack[at..at + pattern.len()].copy_from_slice(pattern);
        }
        agrees(&patterns, &haystack, &[70_000]);
    }
}

/// The longest pattern allowed, across many pieces and chunks.
#[test]
fn long_patterns() {
    let mut random = SplitMix(7);
    let mut haystack = random.letters(300_000, 3);
    let patterns: Vec<_> = [16 * 1024, 10_000, 7, 300]
        .map(|length| random.letters(length, 3))
        .into();
    for (pattern, at) in patterns.iter().zip([130_001, 65_530, 3, 283_333]) {
        haystack[at..at + pattern.len()].copy_from_slice(pattern);
    }
    agrees(&patterns, &haystack, &[100_000, 5]);
    agrees(&patterns, &haystack, &[16 * 1024]);
}

#[test]
fn threads_find_the_same() {
    let mut random = SplitMix(8);
    let haystack = random.letters((3 << 20) + 17, 4);
    let patterns = patterns(&mut random, 30, 12, 4);
    let expected = oracle(&patterns, &haystack);
    for (_, searcher) in searchers(&patterns) {
        for threads in [1, 2, 5] {
            assert_eq!(searcher.search(&haystack, 0, threads).hits, expected);
        }
    }
}
