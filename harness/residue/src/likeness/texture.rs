//! Does a block of memory look like pixels? Called by `gather` for every block that a search reads, so it must be quick.
//!
//! Neighbouring pixels differ little compared with distant ones: the sum of absolute differences at a distance of 1 (grey), 2 (16 bits,
//! YUYV), 3 (RGB) or 4 bytes (RGBA) is held against that at far distances. Texts, code and random bytes differ alike at both. Far
//! distances are multiples of 12, so that channels meet their like; half of them are also multiples of 24, so that tables of
//! records (8, 12, 24 bytes) are as alike there as pixels are near by. Two of each, so that no width of a picture is mistaken for a table.

use zeroize::Zeroizing;

use super::absolute::apart;
use super::words;

/// Bytes that are judged together.
pub(super) const BLOCK: usize = 1024;
/// Near distances must differ less than this part of the far ones, in percent.
const NEAR: u32 = 60;
/// The same at the first look, which sees a quarter of the block.
const NEAR_AT_FIRST: u32 = 75;
/// Mean far difference from which on there is anything to see, in grey levels.
const SPREAD: u32 = 3;
/// The same of a wall as cameras see it: a deviation of 6 levels of noise.
const NOISE: u32 = 7;
/// Bytes seen at the first look: two pieces of so many.
const PIECE: usize = 128;
/// Distances in bytes.
const NEARS: [usize; 4] = [1, 2, 3, 4];
const FARS: [[usize; 2]; 2] = [[60, 84], [72, 120]];
/// The same in numbers, for planes of floats: one, or three by pixel.
const NEAR_FLOATS: [usize; 2] = [1, 3];
/// Far difference of a background, as a part of the numbers' size: at first, and of one that is no picture.
const PLAIN: f32 = 0.03;
const NOISY: f32 = 0.07;
const FAR_FLOATS: [[usize; 2]; 2] = [[15, 21], [18, 30]];

/// What a block looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// 8-bit samples.
    Pixels,
    /// f32, little-endian, as recognisers take in.
    Floats,
    /// 16-bit samples, little-endian, as infrared cameras give.
    Words,
    /// Almost constant, not zero: nothing to see, or the background of a picture.
    Flat,
    /// No picture.
    Other,
}

/// Judges a block.
pub(super) fn class(block: &[u8; BLOCK]) -> Class {
    let pieces = [BLOCK / 8, BLOCK / 8 + BLOCK / 2];
    let seen = |lag: usize| -> u32 { pieces.iter().map(|at| apart(block, *at, PIECE, lag)).sum() };
    let far = seen(FARS[0][0]).max(seen(FARS[0][1]));
    let plain = far < NOISE * 2 * PIECE as u32;
    if plain && block[0] == 0 && zero(block) {
        return Class::Other;
    }
    if let Some(class) = numbers(block) {
        return class;
    }
    let near = NEARS.iter().map(|lag| seen(*lag)).min().unwrap_or(u32::MAX);
    let (class, near) = if plain || near * 100 < far * NEAR_AT_FIRST {
        bytes(block)
    } else {
        (Class::Other, near * 100 / far.max(1))
    };
    match class {
        Class::Flat => class,
        Class::Other => words::class(block, near).unwrap_or(class),
        _ => words::class(block, near)
            .filter(|wide| *wide == Class::Words)
            .unwrap_or(class),
    }
}

/// Zeros are no background: most memory is zero.
fn zero(block: &[u8; BLOCK]) -> bool {
    block.iter().fold(0, |all, byte| all | byte) == 0
}

/// The second look, at all bytes; and by how much neighbours differ, in percent of what lies far off.
fn bytes(block: &[u8; BLOCK]) -> (Class, u32) {
    let length = BLOCK - FARS[1][1];
    let at = |lag: &usize| apart(block, 0, length, *lag);
    let far = FARS.map(|pair| pair.iter().map(at).max().unwrap_or(0));
    let far = far[0].min(far[1]);
    let near = NEARS.iter().map(at).min().unwrap_or(u32::MAX);
    let class = if far < SPREAD * length as u32 {
        Class::Flat
    } else if near * 100 < far * NEAR {
        Class::Pixels
    } else if far < NOISE * length as u32 {
        Class::Flat
    } else {
        Class::Other
    };
    let near = near * 100 / far.max(1);
    let zeros: u16 = block.iter().map(|byte| u16::from(*byte == 0)).sum();
    if usize::from(zeros) > BLOCK / 2 {
        (Class::Other, near)
    } else {
        (class, near)
    }
}

