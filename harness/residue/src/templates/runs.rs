//! Runs of f32 that may be a template.
//!
//! A run is of numbers as recognisers give them, 1e-8 to 1e4 or zero; anything else ends it. Heads of heap blocks, small
//! integers, lengths and pointers end it, for as f32 they are denormal; so do most texts and pixels. Zeros at its ends
//! are no part of it (nothing tells them from what was never written), so a template that begins or ends with exact zeros is
//! seen shorter. Longer runs are cut in pieces from their beginning: templates that stand one behind the other, without
//! anything between, are seen as one run.

use std::ops::RangeInclusive;

use zeroize::Zeroizing;

use super::vector::LENGTHS;

/// Magnitudes of a template's numbers that are not zero, as bits: those of positive f32 rise with their value.
const MAGNITUDES: RangeInclusive<u32> = 1e-8_f32.to_bits()..=1e4_f32.to_bits();
/// So many zeros in a row end a run: half of a rectified template's numbers are zero, but not 32 in a row.
const ZEROS: usize = 32;

/// A run as it grows; its numbers are wiped.
pub struct Runs {
    numbers: Zeroizing<Vec<f32>>,
    /// Where its first number stands.
    start: u64,
    /// Zeros at its end.
    zeros: usize,
}

impl Default for Runs {
    fn default() -> Self {
        Self::new()
    }
}

impl Runs {
    /// No run yet.
    pub fn new() -> Self {
        Self {
            // Never more: growing would leave a copy behind.
            numbers: Zeroizing::new(Vec::with_capacity(*LENGTHS.end())),
            start: 0,
            zeros: 0,
        }
    }

    /// Takes bytes that stand at `position`, a multiple of 4. `joins`: they follow directly on those taken before. Each run that
    /// may be a template goes to `found`, with its address.
    pub fn take(
        &mut self,
        position: u64,
        bytes: &[u8],
        joins: bool,
        found: &mut dyn FnMut(u64, &[f32]),
    ) {
        if !joins {
            self.end(found);
        }
        for (word, address) in bytes.as_chunks::<4>().0.iter().zip((position..).step_by(4)) {
            let bits = u32::from_le_bytes(*word);
            let magnitude = bits & !(1 << 31);
            if MAGNITUDES.contains(&magnitude) {
                self.push(address, f32::from_bits(bits), found);
                self.zeros = 0;
            } else if magnitude == 0 {
                if !self.numbers.is_empty() {
                    self.zeros += 1;
                    self.push(address, 0.0, found);
                }
                if self.zeros == ZEROS {
                    self.end(found);
                }
            } else if !self.numbers.is_empty() {
                self.end(found);
            }
        }
    }

    /// Nothing follows.
    pub fn end(&mut self, found: &mut dyn FnMut(u64, &[f32])) {
        let length = self.numbers.len() - self.zeros.min(self.numbers.len());
        let run = &self.numbers[..length];
        if may_be_a_template(run) {
            found(self.start, run);
        }
        self.numbers.clear();
        self.zeros = 0;
    }

    fn push(&mut self, address: u64, number: f32, found: &mut dyn FnMut(u64, &[f32])) {
        if self.numbers.is_empty() {
            self.start = address;
        }
        self.numbers.push(number);
        if self.numbers.len() == *LENGTHS.end() {
            if may_be_a_template(&self.numbers) {
                found(self.start, &self.numbers);
            }
            self.numbers.clear();
            self.zeros = 0;
        }
    }
}

/// At least half of the numbers differ from zero, and at least half from each other.
fn may_be_a_template(run: &[f32]) -> bool {
    if !LENGTHS.contains(&run.len()) {
        return false;
    }
    let zeros = run.iter().filter(|number| **number == 0.0).count();
    let mut sorted: Zeroizing<Vec<u32>> = Zeroizing::new(Vec::with_capacity(run.len()));
    sorted.extend(run.iter().map(|number| number.to_bits()));
    sorted.sort_unstable();
    let equal = sorted.windows(2).filter(|pair| pair[0] == pair[1]).count();
    zeros * 2 <= run.len() && equal * 2 <= run.len()
}
