//! One bit per byte and class for one page, and the bit operations that leave the places where a PIN may be.
//!
//! A *unit* is one digit with the zeros that its form wants. `Planes::units` marks them, [`four`] leaves those that begin four in a row.
//! Compiled twice: as it is, and for AVX2, where the compiler turns the loops into vectors. Called by `scan`.

use std::ops::Range;

use super::cell::Cell;
use super::classes::{Classes, portable};

/// Bytes of a page.
pub(super) const PAGE: usize = 4096;
/// Numbers of 64 bits for a page.
const WORDS: usize = PAGE / 64;
/// The same with one before and four after.
const WIDE: usize = WORDS + 5;

/// Bits of one page and its surroundings: bit 64 is the page's first byte.
pub(super) type Plane = [u64; WIDE];
/// Bits of one page.
pub(super) type Marks = [u64; WORDS];

/// The classes of a page's bytes. What lies outside the data is of no class.
pub(super) struct Planes {
    digit: Plane,
    value: Plane,
    zero: Plane,
    /// Bit `k` set: byte `k` of every 64 is at a position that is a multiple of 4, of 8.
    fourth: u64,
    eighth: u64,
}

impl Planes {
    /// Classifies a page; `position` is that of the first byte of `data`.
    #[inline(always)]
    fn of(
        data: &[u8],
        position: u64,
        page: &Range<usize>,
        classes: impl Fn(&[u8; 64]) -> Classes,
    ) -> Self {
        let phase = (position + page.start as u64) as u32 & 7;
        let mut planes = Self {
            digit: [0; WIDE],
            value: [0; WIDE],
            zero: [0; WIDE],
            fourth: 0x1111_1111_1111_1111 << ((4 - (phase & 3)) & 3),
            eighth: 0x0101_0101_0101_0101 << ((8 - phase) & 7),
        };
        let needed = page.len().div_ceil(64) + 5;
        for word in 0..needed.min(WIDE) {
            let row = if let Some(start) = (page.start + word * 64).checked_sub(64)
                && let Some(row) = data.get(start..).and_then(|rest| rest.first_chunk::<64>())
            {
                classes(row)
            } else {
                classes(&padded(data, page.start + word * 64))
            };
            planes.digit[word] = row.digit;
            planes.value[word] = row.value;
            planes.zero[word] = row.zero;
        }
        planes
    }

    /// [`Self::of`] without vectors.
    pub fn portable(data: &[u8], position: u64, page: &Range<usize>) -> Self {
        Self::of(data, position, page, portable)
    }

    /// [`Self::of`] with AVX2.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    pub fn avx2(data: &[u8], position: u64, page: &Range<usize>) -> Self {
        Self::of(data, position, page, |row| super::classes::avx2(row))
    }

    /// Marks the units of a form at their first byte; false when there are none.
    #[inline(always)]
    pub fn units(&self, cell: Cell, units: &mut Plane) -> bool {
        let Self {
            digit, value, zero, ..
        } = self;
        let mut any = 0;
        for word in 0..WIDE - 1 {
            let zeros = |from: usize, to: usize| {
                (from..to).fold(u64::MAX, |all, by| all & ahead(zero, word, by))
            };
            let unit = match cell {
                Cell::Ascii
                | Cell::Stride2
                | Cell::Stride4
                | Cell::Stride8
                | Cell::Stride16
                | Cell::Stride24 => digit[word],
                Cell::Utf16Le => digit[word] & zeros(1, 2),
                Cell::Utf16Be => zero[word] & ahead(digit, word, 1),
                Cell::Utf32Le => digit[word] & zeros(1, 4),
                Cell::Values => value[word],
                Cell::Values32 => value[word] & zeros(1, 4),
                Cell::U32Le => zeros(2, 4) & !zeros(0, 2) & self.fourth,
                Cell::U32Be => zeros(0, 2) & !zeros(2, 4) & self.fourth,
                Cell::U64Le => zeros(2, 8) & !zeros(0, 2) & self.eighth,
            };
            units[word] = unit;
            any |= unit;
        }
        units[WIDE - 1] = 0;
        any != 0
    }

    /// Where the form's four digits begin, at their first byte.
    #[inline(always)]
    pub fn starts(&self, cell: Cell, units: &Plane) -> Marks {
        match cell {
            Cell::Ascii => four::<1>(units),
            Cell::Utf16Le | Cell::Utf16Be | Cell::Stride2 => four::<2>(units),
            Cell::Utf32Le | Cell::Stride4 => four::<4>(units),
            Cell::Stride8 => four::<8>(units),
            Cell::Stride16 => four::<16>(units),
            Cell::Stride24 => four::<24>(units),
            Cell::Values => self.values::<1>(units, |_| u64::MAX),
            Cell::Values32 => self.values::<4>(units, |word| {
                (1..4).fold(u64::MAX, |all, by| all & ahead(&self.zero, word, by))
            }),
            Cell::U32Le | Cell::U32Be | Cell::U64Le => {
                let mut marks = [0; WORDS];
                marks.copy_from_slice(&units[1..=WORDS]);
                marks
            }
        }
    }

    /// Four values 0–9 of which at least three are not 0; `rest` says where a value's other bytes are zeros.
    #[inline(always)]
    fn values<const STRIDE: usize>(&self, units: &Plane, rest: impl Fn(usize) -> u64) -> Marks {
        let mut with_zeros = [0; WIDE];
        for word in 0..WIDE - 1 {
            with_zeros[word] = units[word] | (self.zero[word] & rest(word));
        }
        let mut marks = four::<STRIDE>(&with_zeros);
        for (word, mark) in (1..).zip(&mut marks) {
            let [a, b, c, d] = [0, 1, 2, 3].map(|n| ahead(units, word, n * STRIDE));
            *mark &= (a & b & (c | d)) | (c & d & (a | b));
        }
        marks
    }
}

/// Bits that begin four at distances of `STRIDE`: first pairs, then pairs of pairs.
#[inline(always)]
fn four<const STRIDE: usize>(units: &Plane) -> Marks {
    let mut pairs = [0; WIDE];
    for word in 1..WIDE - 1 {
        pairs[word] = units[word] & ahead(units, word, STRIDE);
    }
    let mut marks = [0; WORDS];
    for (word, mark) in (1..).zip(&mut marks) {
        *mark = pairs[word] & ahead(&pairs, word, STRIDE * 2);
    }
    marks
}

/// The bits that lie `by` further (below 128) than those of `word`.
#[inline(always)]
fn ahead(plane: &Plane, word: usize, by: usize) -> u64 {
    let (word, by) = (word + by / 64, by % 64);
    if by == 0 {
        plane[word]
    } else {
        plane[word] >> by | plane[word + 1] << (64 - by)
    }
}

/// One bit; `at` counts from the page's first byte and may be up to 64 before it.
pub(super) fn bit(plane: &Plane, at: isize) -> bool {
    let at = (at + 64) as usize;
    plane[at / 64] >> (at % 64) & 1 == 1
}

/// The 64 bytes before `end` where some lie outside the data; these are of no class.
#[cold]
fn padded(data: &[u8], end: usize) -> [u8; 64] {
    let mut row = [0xee; 64];
    for (byte, at) in row
        .iter_mut()
        .zip((end..end + 64).map(|at| at.checked_sub(64)))
    {
        if let Some(there) = at.and_then(|at| data.get(at)) {
            *byte = *there;
        }
    }
    row
}
