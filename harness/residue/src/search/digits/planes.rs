//! One bit per byte and class for one page, and the bit operations that leave the places where a PIN may be.
//!
//! A *unit* is one digit with the zeros that its form wants; [`four`] leaves those that begin four in a row.
//! Compiled twice: as it is, and for AVX2, where the compiler turns the loops into vectors. Called by `scan`.

#![allow(
    clippy::inline_always,
    reason = "a function compiled for AVX2 must take in all that it calls"
)]

use std::ops::Range;

use zeroize::Zeroizing;

use super::cell::Cell;
use super::classes::{Classes, portable};

/// Bytes of a page.
pub(super) const PAGE: usize = 4096;
/// Quarters of a page, which lie side by side in a vector.
const LANES: usize = 4;
/// Words of 64 bits in a quarter.
const ROWS: usize = PAGE / 64 / LANES;
/// The same with one before and two after, which belong to the neighbours.
const WIDE: usize = (ROWS + 3) * LANES;

/// Bits of one page and its surroundings. Word `n` of quarter `q`, counted from -1, is at `(n + 1) * LANES + q`: so the successor of every
/// word lies one vector further, and vectors are read as they were written. (Read at an odd place, a fresh vector stalls.)
///
/// Aligned, since vectors that cross cache lines are slow to write and read.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Plane([u64; WIDE]);
/// Bits of one page in the same order, without surroundings.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Marks(pub [u64; ROWS * LANES]);

/// By how many bytes a word of [`Marks`] lies behind the page's start.
pub(super) fn place(word: usize) -> usize {
    (word % LANES * ROWS + word / LANES) * 64
}

/// The classes of a page's bytes. What lies outside the data is of no class.
pub(super) struct Planes {
    digit: Plane,
    value: Plane,
    zero: Plane,
    /// Bytes that are in the data.
    there: Plane,
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
            digit: Plane([0; WIDE]),
            value: Plane([0; WIDE]),
            zero: Plane([0; WIDE]),
            there: Plane([u64::MAX; WIDE]),
            fourth: 0x1111_1111_1111_1111 << ((4 - (phase & 3)) & 3),
            eighth: 0x0101_0101_0101_0101 << ((8 - phase) & 7),
        };
        let needed = page.len() + 3 * 64;
        for word in 0..WIDE {
            // Counted from 64 bytes before the page.
            let offset = place(word);
            if offset > needed {
                continue;
            }
            let row = if let Some(start) = (page.start + offset).checked_sub(64)
                && let Some(row) = data.get(start..).and_then(|rest| rest.first_chunk::<64>())
            {
                classes(row)
            } else {
                let (row, there) = padded(data, page.start + offset);
                planes.there.0[word] = there;
                classes(&row)
            };
            planes.digit.0[word] = row.digit;
            planes.value.0[word] = row.value;
            planes.zero.0[word] = row.zero;
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

    /// Calls `each` for every form with the marks where a PIN may begin, when there are any, and those places that have no neighbour.
    #[inline(always)]
    pub fn forms(&self, mut each: impl FnMut(Cell, &Marks, &Marks)) {
        let Self {
            digit,
            value,
            zero,
            there,
            ..
        } = self;
        // Three zeros after each byte.
        let after =
            plane(|word| ahead::<1>(zero, word) & ahead::<2>(zero, word) & ahead::<3>(zero, word));
        if digit.0.iter().any(|word| *word != 0) {
            report::<1, 4>(Cell::Ascii, digit, &four::<1>(digit), &mut each);
            report::<2, 8>(Cell::Stride2, digit, &four::<2>(digit), &mut each);
            report::<4, 16>(Cell::Stride4, digit, &four::<4>(digit), &mut each);
            report::<8, 32>(Cell::Stride8, digit, &four::<8>(digit), &mut each);
            report::<16, 64>(Cell::Stride16, digit, &four::<16>(digit), &mut each);
            report::<24, 96>(Cell::Stride24, digit, &four::<24>(digit), &mut each);
            let units = plane(|word| digit.0[word] & ahead::<1>(zero, word));
            report::<2, 8>(Cell::Utf16Le, &units, &four::<2>(&units), &mut each);
            let units = plane(|word| zero.0[word] & ahead::<1>(digit, word));
            report::<2, 8>(Cell::Utf16Be, &units, &four::<2>(&units), &mut each);
            let units = plane(|word| digit.0[word] & after.0[word]);
            report::<4, 16>(Cell::Utf32Le, &units, &four::<4>(&units), &mut each);
        }
        if value.0.iter().any(|word| *word != 0) {
            report::<1, 4>(Cell::Values, value, &values::<1>(value, zero), &mut each);
            let units = plane(|word| value.0[word] & after.0[word]);
            let zeros = plane(|word| zero.0[word] & after.0[word]);
            report::<4, 16>(
                Cell::Values32,
                &units,
                &values::<4>(&units, &zeros),
                &mut each,
            );
        }
        // Low half not zero, high half zero; and the other way round.
        let pairs = plane(|word| zero.0[word] & ahead::<1>(zero, word));
        let units =
            plane(|word| ahead::<2>(&pairs, word) & !pairs.0[word] & there.0[word] & self.fourth);
        report::<4, 4>(Cell::U32Le, &units, &inner(&units), &mut each);
        let long = plane(|word| {
            units.0[word] & ahead::<4>(&pairs, word) & ahead::<6>(&pairs, word) & self.eighth
        });
        report::<8, 8>(Cell::U64Le, &long, &inner(&long), &mut each);
        let units = plane(|word| {
            pairs.0[word] & !ahead::<2>(&pairs, word) & ahead::<3>(there, word) & self.fourth
        });
        report::<4, 4>(Cell::U32Be, &units, &inner(&units), &mut each);
    }
}

