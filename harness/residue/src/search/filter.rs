//! The filter's table: one byte per hashed word. Filled by `literal`, read by the kernels; wiped when dropped.
//!
//! Bits 0–3 of an entry say in which of four buckets some window has such a *first* word, bits 4–7 in which some window has such a
//! *second* word. A word is marked where it and its successor agree in a bucket:
//! `entry(w0) & (entry(w1) >> 4) & 15 != 0`. Bucket 3 is kept for narrow windows when there are any: every entry then allows it as
//! second word. The test is necessary for an occurrence, never sufficient.

use zeroize::Zeroizing;

use super::window::Window;

/// One byte per hashed word.
pub(super) struct Filter {
    entries: Zeroizing<Vec<u8>>,
    shift: u32,
}

impl Filter {
    /// A table that holds the windows, sized so that few other words pass and it stays in the nearest cache that allows that.
    pub fn new(windows: &[Window]) -> Self {
        let bits = match windows.len() {
            0..=512 => 13,
            513..=2048 => 14,
            2049..=16384 => 15,
            _ => 16,
        };
        let size = 1 << bits;
        let shift = 32 - bits;
        let mut entries = Zeroizing::new(vec![0; size]);
        let any_narrow = windows.iter().any(|window| !window.wide);
        let buckets = if any_narrow { 3 } else { 4 };
        if any_narrow {
            entries.fill(0x80);
        }
        for window in windows {
            let first = window.key as u32;
            let place = hash(first, shift);
            if window.wide {
                let second = (window.key >> 32) as u32;
                // Windows with the same second word share a bucket, which then has fewer entries.
                let bucket = hash(second, 16) % buckets;
                entries[place] |= 1 << bucket;
                entries[hash(second, shift)] |= 16 << bucket;
            } else {
                entries[place] |= 8;
            }
        }
        Self { entries, shift }
    }

    /// Entries, a power of two of at most 65,536.
    pub fn entries(&self) -> &[u8] {
        &self.entries
    }

    /// By how many bits a hash is shifted to give a place: 16 or more.
    pub fn shift(&self) -> u32 {
        self.shift
    }

    /// The entry of a word.
    #[inline]
    pub fn entry(&self, word: u32) -> u8 {
        self.entries[hash(word, self.shift)]
    }
}

/// Knuth's multiplicative hashing; the kernels compute the same.
#[inline]
pub(super) fn hash(word: u32, shift: u32) -> usize {
    (word.wrapping_mul(MULTIPLIER) >> shift) as usize
}

/// 2³² divided by the golden ratio, odd.
pub(super) const MULTIPLIER: u32 = 0x9e37_79b1;