/// Whether the block holds numbers as recognisers take in, and what they look like.
fn numbers(block: &[u8; BLOCK]) -> Option<Class> {
    let words = block.as_chunks::<4>().0;
    let seen = words.iter().step_by(16);
    if seen.clone().any(|word| sample(*word).is_none()) {
        return None;
    }
    let mut values = Zeroizing::new([0.0_f32; BLOCK / 4]);
    let mut odd = 0;
    for (value, word) in values.iter_mut().zip(words) {
        match sample(*word) {
            Some(number) => *value = number,
            None => odd += 1,
        }
    }
    let length = values.len() - FAR_FLOATS[1][1];
    let size = values[..length]
        .iter()
        .map(|value| value.abs())
        .sum::<f32>();
    if odd > values.len() / 32 || size < 1e-2 {
        return None;
    }
    let at = |lag: &usize| -> f32 {
        let pairs = values[..length].iter().zip(&values[*lag..]);
        pairs.map(|(a, b)| (a - b).abs()).sum()
    };
    let largest = |pair: [usize; 2]| pair.iter().map(at).fold(0.0, f32::max);
    let far = largest(FAR_FLOATS[0]).min(largest(FAR_FLOATS[1]));
    let near = NEAR_FLOATS.iter().map(at).fold(f32::MAX, f32::min);
    if far < size * PLAIN {
        Some(Class::Flat)
    } else if near * 100.0 < far * NEAR as f32 {
        Some(Class::Floats)
    } else {
        (far < size * NOISY).then_some(Class::Flat)
    }
}

/// A number as recognisers take in: 0, or 2⁻¹⁴ … 2⁸ in size.
pub(super) fn sample(word: [u8; 4]) -> Option<f32> {
    let value = f32::from_le_bytes(word);
    let size = value.abs();
    (size == 0.0 || (6.1e-5..=256.0).contains(&size)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(byte: impl Fn(usize) -> u8) -> [u8; BLOCK] {
        std::array::from_fn(byte)
    }

    fn noise(n: usize) -> u8 {
        super::super::tests::hash(n as u32, 1) as u8
    }

    /// A soft blob of `width` pixels of `n` bytes.
    fn picture(width: usize, n: usize) -> [u8; BLOCK] {
        block(|at| {
            let (x, y) = ((at / n) % width, at / n / width);
            let wave = (x as f32 / 7.0).sin() * 60.0 + (y as f32 / 3.0).cos() * 30.0;
            (128.0 + wave) as u8 + noise(at) % 6
        })
    }

    #[test]
    fn pixels_of_every_width_and_layout() {
        for width in 40..400 {
            for n in [1, 3, 4] {
                let class = class(&picture(width, n));
                assert_eq!(class, Class::Pixels, "{width} px of {n} bytes");
            }
        }
    }

    #[test]
    fn floats_in_the_usual_scales() {
        let floats = |scaled: fn(f32) -> f32| {
            let grey = picture(112, 1);
            block(|at| scaled(f32::from(grey[at / 4])).to_le_bytes()[at % 4])
        };
        for scaled in [|v| v / 255.0, |v| v / 127.5 - 1.0, |v| v] {
            assert_eq!(class(&floats(scaled)), Class::Floats);
        }
    }

    #[test]
    fn what_is_no_picture() {
        let text = b"The quick brown fox jumps over the lazy dog, and nobody ever asked it why it does so. ";
        let wide = |at: usize| {
            if at.is_multiple_of(2) {
                text[at / 2 % text.len()]
            } else {
                0
            }
        };
        assert_eq!(class(&block(|at| text[at % text.len()])), Class::Other);
        assert_eq!(class(&block(wide)), Class::Other);
        assert_eq!(class(&block(noise)), Class::Other);
        assert_eq!(class(&[0; BLOCK]), Class::Other);
        assert_eq!(class(&[225; BLOCK]), Class::Flat);
        // Addresses, and records of 24 bytes.
        let pointers = |at: usize| match at % 8 {
            6 | 7 => 0,
            5 => 0x7F,
            3 | 4 => 0x3A,
            _ => noise(at),
        };
        assert_eq!(class(&block(pointers)), Class::Other);
        let records = |at: usize| {
            if at % 24 < 8 {
                noise(at % 24)
            } else {
                (at % 24) as u8
            }
        };
        assert_ne!(class(&block(records)), Class::Pixels);
    }

    /// This program's own code and tables: few blocks are looked at further.
    #[test]
    fn code_is_no_picture() {
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let blocks = program.as_chunks::<BLOCK>().0;
        let alike = blocks.iter().filter(|block| class(block) == Class::Pixels);
        let share = alike.count() as f64 / blocks.len() as f64;
        assert!(share < 0.08, "{share}");
    }
}