/// Passes on what is not empty, with the marks that have no neighbouring unit: none `STRIDE` before, none `AFTER` behind.
#[inline(always)]
fn report<const STRIDE: usize, const AFTER: usize>(
    cell: Cell,
    units: &Plane,
    marks: &Marks,
    each: &mut impl FnMut(Cell, &Marks, &Marks),
) {
    if marks.0.iter().fold(0, |any, word| any | word) == 0 {
        return;
    }
    let mut isolated = Marks([0; ROWS * LANES]);
    for (n, alone) in isolated.0.iter_mut().enumerate() {
        let before = units.0[n + LANES] << STRIDE | units.0[n] >> (64 - STRIDE);
        *alone = !before & !shifted(units, n + LANES, AFTER);
    }
    each(cell, marks, &isolated);
}

/// A plane by its words; the last ones only serve the shifts of those before.
#[inline(always)]
fn plane(word: impl Fn(usize) -> u64) -> Plane {
    let mut plane = Plane([0; WIDE]);
    for (n, out) in plane.0[..WIDE - LANES].iter_mut().enumerate() {
        *out = word(n);
    }
    plane
}

/// The page itself.
#[inline(always)]
fn inner(plane: &Plane) -> Marks {
    let mut marks = Marks([0; ROWS * LANES]);
    marks.0.copy_from_slice(&plane.0[LANES..][..ROWS * LANES]);
    marks
}

/// Bits that begin four at distances of `STRIDE`: first pairs, then pairs of pairs.
#[inline(always)]
fn four<const STRIDE: usize>(units: &Plane) -> Marks {
    let pairs = plane(|word| units.0[word] & shifted(units, word, STRIDE));
    let mut marks = Marks([0; ROWS * LANES]);
    for (n, mark) in marks.0.iter_mut().enumerate() {
        *mark = pairs.0[n + LANES] & shifted(&pairs, n + LANES, STRIDE * 2);
    }
    marks
}

/// Four values 0–9 of which at least three are not 0.
#[inline(always)]
fn values<const STRIDE: usize>(units: &Plane, zeros: &Plane) -> Marks {
    let mut marks = four::<STRIDE>(&plane(|word| units.0[word] | zeros.0[word]));
    for (n, mark) in marks.0.iter_mut().enumerate() {
        let (a, b) = (
            shifted(units, n + LANES, 0),
            shifted(units, n + LANES, STRIDE),
        );
        let (c, d) = (
            shifted(units, n + LANES, STRIDE * 2),
            shifted(units, n + LANES, STRIDE * 3),
        );
        *mark &= (a & b & (c | d)) | (c & d & (a | b));
    }
    marks
}

/// The bits that lie `BY` further than those of `word`.
#[inline(always)]
fn ahead<const BY: usize>(plane: &Plane, word: usize) -> u64 {
    shifted(plane, word, BY)
}

/// The same; `by` is below 128 and known where this is compiled.
#[inline(always)]
fn shifted(plane: &Plane, word: usize, by: usize) -> u64 {
    let (word, by) = (word + by / 64 * LANES, by % 64);
    if by == 0 {
        plane.0[word]
    } else {
        plane.0[word] >> by | plane.0[word + LANES] << (64 - by)
    }
}

/// The 64 bytes before `end` where some lie outside the data, and which do not. Those outside are of no class.
#[cold]
fn padded(data: &[u8], end: usize) -> (Zeroizing<[u8; 64]>, u64) {
    let mut row = Zeroizing::new([0xee; 64]);
    let mut there = 0;
    for (bit, byte) in row.iter_mut().enumerate() {
        let at = (end + bit).checked_sub(64);
        if let Some(inside) = at.and_then(|at| data.get(at)) {
            *byte = *inside;
            there |= 1 << bit;
        }
    }
    (row, there)
}
