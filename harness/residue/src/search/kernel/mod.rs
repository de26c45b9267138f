//! The filter at full speed: marks the aligned words of a stretch that may belong to a window.
//!
//! Every kernel gives the same marks; `tests/search_oracle.rs` compares whole searches. Chosen at run time by what the machine has.
//! Unsafe code is in the vector modules (`avx2`, `avx512`, `registers`) alone. Called by `literal` with at most one piece at a time.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod positions;
#[cfg(target_arch = "x86_64")]
mod registers;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod stretch;

pub(super) use positions::{LISTED, Positions};

use super::filter::Filter;
use super::prefetch::prefetch;

/// Bytes that one 64-bit number of marks stands for.
pub(super) const BLOCK: usize = 256;
/// Words of a block.
pub(super) const WORDS: usize = BLOCK / 4;
/// Bytes after the last block that a kernel reads: the successor of the last word.
pub(super) const AFTER: usize = 4;

/// How far ahead a kernel asks for what it will read: far enough for the memory, near enough to stay in the first cache.
const AHEAD: usize = 8 * 1024;

/// An implementation of the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kernel {
    /// Any processor.
    Scalar,
    /// x86-64 with AVX2: hashes in vectors, looks up one by one.
    Avx2,
    /// x86-64 with AVX-512 F and BW: as AVX2, and compares 64 words at a time. With VBMI and VBMI2 too, small sets are looked up in registers.
    Avx512,
}

impl Kernel {
    /// Whether this machine runs it.
    pub fn is_available(self) -> bool {
        match self {
            Self::Scalar => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw")
            }
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }

    /// Those that this machine runs, fastest first.
    pub fn available() -> impl Iterator<Item = Self> {
        [Self::Avx512, Self::Avx2, Self::Scalar]
            .into_iter()
            .filter(|kernel| kernel.is_available())
    }

    /// The fastest that this machine runs.
    pub fn best() -> Self {
        Self::available().next().unwrap_or(Self::Scalar)
    }

    /// Marks the words of `data`: bit `k` of `marks[j]` is the word at `j * 256 + k * 4`.
    ///
    /// # Panics
    /// If `data` is shorter than `marks.len()` blocks and four bytes more, or the machine does not run the kernel.
    pub(super) fn mark(self, filter: &Filter, data: &[u8], marks: &mut [u64]) {
        assert!(data.len() >= marks.len() * BLOCK + AFTER, "short of a word");
        match self {
            Self::Scalar => scalar::mark(filter, data, marks),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => avx2::mark(filter, data, marks),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => avx512::mark(filter, data, marks),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => unreachable!("refused when the searcher was built"),
        }
    }
}

/// Asks for the block that will be read [`AHEAD`] bytes after the one at `at`. While marks are looked at nothing else is read, and the
/// processor's own prefetching stops: without this the memory idles then, and the next marks wait for it.
#[inline]
fn expect(data: &[u8], at: usize) {
    if let Some(block) = data.get(at + AHEAD..at + AHEAD + BLOCK) {
        for line in block.as_chunks::<64>().0 {
            prefetch(&line[0]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::window::Window;
    use super::*;

    /// Words of few values, so that some are windows', some only look so, and some blocks are zeros.
    fn words(count: u32, values: u32) -> Vec<u8> {
        (0..count)
            .map(|n| n.wrapping_mul(0x85eb_ca6b).rotate_left(13))
            .map(|word| word.wrapping_mul(0xc2b2_ae35) >> 16)
            .enumerate()
            .map(|(n, word)| {
                if (n / 150).is_multiple_of(3) {
                    0
                } else {
                    word % values
                }
            })
            .flat_map(u32::to_le_bytes)
            .collect()
    }

    fn windows(count: u64, narrow_each: u64) -> Vec<Window> {
        let window = |n: u64| Window {
            key: if n.is_multiple_of(narrow_each) {
                n
            } else {
                (n << 32) | ((n * 7) % count)
            },
            offset: 0,
            pattern: 0,
            wide: !n.is_multiple_of(narrow_each),
        };
        (1..=count).map(window).collect()
    }

    #[test]
    fn every_kernel_gives_the_same_marks() {
        for (count, narrow_each) in [
            (1, 2),
            (100, 9),
            (600, 5),
            (2_000, 3_000),
            (2_000, 2),
            (30_000, 4),
        ] {
            let filter = Filter::new(&windows(count, narrow_each));
            for values in [2, 300, 60_000] {
                let data = words(64 * 37 + 1, values);
                let marks = |kernel: Kernel| {
                    let mut marks = [u64::MAX; 37];
                    kernel.mark(&filter, &data, &mut marks);
                    marks
                };
                let expected = marks(Kernel::Scalar);
                for kernel in Kernel::available() {
                    assert_eq!(marks(kernel), expected, "{kernel:?}, {count}, {values}");
                }
            }
        }
    }

    #[test]
    fn words_are_listed_and_sifted_however_many_are_marked() {
        let mut positions = Positions::new();
        for marks in [0, 1, 1 << 63, 0x8001_0000_ffff_0001, u64::MAX] {
            positions.list(&[marks; LISTED]);
            let marked = |word: &usize| marks >> (word % WORDS) & 1 == 1;
            let all: Vec<_> = (0..LISTED * WORDS).filter(marked).collect();
            let mut found = Vec::new();
            positions.sift(|word| word % 3 != 1, |word| found.push(word));
            assert_eq!(positions.len(), all.len());
            assert!(found.iter().eq(all.iter().filter(|word| *word % 3 != 1)));
        }
    }
}
