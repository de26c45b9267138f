//! Runs of floating-point numbers.
//!
//! A run is of numbers as recognisers give them, up to 1e4, of 32 and 64 bits from 1e-8 on, or zero; anything else ends it. Heads of
//! heap blocks, small integers, lengths and pointers end it, for as floating-point numbers they are denormal or not finite; so do most texts and
//! pixels. Longer runs are cut in pieces from their beginning: templates that stand one behind the other, without anything between,
//! are seen as one run.
//!
//! Sixteen bits say less: two of three values are ordinary numbers, and a template's own smallest ones are denormal. So of f16 the numbers go to
//! 64, small ones are let in but for the ends, and a run must also spread like a template (`spread`): few small numbers, both signs,
//! no outliers. Three zeros end it: rectified templates (half of them zeros) are seen as f32 and f64 alone.

use std::marker::PhantomData;
use std::ops::RangeInclusive;

use half::f16;
use zeroize::Zeroizing;

use super::runs::{OnRun, Run};
use super::spread::{self, Spread};
use super::vector::{Format, LENGTHS};

/// Words looked at together.
const BLOCK: usize = *LENGTHS.start() / 2;

/// What a word is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A number of a template.
    Number,
    /// A number, but neither a run's first nor its last.
    Small,
    Zero,
    /// The end of a run.
    Other,
}

/// A way to store numbers in `N` bytes.
pub(super) trait Stored<const N: usize> {
    const FORMAT: Format;
    /// So many zeros in a row end a run.
    const ZEROS: usize;

    fn class(word: [u8; N]) -> Class;
    /// Whether its class is [`Class::Other`].
    fn other(word: [u8; N]) -> bool;
    fn number(word: [u8; N]) -> f32;
    /// Whether a run spreads like a template.
    fn may_be(run: &[f32]) -> bool;

    /// Numbers of a run that are a template's.
    fn length(run: usize) -> usize {
        run
    }
}

pub(super) struct Binary32;
pub(super) struct Binary64;
pub(super) struct Binary16;

/// Magnitudes that are not zero, as bits: those of positive numbers rise with their value.
const MAGNITUDES_32: RangeInclusive<u32> = 1e-8_f32.to_bits()..=1e4_f32.to_bits();
const MAGNITUDES_64: RangeInclusive<u64> = 1e-8_f64.to_bits()..=1e4_f64.to_bits();
/// 64 as f16; addresses of programs and of the heap begin above it.
const MOST_16: u16 = 0x5400;
/// 2⁻¹³ as f16.
const SMALL_16: u16 = 0x0800;
/// What an allocator adds to a block is full of such numbers: a run that is so little longer than a usual template is one.
const USUAL: [usize; 5] = [64, 128, 256, 512, 1024];
const SLACK: usize = 8;

impl Stored<4> for Binary32 {
    const FORMAT: Format = Format::F32;
    // Half of a rectified template's numbers are zero, but not 32 in a row.
    const ZEROS: usize = 32;

    fn class(word: [u8; 4]) -> Class {
        match u32::from_le_bytes(word) & !(1 << 31) {
            0 => Class::Zero,
            _ if Self::other(word) => Class::Other,
            _ => Class::Number,
        }
    }

    fn other(word: [u8; 4]) -> bool {
        let magnitude = u32::from_le_bytes(word) & !(1 << 31);
        magnitude != 0 && !MAGNITUDES_32.contains(&magnitude)
    }

    fn number(word: [u8; 4]) -> f32 {
        f32::from_le_bytes(word)
    }

    fn may_be(run: &[f32]) -> bool {
        spread::varied(run)
    }
}

impl Stored<8> for Binary64 {
    const FORMAT: Format = Format::F64;
    const ZEROS: usize = 32;

    fn class(word: [u8; 8]) -> Class {
        match u64::from_le_bytes(word) & !(1 << 63) {
            0 => Class::Zero,
            _ if Self::other(word) => Class::Other,
            _ => Class::Number,
        }
    }

    fn other(word: [u8; 8]) -> bool {
        let magnitude = u64::from_le_bytes(word) & !(1 << 63);
        magnitude != 0 && !MAGNITUDES_64.contains(&magnitude)
    }

    fn number(word: [u8; 8]) -> f32 {
        f64::from_le_bytes(word) as f32
    }

    fn may_be(run: &[f32]) -> bool {
        spread::varied(run)
    }
}

impl Stored<2> for Binary16 {
    const FORMAT: Format = Format::F16;
    const ZEROS: usize = 3;

    fn class(word: [u8; 2]) -> Class {
        match u16::from_le_bytes(word) & !(1 << 15) {
            0 => Class::Zero,
            _ if Self::other(word) => Class::Other,
            magnitude if magnitude < SMALL_16 => Class::Small,
            _ => Class::Number,
        }
    }

