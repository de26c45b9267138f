//! The filter's table: one byte per hashed word; of small ones a sketch too. Filled by `literal`, read by the kernels; wiped when dropped.
//!
//! Bits 0–3 of an entry say in which of four buckets some window has such a *first* word, bits 4–7 in which some window has such a
//! *second* word. A word is marked where it and its successor agree in a bucket:
//! `entry(w0) & (entry(w1) >> 4) & 15 != 0`. Bucket 3 is kept for narrow windows when there are any: every entry then allows it as
//! second word. The test is necessary for an occurrence, never sufficient.

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::window::Window;

/// Entries of the largest table.
pub(super) const ENTRIES: usize = 1 << 16;

/// One byte per hashed word.
pub(super) struct Filter {
    entries: Zeroizing<Vec<u8>>,
    shift: u32,
    sketch: Option<Box<Sketch>>,
}

impl Filter {
    /// A table that holds the windows, sized so that few other words pass and it stays in the nearest cache that allows that.
    pub fn new(windows: &[Window]) -> Self {
        let bits = match windows.len() {
            0..=512 => 13,
            513..=2048 => 14,
            2049..=4096 => 15,
            _ => 16,
        };
        let shift = 32 - bits;
        let mut entries = Zeroizing::new(vec![0; ENTRIES]);
        let any_narrow = windows.iter().any(|window| !window.wide);
        let buckets = if any_narrow { 3 } else { 4 };
        if any_narrow {
            entries[..1 << bits].fill(0x80);
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
        let mut filter = Self {
            entries,
            shift,
            sketch: None,
        };
        if windows.len() <= SKETCHED {
            let sketch = Sketch::new(&filter.entries[..1 << bits], any_narrow);
            // Zeros are everywhere: were they left by chance, each would have to be looked up.
            let entry = filter.entry(0);
            if !sketch.told(0).leaves_pairs() || entry & entry >> 4 != 0 {
                filter.sketch = Some(sketch);
            }
        }
        filter
    }

    /// Entries, one for every 16-bit number, so that no look-up needs a check. Those beyond the largest shifted hash are not used.
    #[inline]
    pub fn entries(&self) -> &[u8; ENTRIES] {
        self.entries
            .first_chunk()
            .expect("as many as in the largest table")
    }

    /// What a small table tells in short.
    #[inline]
    pub fn sketch(&self) -> Option<&Sketch> {
        self.sketch.as_deref()
    }

    /// By how many bits a hash is shifted to give a place: 16 or more.
    pub fn shift(&self) -> u32 {
        self.shift
    }

    /// The entry of a word.
    #[inline]
    pub fn entry(&self, word: u32) -> u8 {
        // Fits, because the shift is 16 or more.
        self.entries()[usize::from(hash(word, self.shift) as u16)]
    }
}

/// Knuth's multiplicative hashing; the kernels compute the same.
#[inline]
pub(super) fn hash(word: u32, shift: u32) -> usize {
    (word.wrapping_mul(MULTIPLIER) >> shift) as usize
}

/// 2³² divided by the golden ratio, odd.
pub(super) const MULTIPLIER: u32 = 0x9e37_79b1;

/// Windows up to which a sketch tells enough.
const SKETCHED: usize = 2048;

/// What a small table tells, in bits few enough for a processor's registers: which hashes have an entry at all. Every word that the
/// table marks is left by the sketch too. Of a hash's first thirteen bits, 0, 8 and 9 choose a table (there is one alone for narrow
/// windows), 1 to 7 its byte and 10 to 12 its bit.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Sketch {
    /// First words, of narrow windows too.
    pub first: [[u8; 128]; 8],
    /// Second words of wide windows.
    pub second: [[u8; 128]; 8],
    /// Narrow windows.
    pub narrow: [u8; 128],
}

/// What a sketch tells of 64 words, a bit for each.
#[derive(Default)]
pub(super) struct Told {
    pub first: u64,
    pub second: u64,
    pub narrow: u64,
}

impl Told {
    /// Whether the same word twice would have to be looked up.
    fn leaves_pairs(&self) -> bool {
        self.first & (self.second | self.narrow) != 0
    }
}

impl Sketch {
    /// Of the entries that the table uses.
    fn new(entries: &[u8], any_narrow: bool) -> Box<Self> {
        // Filled where it stays: a copy that is moved away is not wiped.
        let mut sketch = Box::new(Self {
            first: [[0; 128]; 8],
            second: [[0; 128]; 8],
            narrow: [0; 128],
        });
        let wide = if any_narrow { 0b0111 } else { 0b1111 };
        for (place, entry) in entries.iter().enumerate() {
            let (table, byte, bit) = split(place * 8192 / entries.len());
            if entry & 15 != 0 {
                sketch.first[table][byte] |= bit;
            }
            if entry >> 4 & wide != 0 {
                sketch.second[table][byte] |= bit;
            }
            if entry & 15 & !wide != 0 {
                sketch.narrow[byte] |= bit;
            }
        }
        sketch
    }

    /// What it tells of the same word 64 times.
    pub fn told(&self, word: u32) -> Told {
        let (table, byte, bit) = split(hash(word, 19));
        let told = |has: u8| if has & bit == 0 { 0 } else { u64::MAX };
        Told {
            first: told(self.first[table][byte]),
            second: told(self.second[table][byte]),
            narrow: told(self.narrow[byte]),
        }
    }
}

/// A hash's thirteen bits as table, byte, bit.
fn split(hash: usize) -> (usize, usize, u8) {
    let table = hash >> 10 & 4 | hash >> 3 & 3;
    (table, hash >> 5 & 127, 1 << (hash & 7))
}
