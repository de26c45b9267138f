//! What each of 64 bytes is: one bit per byte and class. With AVX2 where the machine has it; unsafe code is in that part alone.
#![allow(unsafe_code)]

/// Bit `k` is byte `k`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Classes {
    /// 0x30–0x39.
    pub digit: u64,
    /// 1–9.
    pub value: u64,
    /// 0.
    pub zero: u64,
}

/// Portable: eight bytes at a time, their top bits as flags.
pub(super) fn portable(bytes: &[u8; 64]) -> Classes {
    let mut classes = Classes::default();
    for (row, eight) in bytes.as_chunks::<8>().0.iter().enumerate() {
        let word = u64::from_le_bytes(*eight);
        // Without top bits the additions below do not carry from byte to byte.
        let low = word & !TOP;
        let from = |least: u64| low + (0x80 - least) * ONES;
        let in_range = |least, beyond| from(least) & !from(beyond) & !word & TOP;
        classes.digit |= gathered(in_range(0x30, 0x3a)) << (row * 8);
        classes.value |= gathered(in_range(1, 10)) << (row * 8);
        classes.zero |= gathered(!(from(1) | word) & TOP) << (row * 8);
    }
    classes
}

const ONES: u64 = 0x0101_0101_0101_0101;
const TOP: u64 = 0x8080_8080_8080_8080;

/// The top bit of each byte, first byte lowest.
fn gathered(tops: u64) -> u64 {
    (tops >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(target_arch = "x86_64")]
pub(super) use vector::classes as avx2;

#[cfg(target_arch = "x86_64")]
mod vector {
    use std::arch::x86_64::{
        __m256i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8,
        _mm256_set1_epi8, _mm256_setzero_si256, _mm256_sub_epi8,
    };

    use super::Classes;

    /// The same with AVX2.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn classes(bytes: &[u8; 64]) -> Classes {
        let (rows, _) = bytes.as_chunks::<32>();
        let (low, high) = (load(&rows[0]), load(&rows[1]));
        let both = |least, span| {
            u64::from(within(low, least, span)) | u64::from(within(high, least, span)) << 32
        };
        Classes {
            digit: both(0x30, 9),
            value: both(1, 8),
            zero: both(0, 0),
        }
    }

    /// Bytes from `least` to `least + span`.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn within(row: __m256i, least: i8, span: i8) -> u32 {
        let above = _mm256_sub_epi8(row, _mm256_set1_epi8(least));
        let inside = if span == 0 {
            _mm256_cmpeq_epi8(above, _mm256_setzero_si256())
        } else {
            _mm256_cmpeq_epi8(above, _mm256_min_epu8(above, _mm256_set1_epi8(span)))
        };
        _mm256_movemask_epi8(inside) as u32
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn load(bytes: &[u8; 32]) -> __m256i {
        // SAFETY: 32 readable bytes; the instruction needs no alignment.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
    }
}
