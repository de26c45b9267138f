//! The filter at full speed: marks the aligned words of a stretch that may belong to a window.
//!
//! Every kernel gives the same marks; `tests/search_oracle.rs` compares whole searches. Chosen at run time by what the machine has.
//! Unsafe code is in the vector modules alone. Called by `literal` with at most one piece at a time.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod scalar;

use super::filter::Filter;

/// Bytes that one 64-bit number of marks stands for.
pub(super) const BLOCK: usize = 256;
/// Bytes after the last block that a kernel reads: the successor of the last word.
pub(super) const AFTER: usize = 4;

/// An implementation of the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kernel {
    /// Any processor.
    Scalar,
    /// x86-64 with AVX2: hashes in vectors, looks up with plain loads.
    Avx2,
    /// x86-64 with AVX-512 F and BW: as AVX2, and compares 64 words at a time.
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
