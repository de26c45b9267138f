//! A vector as found in memory, as numbers; wiped on drop.

use std::ops::RangeInclusive;

use half::f16;
use zeroize::Zeroizing;

/// Numbers of a vector that may be a face template: recognisers give 128, 256, 512; some 64 or 1,024.
pub const LENGTHS: RangeInclusive<usize> = 64..=1024;

/// How a number is stored, little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// IEEE 754 binary64.
    F64,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary16.
    F16,
    /// Two's complement, one byte.
    I8,
    /// One byte, 128 for zero.
    U8,
}

impl Format {
    /// All that are looked for.
    pub const ALL: [Self; 5] = [Self::F32, Self::F64, Self::F16, Self::I8, Self::U8];

    /// Name on the wire and in evidence.
    pub fn name(self) -> &'static str {
        match self {
            Self::F64 => "f64",
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::I8 => "i8",
            Self::U8 => "u8",
        }
    }

    /// Bytes per number.
    pub fn width(self) -> usize {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
            Self::F16 => 2,
            Self::I8 | Self::U8 => 1,
        }
    }
}

/// What an unsigned byte stands for.
pub(super) fn unsigned(byte: u8) -> f32 {
    f32::from(byte) - 128.0
}

/// Bytes that are no vector to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAVector {
    /// Not 64 to 1,024 whole numbers.
    #[error("{0} bytes are not 64 to 1,024 numbers")]
    Length(usize),
    /// NaN or infinite.
    #[error("a number is not finite")]
    NotFinite,
    /// All numbers alike: nothing to correlate.
    #[error("all numbers are alike")]
    Constant,
}

/// A vector, less its mean and of length 1, so that a product of two is their correlation. No `Debug`.
pub struct Vector {
    format: Format,
    numbers: Zeroizing<Vec<f32>>,
}

impl Vector {
    /// Reads a vector from memory.
    ///
    /// # Errors
    /// Another length, numbers that are not finite, all alike.
    pub fn read(format: Format, bytes: &[u8]) -> Result<Self, NotAVector> {
        let length = bytes.len() / format.width();
        if !bytes.len().is_multiple_of(format.width()) || !LENGTHS.contains(&length) {
            return Err(NotAVector::Length(bytes.len()));
        }
        let numbers = bytes
            .chunks_exact(format.width())
            .map(|number| match format {
                Format::F64 => number
                    .try_into()
                    .map_or(0.0, |number| f64::from_le_bytes(number) as f32),
                Format::F32 => f32::from_le_bytes([number[0], number[1], number[2], number[3]]),
                Format::F16 => f16::from_le_bytes([number[0], number[1]]).to_f32(),
                Format::I8 => f32::from(number[0].cast_signed()),
                Format::U8 => unsigned(number[0]),
            });
        Self::of(format, numbers)
    }

    /// Of numbers that were read already.
    ///
    /// # Errors
    /// As [`Vector::read`].
    pub fn of(
        format: Format,
        given: impl ExactSizeIterator<Item = f32>,
    ) -> Result<Self, NotAVector> {
        let length = given.len();
        if !LENGTHS.contains(&length) {
            return Err(NotAVector::Length(length * format.width()));
        }
        let mut numbers = Zeroizing::new(Vec::with_capacity(length));
        numbers.extend(given);
        if numbers.iter().any(|number| !number.is_finite()) {
            return Err(NotAVector::NotFinite);
        }
        let mean = numbers.iter().map(|&number| f64::from(number)).sum::<f64>() / length as f64;
        let squares: f64 = numbers
            .iter()
            .map(|&number| (f64::from(number) - mean).powi(2))
            .sum();
        if squares <= 0.0 {
            return Err(NotAVector::Constant);
        }
        let scale = squares.sqrt().recip();
        for number in numbers.iter_mut() {
            *number = ((f64::from(*number) - mean) * scale) as f32;
        }
        Ok(Self { format, numbers })
    }

    /// Pearson's correlation, −1 … 1; `None` for another length.
    pub fn correlation(&self, other: &Self) -> Option<f64> {
        let same = self.numbers.len() == other.numbers.len();
        same.then(|| {
            let products = self.numbers.iter().zip(other.numbers.iter());
            products.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
        })
    }

    /// Format and length: only vectors alike in both are compared.
    pub fn shape(&self) -> (Format, usize) {
        (self.format, self.numbers.len())
    }

    /// The numbers, for a sketch.
    pub(super) fn numbers(&self) -> &[f32] {
        &self.numbers
    }
}
