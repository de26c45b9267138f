//! The filter's entries of a stretch of blocks: looked up one by one, read again in vectors. Used by `avx2`.
//!
//! Two passes, because a vector that is read where parts of it were just written waits until they have left the processor's store
//! queue. By the time a stretch is read as vectors they have. Entries tell no more of the data than marks do, so they are not wiped.

use super::super::filter::Filter;
use super::WORDS;

/// Blocks whose entries are looked up before they are compared: few enough to stay in the nearest cache beside their data.
pub(super) const STRETCH: usize = 16;

/// Entries of up to a stretch, and the entry of the word after it.
pub(super) struct Entries([u8; (STRETCH + 1) * WORDS]);

impl Entries {
    pub fn new() -> Self {
        Self([0; (STRETCH + 1) * WORDS])
    }

    /// Looks up a block's entries, whose places are hashes shifted as the filter shifts them.
    // Inlined, the compiler would keep the places in vectors and take them out again one by one, which is slower.
    #[inline(never)]
    pub fn look_up(&mut self, filter: &Filter, block: usize, places: &[u32; WORDS]) {
        let table = filter.entries();
        let row = &mut self.0.as_chunks_mut::<WORDS>().0[block];
        let eights = row.as_chunks_mut::<8>().0.iter_mut();
        for (entries, places) in eights.zip(places.as_chunks::<8>().0) {
            let mut eight = 0;
            for place in places.iter().rev() {
                // A place fits 16 bits, because the filter's shift is 16 or more, and the table is that long.
                eight = eight << 8 | u64::from(table[usize::from(*place as u16)]);
            }
            *entries = eight.to_le_bytes();
        }
    }

    /// The entries of a block that has the same word everywhere.
    #[inline]
    pub fn fill(&mut self, block: usize, entry: u8) {
        self.0.as_chunks_mut::<WORDS>().0[block] = [entry; WORDS];
    }

    /// The entry of the word after so many blocks, with which `after` begins.
    #[inline]
    pub fn end(&mut self, filter: &Filter, blocks: usize, after: &[u8]) {
        let word = after.first_chunk().expect("a word after the blocks");
        self.0[blocks * WORDS] = filter.entry(u32::from_le_bytes(*word));
    }

    /// As many entries, from a word of the stretch on.
    #[inline]
    pub fn of<const COUNT: usize>(&self, word: usize) -> &[u8; COUNT] {
        self.0[word..].first_chunk().expect("words of the stretch")
    }
}