    fn other(word: [u8; 2]) -> bool {
        u16::from_le_bytes(word) & !(1 << 15) > MOST_16
    }

    fn number(word: [u8; 2]) -> f32 {
        f16::from_le_bytes(word).to_f32()
    }

    fn may_be(run: &[f32]) -> bool {
        let small = f16::from_bits(SMALL_16).to_f32();
        let few = run.iter().filter(|number| number.abs() < small).count();
        few * 10 <= run.len()
            && spread::varied(run)
            && Spread::of(run).is_some_and(|spread| spread.of_floats())
    }

    fn length(run: usize) -> usize {
        let usual = USUAL
            .into_iter()
            .find(|usual| (*usual..=usual + SLACK).contains(&run));
        usual.unwrap_or(run)
    }
}

/// A run as it grows; its numbers are wiped.
pub(super) struct Floats<S> {
    numbers: Zeroizing<Vec<f32>>,
    /// Where its first number stands.
    start: u64,
    /// Zeros at its end.
    zeros: usize,
    /// Zeros and small numbers at its end.
    loose: usize,
    stored: PhantomData<S>,
}

impl<S> Default for Floats<S> {
    fn default() -> Self {
        Self {
            // Never more: growing would leave a copy behind.
            numbers: Zeroizing::new(Vec::with_capacity(*LENGTHS.end())),
            start: 0,
            zeros: 0,
            loose: 0,
            stored: PhantomData,
        }
    }
}

impl<S> Floats<S> {
    /// A run has at least two blocks' words, so it covers one: only there and in the blocks beside it is every word looked at. The
    /// first and the last block may have neighbours elsewhere.
    pub fn take<const N: usize>(&mut self, position: u64, bytes: &[u8], found: OnRun<'_>)
    where
        S: Stored<N>,
    {
        let words = bytes.as_chunks::<N>().0;
        let count = words.len().div_ceil(BLOCK);
        let block = |n: usize| &words[n * BLOCK..words.len().min((n + 1) * BLOCK)];
        let may_be_covered = |n: usize| {
            let edge = n == 0 || n + 1 >= count;
            edge || !block(n)
                .iter()
                .fold(false, |any, word| any | S::other(*word))
        };
        let (mut before, mut this) = (true, count > 0);
        for n in 0..count {
            let next = may_be_covered(n + 1);
            let zero = || {
                block(n)
                    .as_flattened()
                    .iter()
                    .fold(0, |any, byte| any | byte)
                    == 0
            };
            if self.numbers.is_empty() && zero() {
                // Nothing begins here.
            } else if before || this || next {
                let address = position + (n * BLOCK * N) as u64;
                self.words(address, block(n), found);
            } else {
                // What was open does not reach a length.
                self.clear();
            }
            (before, this) = (this, next);
        }
    }

    fn words<const N: usize>(&mut self, position: u64, words: &[[u8; N]], found: OnRun<'_>)
    where
        S: Stored<N>,
    {
        for (word, address) in words.iter().zip((position..).step_by(N)) {
            let class = S::class(*word);
            if self.numbers.is_empty() {
                if class == Class::Number {
                    self.start = address;
                    self.push(*word, found);
                }
                continue;
            }
            match class {
                Class::Number => {
                    (self.zeros, self.loose) = (0, 0);
                    self.push(*word, found);
                }
                Class::Small => {
                    self.zeros = 0;
                    self.loose += 1;
                    self.push(*word, found);
                }
                Class::Zero => {
                    self.zeros += 1;
                    if self.zeros == S::ZEROS {
                        self.end(found);
                    } else {
                        self.loose += 1;
                        self.push(*word, found);
                    }
                }
                Class::Other => self.end(found),
            }
        }
    }

    /// Nothing follows.
    pub fn end<const N: usize>(&mut self, found: OnRun<'_>)
    where
        S: Stored<N>,
    {
        let length = self.numbers.len() - self.loose.min(self.numbers.len());
        self.tell(length, found);
    }

    fn push<const N: usize>(&mut self, word: [u8; N], found: OnRun<'_>)
    where
        S: Stored<N>,
    {
        self.numbers.push(S::number(word));
        if self.numbers.len() == *LENGTHS.end() {
            self.tell(*LENGTHS.end(), found);
        }
    }

    fn tell<const N: usize>(&mut self, length: usize, found: OnRun<'_>)
    where
        S: Stored<N>,
    {
        let length = S::length(length);
        let numbers = &self.numbers[..length];
        if LENGTHS.contains(&length) && S::may_be(numbers) {
            found(Run {
                format: S::FORMAT,
                address: self.start,
                numbers,
            });
        }
        self.clear();
    }

    fn clear(&mut self) {
        self.numbers.clear();
        (self.zeros, self.loose) = (0, 0);
    }
}
