//! Does a block look like samples of 16 bits? Infrared and depth cameras give 10 to 16 bits in two bytes, little-endian. Called by `texture` for every
//! block that is no other picture, so it must be quick.
//!
//! As with bytes, neighbours differ less than what lies far off; and much less so than the bytes do, whose lower half is next to noise. Eight-bit pixels
//! taken by twos do not: there the bytes' own neighbours are as much alike.

use super::texture::{BLOCK, Class};

/// Samples of a block, and those of them that have all distances before its end.
const SAMPLES: usize = BLOCK / 2;
const LENGTH: usize = SAMPLES - FARS[1][1];
/// Neighbours differ less than this part of what lies far off, in percent.
const NEAR: u32 = 60;
/// The bytes' neighbours must differ so much more, in percent.
const WORSE: u32 = 150;
/// Far distances, in samples: as those of bytes.
const FARS: [[usize; 2]; 2] = [[30, 42], [36, 60]];
/// Least mean far difference: 3 of 256 grey levels of a camera of 10 bits.
const SPREAD: u32 = 12;
/// Far difference of a background, in percent of the samples' mean.
const PLAIN: u64 = 4;
/// Most that colours of neighbours differ by, in levels.
const COLOUR: u32 = 4;
/// Samples at the first look.
const FIRST: usize = 64;

/// What the block looks like if it is none of the others; `bytes` is by how much its bytes' neighbours differ, in percent of what lies far off.
pub(super) fn class(block: &[u8; BLOCK], bytes: u32) -> Option<Class> {
    let samples = block.as_chunks::<2>().0;
    let middle = &samples[SAMPLES / 2 - FIRST..];
    let near = apart(middle, FIRST, 1);
    let far = farthest(middle, FIRST);
    let may_be_flat = plain(middle, FIRST, near.max(far), 2 * PLAIN);
    let may_be_words = near * 4 <= far * 3;
    if may_be_words && words(samples, bytes) {
        return Some(Class::Words);
    }
    let most = || apart(samples, LENGTH, 1).max(farthest(samples, LENGTH));
    (may_be_flat && plain(samples, LENGTH, most(), PLAIN)).then_some(Class::Flat)
}

/// The second look, at all samples.
fn words(samples: &[[u8; 2]], bytes: u32) -> bool {
    let far = FARS.map(|pair| pair.map(|lag| apart(samples, LENGTH, lag)));
    let far = far.map(|pair| pair[0].max(pair[1]));
    let far = far[0].min(far[1]);
    let near = u64::from(apart(samples, LENGTH, 1)) * 100 / u64::from(far.max(1));
    // The upper halves of small numbers, and of texts, are all the same.
    far >= SPREAD * LENGTH as u32
        && near < u64::from(NEAR)
        && near * u64::from(WORSE) < u64::from(bytes) * 100
        && samples.iter().any(|sample| sample[1] != samples[0][1])
        && restless(samples)
}

/// The lower halves are next to noise; colours beside luma (UYVY) are not.
fn restless(samples: &[[u8; 2]]) -> bool {
    let pairs = samples.iter().zip(&samples[2..]);
    let differ: u32 = pairs.map(|(a, b)| u32::from(a[0].abs_diff(b[0]))).sum();
    differ > COLOUR * SAMPLES as u32
}

/// A background: little differs (`most`), near by or however far off. Not of numbers below 256, half of whose bytes are zero.
fn plain(samples: &[[u8; 2]], length: usize, most: u32, percent: u64) -> bool {
    let numbers = samples[..length].iter();
    let sum: u64 = numbers.map(|one| u64::from(u16::from_le_bytes(*one))).sum();
    u64::from(most) * 100 < sum * percent && sum > 256 * length as u64
}

/// The largest of the differences at far distances.
fn farthest(samples: &[[u8; 2]], length: usize) -> u32 {
    let each = FARS.as_flattened().iter();
    let each = each.map(|lag| apart(samples, length, *lag));
    each.max().unwrap_or(0)
}

/// Sum of absolute differences of the first `length` samples and those `lag` further on.
fn apart(samples: &[[u8; 2]], length: usize, lag: usize) -> u32 {
    let pairs = samples[..length].iter().zip(&samples[lag..lag + length]);
    let apart =
        |(a, b): (&[u8; 2], &[u8; 2])| u16::from_le_bytes(*a).abs_diff(u16::from_le_bytes(*b));
    pairs.map(|pair| u32::from(apart(pair))).sum()
}

#[cfg(test)]
mod tests {
    use super::super::tests::hash;
    use super::super::texture::class;
    use super::*;

    /// A soft blob, samples of so many bits, with noise in the lowest.
    fn picture(bits: u32, width: usize) -> [u8; BLOCK] {
        std::array::from_fn(|at| {
            let (x, y) = (at / 2 % width, at / 2 / width);
            let wave = (x as f32 / 7.0).sin() * 0.25 + (y as f32 / 3.0).cos() * 0.1;
            let noise = hash((at / 2) as u32, 2) % (1 << (bits - 7));
            let sample = (0.5 + wave) * (1_u32 << bits) as f32 * 0.9 + noise as f32;
            (sample as u16).to_le_bytes()[at % 2]
        })
    }

    #[test]
    fn samples_of_ten_to_sixteen_bits() {
        for bits in [10, 12, 14, 16] {
            for width in [48, 97, 160, 320] {
                assert_eq!(
                    class(&picture(bits, width)),
                    Class::Words,
                    "{bits} bits, {width}"
                );
            }
        }
    }

    #[test]
    fn a_wall_is_a_background() {
        let wall: [u8; BLOCK] = std::array::from_fn(|at| {
            let noise = hash((at / 2) as u32, 3) % 16;
            (760 + noise as u16).to_le_bytes()[at % 2]
        });
        assert_eq!(class(&wall), Class::Flat);
    }

    #[test]
    fn what_is_no_picture() {
        for text in [
            "The quick brown fox jumps over the lazy dog, and nobody asked it why. ",
            "素早い茶色の狐は怠け者の犬を飛び越えるが、なぜかと問う者はいない。",
        ] {
            let wide: Vec<u16> = text.repeat(20).encode_utf16().collect();
            let wide: Vec<u8> = wide.into_iter().flat_map(u16::to_le_bytes).collect();
            assert_eq!(class(wide.first_chunk().unwrap()), Class::Other, "{text}");
        }
        let small: [u8; BLOCK] = std::array::from_fn(|at| {
            let number = if (at / 2).is_multiple_of(2) {
                hash(at as u32, 1) % 3_000
            } else {
                0
            };
            (number as u16).to_le_bytes()[at % 2]
        });
        assert_eq!(class(&small), Class::Other);
        let pointers: [u8; BLOCK] = std::array::from_fn(|at| {
            (0x7f3a_5501_2000_u64 + 48 * (at / 8) as u64).to_le_bytes()[at % 8]
        });
        assert_ne!(class(&pointers), Class::Words);
    }
}
