//! Quantised templates: bytes that stand alone in a block of memory, signed or around 128.
//!
//! Any byte may be a number, so nothing in a vector tells where it begins. A block of an allocator does: behind a
//! word of 64 bits whose upper two bytes are zero (a length, an address, nothing) and before four zeros. Its length must be
//! one that recognisers give, with up to 16 bytes behind (what the allocator adds); a block that was given back has lost its first 8 or 16 bytes to
//! the allocator's list, and may show 8 of what was added in their place. And the numbers must spread like a template's, which neither texts nor packed bytes do; pixels spread like
//! unsigned ones, but are like their neighbours, which a template's numbers are not. Not seen: a vector within a larger structure; rectified ones.

use zeroize::Zeroizing;

use super::runs::{OnRun, Run};
use super::spread::Spread;
use super::vector::{Format, unsigned};

/// Numbers of a vector.
const LENGTHS: [usize; 4] = [128, 256, 512, 1024];
/// Bytes behind a vector that are its block's too, and bytes that a list of free blocks may take of it.
const SLACK: usize = 16;
const LONGEST: usize = LENGTHS[LENGTHS.len() - 1] + SLACK;
const WORD: usize = 8;

/// A block as it grows; its bytes are wiped.
pub(super) struct Blocks {
    bytes: Zeroizing<Vec<u8>>,
    numbers: Zeroizing<Vec<f32>>,
    start: u64,
    /// What stood before may be the head of a block.
    behind_head: bool,
    /// A block is under way.
    open: bool,
}

impl Default for Blocks {
    fn default() -> Self {
        Self {
            bytes: Zeroizing::new(Vec::with_capacity(LONGEST)),
            numbers: Zeroizing::new(Vec::with_capacity(LONGEST)),
            start: 0,
            behind_head: false,
            open: false,
        }
    }
}

impl Blocks {
    pub fn take(&mut self, position: u64, bytes: &[u8], found: OnRun<'_>) {
        let words = bytes.as_chunks::<WORD>().0;
        for (word, address) in words.iter().zip((position..).step_by(WORD)) {
            let value = u64::from_le_bytes(*word);
            if self.open && four_zeros(value) {
                self.close(found);
            } else if self.open {
                self.grow(*word);
            } else if self.behind_head && !four_zeros(value) {
                self.open = true;
                self.start = address;
                self.grow(*word);
            }
            self.behind_head = value >> 48 == 0;
            if self.behind_head && self.open && self.bytes.len() <= 2 * WORD {
                // Two addresses in a list of free blocks: the block's own bytes begin behind.
                self.forget();
            }
        }
    }

    /// Nothing follows.
    pub fn end(&mut self, found: OnRun<'_>) {
        self.close(found);
        self.behind_head = false;
    }

    fn grow(&mut self, word: [u8; WORD]) {
        if self.bytes.len() + WORD > LONGEST {
            self.forget();
        } else {
            self.bytes.extend_from_slice(&word);
        }
    }

    fn close(&mut self, found: OnRun<'_>) {
        if let Some(length) = length(self.bytes.len()) {
            self.read(length, |byte| f32::from(byte.cast_signed()));
            if Spread::of(&self.numbers).is_some_and(|spread| spread.of_bytes()) {
                self.tell(Format::I8, found);
            }
            self.read(length, unsigned);
            let spread = Spread::of(&self.numbers).filter(Spread::of_bytes);
            if spread.is_some_and(|spread| spread.restless(&self.numbers)) {
                self.tell(Format::U8, found);
            }
        }
        self.forget();
    }

    fn read(&mut self, length: usize, number: impl Fn(u8) -> f32) {
        self.numbers.clear();
        let bytes = self.bytes[..length].iter();
        self.numbers.extend(bytes.map(|byte| number(*byte)));
    }

    fn tell(&self, format: Format, found: OnRun<'_>) {
        found(Run {
            format,
            address: self.start,
            numbers: &self.numbers,
        });
    }

    fn forget(&mut self) {
        self.bytes.clear();
        self.open = false;
    }
}

/// Numbers in a block of so many bytes: all of a vector, or what a list of free blocks left of it.
fn length(bytes: usize) -> Option<usize> {
    let of = |whole: usize| {
        let kept = [whole, whole - WORD, whole - 2 * WORD];
        let longest = kept.into_iter().find(|kept| *kept <= bytes)?;
        (bytes <= whole + SLACK).then_some(longest)
    };
    LENGTHS.into_iter().find_map(of)
}

/// Whether four bytes in a row are zero.
fn four_zeros(word: u64) -> bool {
    // A byte of this is zero where it and the next three are; above the fifth, none are left to follow.
    let four = word | word >> 8 | word >> 16 | word >> 24 | 0xFFFF_FF00_0000_0000;
    four.wrapping_sub(0x0101_0101_0101_0101) & !four & 0x8080_8080_8080_8080 != 0
}
