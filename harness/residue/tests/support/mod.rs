//! What the search tests share: deterministic bytes, the oracle, every way to search.
#![allow(dead_code, reason = "each test file uses its part")]

use aho_corasick::AhoCorasick;
use shinsa_residue::search::{Form, Found, Hit, Kernel, Needles, Pattern, Searcher, Stream};

/// SplitMix64 (Steele, Lea and Flood 2014).
pub struct SplitMix(pub u64);

impl SplitMix {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    /// Bytes of the first `letters` of an alphabet with the values that filters find hardest.
    pub fn letters(&mut self, count: usize, letters: usize) -> Vec<u8> {
        let alphabet = [0, b'1', 0xff, b'a', 0x80, b' ', 7, b'0'];
        (0..count)
            .map(|_| alphabet[self.below(letters.min(alphabet.len()))])
            .collect()
    }
}

/// Patterns whose tags are their places in the list.
pub fn tagged<T: AsRef<[u8]>>(patterns: &[T]) -> Vec<Pattern<'_>> {
    (0..)
        .zip(patterns)
        .map(|(tag, bytes)| Pattern {
            tag,
            bytes: bytes.as_ref(),
        })
        .collect()
}

pub fn needles<T: AsRef<[u8]>>(patterns: &[T]) -> Needles {
    Needles::new(&tagged(patterns)).expect("usable patterns")
}

/// Searchers for the same patterns, one per kernel of this machine.
pub fn searchers<T: AsRef<[u8]>>(patterns: &[T]) -> Vec<(Kernel, Searcher)> {
    Kernel::available()
        .map(|kernel| {
            let searcher = Searcher::new().literals(needles(patterns));
            (kernel, searcher.kernel(kernel).expect("available"))
        })
        .collect()
}

/// What another engine finds.
pub fn oracle<T: AsRef<[u8]>>(patterns: &[T], haystack: &[u8]) -> Vec<Hit> {
    let engine = AhoCorasick::new(patterns).expect("an automaton");
    let mut hits: Vec<_> = engine
        .find_overlapping_iter(haystack)
        .map(|found| Hit {
            position: found.start() as u64,
            length: found.len() as u32,
            tag: found.pattern().as_u32(),
            form: Form::Plain,
        })
        .collect();
    hits.sort_unstable();
    hits
}

/// Feeds a haystack in chunks of the given sizes, again and again.
pub fn streamed(searcher: &Searcher, haystack: &[u8], sizes: &[usize]) -> Found {
    let mut stream = Stream::new(searcher, 0);
    let mut rest = haystack;
    for size in sizes.iter().cycle() {
        let (chunk, after) = rest.split_at((*size).min(rest.len()));
        stream.feed(chunk);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    stream.finish()
}
