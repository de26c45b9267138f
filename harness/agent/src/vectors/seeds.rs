//! Planted vectors: the arm that shows that a template would be seen. They are of nobody.

use half::f16;
use sha2::{Digest, Sha256};
use shinsa_residue::templates::{Format, planted};
use zeroize::Zeroizing;

use crate::hold::Holder;
use crate::random;
use crate::refused::Refused;

/// Lengths of the vectors that are planted: recognisers give such.
const LENGTHS: [usize; 3] = [128, 512, 1024];

/// See [`LENGTHS`], for the wire.
pub fn lengths() -> Vec<u32> {
    LENGTHS.map(|length| length as u32).into()
}

/// Zeros around each, as they stand around a block of memory.
const AROUND: [u8; 16] = [0; 16];
/// A quantised vector's greatest number.
const QUANTISED: f32 = 127.0;
/// Least magnitude as f16, and 1 of bytes: smaller numbers at an end would not be taken for the vector's, now and then.
const LEAST: f32 = 1.0 / 1024.0;

/// A process that holds a vector of each length in each format for a subject's label.
///
/// # Errors
/// No random numbers, or the process cannot be started.
pub fn plant(label: &str, key: &[u8; 32]) -> Result<Holder, Refused> {
    let mut copies: Vec<Zeroizing<Vec<u8>>> = Vec::new();
    for format in Format::ALL {
        for length in LENGTHS {
            let seed = Sha256::new()
                .chain_update(b"shinsa planted vector 2")
                .chain_update(key)
                .chain_update(format.name())
                .chain_update((length as u64).to_le_bytes())
                .chain_update(label)
                .finalize();
            let numbers = planted(seed.into(), *random::bytes()?, length);
            copies.push(stored(format, &numbers));
        }
    }
    let slices: Vec<&[u8]> = copies.iter().map(|copy| copy.as_slice()).collect();
    Holder::holding(&slices)
}

fn stored(format: Format, numbers: &[f32]) -> Zeroizing<Vec<u8>> {
    let width = format.width();
    let mut bytes = Zeroizing::new(Vec::with_capacity(numbers.len() * width + 2 * AROUND.len()));
    let most = numbers
        .iter()
        .fold(0.0_f32, |most, one| most.max(one.abs()));
    bytes.extend(AROUND);
    for number in numbers {
        match format {
            Format::F64 => bytes.extend(f64::from(*number).to_le_bytes()),
            Format::F32 => bytes.extend(number.to_le_bytes()),
            Format::F16 => {
                let stored = number.abs().max(LEAST).copysign(*number);
                bytes.extend(f16::from_f32(stored).to_le_bytes());
            }
            Format::I8 | Format::U8 => {
                let stored = (number.abs() / most * QUANTISED).round().max(1.0);
                let stored = stored.copysign(*number) as i8;
                // 128 for zero, or two's complement: they differ in the top bit.
                let flipped = if format == Format::U8 { 0x80 } else { 0 };
                bytes.push(stored.cast_unsigned() ^ flipped);
            }
        }
    }
    bytes.extend(AROUND);
    bytes
}
