//! From marks to a list of words, and the list sifted, without a branch for each mark: whether a word is marked, or what it is, cannot be
//! foretold, and a processor that guesses wrongly loses more than a list costs. (As simdjson lists the structure of a text.)
//! Knows words by their numbers alone, holds nothing of what they are. Used by `literal` and by `registers`.

use super::WORDS;

/// Blocks whose marks are listed together.
pub(in super::super) const LISTED: usize = 16;
/// Words that can be written at once.
pub(super) const ROOM: usize = 32;
/// Words of a block that are written before there is a branch.
const AT_ONCE: usize = 4;

/// Numbers of marked words, ascending.
pub(in super::super) struct Positions {
    words: [u16; LISTED * WORDS + ROOM],
    count: usize,
}

impl Positions {
    /// None.
    pub fn new() -> Self {
        Self {
            words: [0; LISTED * WORDS + ROOM],
            count: 0,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.count = 0;
    }

    /// Where the next words belong: to be written, marked ones first, and to be counted with [`Self::add`].
    #[inline]
    pub(super) fn room(&mut self) -> &mut [u16; ROOM] {
        let rest = &mut self.words[self.count..];
        rest.first_chunk_mut().expect("at most every word")
    }

    /// Counts words that were written.
    #[inline]
    pub(super) fn add(&mut self, count: usize) {
        self.count += count;
    }

    /// Lists the marked words of so many blocks and of no others.
    #[inline]
    pub fn list(&mut self, marks: &[u64]) {
        self.clear();
        for (block, marks) in marks.iter().enumerate() {
            let mut left = *marks;
            loop {
                let count = left.count_ones().min(AT_ONCE as u32);
                for word in &mut self.room()[..AT_ONCE] {
                    // Where no mark is left the next words are written over what this writes.
                    *word = (block * WORDS) as u16 + left.trailing_zeros() as u16;
                    left &= left.wrapping_sub(1);
                }
                self.add(count as usize);
                if left == 0 {
                    break;
                }
            }
        }
    }

    /// Tests all, and gives those that pass to `then`.
    #[inline]
    pub fn sift(&self, test: impl Fn(usize) -> bool, mut then: impl FnMut(usize)) {
        for words in self.words[..self.count].chunks(64) {
            let mut passed = 0_u64;
            for (number, word) in words.iter().enumerate() {
                passed |= u64::from(test(usize::from(*word))) << number;
            }
            while passed != 0 {
                then(usize::from(words[passed.trailing_zeros() as usize]));
                passed &= passed - 1;
            }
        }
    }
}
