//! How far a walk goes: chunk length, parts of a process, depth and size of containers.

use std::ops::{Range, RangeInclusive};

/// How far a walk goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Bytes read at once; brought into [`Options::CHUNKS`].
    pub chunk: usize,
    /// Only these addresses of a process, sorted and apart, as [`Snapshot::changed_since`](super::Snapshot) gives
    /// them; all when absent. What is left out is counted, not listed: the caller asked for it.
    pub only: Option<Vec<Range<u64>>>,
    /// How many containers are opened one inside the other; 0 opens none.
    pub nesting: usize,
    /// Most bytes unpacked from one file, all its containers together.
    pub unpacked: u64,
    /// Most bytes unpacked per byte of the file. The first [`Options::ALWAYS_UNPACKED`] bytes are free of it.
    pub ratio: u64,
}

impl Options {
    /// Chunk lengths at which reading a process is fastest, in bytes.
    pub const CHUNKS: RangeInclusive<usize> = 256 << 10..=1 << 20;
    /// Bytes unpacked from a file whatever its length: small files of zeros pack very well.
    pub const ALWAYS_UNPACKED: u64 = 64 << 20;

    pub(super) fn budget(&self, file_length: u64) -> u64 {
        let by_ratio = file_length.saturating_mul(self.ratio);
        by_ratio.max(Self::ALWAYS_UNPACKED).min(self.unpacked)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            chunk: 1 << 20,
            only: None,
            nesting: 3,
            unpacked: 16 << 30,
            ratio: 200,
        }
    }
}
