//! Any patterns and bytes: every kernel and any cut into chunks agree with `aho-corasick`. From `harness/residue`:
//! `cargo +nightly fuzz run search -- -max_total_time=120 -len_control=0 -max_len=4000`.
//!
//! Input: number of patterns, for each its length and bytes, whether to count PINs, two chunk sizes, then the haystack. The first half of the haystack is
//! followed by the patterns themselves, so that hits are frequent; each byte keeps three bits, so that near hits are.
#![no_main]

use aho_corasick::AhoCorasick;
use libfuzzer_sys::fuzz_target;
use shinsa_residue::search::{
    Constants, Form, Hit, Kernel, Needles, Pattern, Pins, Rendering, Renderings, Searcher, Stream,
};

/// Takes bytes from the front.
fn take<'a>(input: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (taken, rest) = input.split_at(count.min(input.len()));
    *input = rest;
    taken
}

fn number(input: &mut &[u8]) -> usize {
    take(input, 1).first().copied().unwrap_or(0).into()
}

fn few_letters(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| if *byte < 0xc0 { byte & 7 } else { *byte }).collect()
}

fuzz_target!(|input: &[u8]| {
    let mut input = input;
    let count = 1 + number(&mut input) % 20;
    let patterns: Vec<Vec<u8>> = (0..count)
        .map(|_| {
            let length = 7 + number(&mut input) % 40;
            let mut pattern = few_letters(take(&mut input, length));
            pattern.resize(length, 1);
            pattern
        })
        .collect();
    // Counting is slow beside the rest.
    let count_pins = number(&mut input) % 16 == 15;
    let sizes = [1 + number(&mut input), 1 + number(&mut input) * 700];
    let (first, second) = input.split_at(input.len() / 2);
    let mut haystack = few_letters(first);
    patterns.iter().for_each(|pattern| haystack.extend_from_slice(pattern));
    haystack.extend(few_letters(second));

    let mut expected: Vec<Hit> = AhoCorasick::new(&patterns)
        .expect("an automaton")
        .find_overlapping_iter(&haystack)
        .map(|found| Hit {
            position: found.start() as u64,
            length: found.len() as u32,
            tag: found.pattern().as_u32(),
            form: Form::Plain,
        })
        .collect();
    expected.sort_unstable();
    let list: Vec<_> = (0..).zip(&patterns).map(|(tag, bytes)| Pattern { tag, bytes }).collect();
    let image: Vec<u8> = (0..600_u32).map(|n| (n * n / 7) as u8).collect();
    let mut first_found = None;
    for kernel in Kernel::available() {
        let needles = Needles::new(&list).expect("usable");
        let constants = Constants::new(&needles);
        let renderings = Renderings::new(&[Rendering { tag: 0, bytes: &image }], 16).expect("searchable");
        let searcher = Searcher::new().literals(needles).constants(constants).renderings(renderings);
        let mut searcher = searcher.kernel(kernel).expect("available");
        if count_pins {
            searcher = searcher.pins(Pins::counting(&[]).expect("none"));
        }
        let whole = searcher.search(&haystack, 0, 1);
        let plain: Vec<_> = whole.hits.iter().filter(|hit| hit.form == Form::Plain).copied().collect();
        assert_eq!(plain, expected, "{kernel:?}");
        let mut stream = Stream::new(&searcher, 0);
        let mut rest = &haystack[..];
        for size in sizes.iter().cycle() {
            let (chunk, after) = rest.split_at((*size).min(rest.len()));
            stream.feed(chunk);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        let streamed = stream.finish();
        assert_eq!(streamed.hits, whole.hits, "{kernel:?}, chunks of {sizes:?}");
        assert!(streamed.pins == whole.pins, "{kernel:?}, chunks of {sizes:?}");
        let all = (whole.hits, whole.pins);
        let same = first_found.get_or_insert_with(|| all.clone());
        assert!(*same == all, "{kernel:?} differs");
    }
});
