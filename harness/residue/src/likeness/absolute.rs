//! Sum of absolute differences of two runs of bytes: what neighbours and rows are compared by. Called by `texture` and `rows`.
#![allow(unsafe_code)]

use std::ops::RangeInclusive;

/// Of two runs as long. By the processor's own instruction where it has one: compilers make something ten times slower of the plain form.
pub(super) fn absolute(a: &[u8], b: &[u8]) -> u32 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has SSE2.
    return unsafe { by_sse2(a, b) };
    #[cfg(not(target_arch = "x86_64"))]
    plainly(a, b)
}

/// Of `length` bytes from `at` on and those `lag` further on.
#[inline]
pub(super) fn apart(samples: &[u8], at: usize, length: usize, lag: usize) -> u32 {
    absolute(
        &samples[at..at + length],
        &samples[at + lag..at + lag + length],
    )
}

/// Of what begins at each of `pieces` and what lies each of `lags` further on, `length` bytes each; all pieces together. Thousands of
/// distances for each stretch: in wide registers where the processor has them.
///
/// # Panics
/// Where a piece and the longest lag do not lie inside.
pub(super) fn by_lag(
    samples: &[u8],
    pieces: &[usize],
    length: usize,
    lags: RangeInclusive<usize>,
) -> Vec<u32> {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { by_lag_avx2(samples, pieces, length, lags) };
    }
    let all = |lag| {
        let each = pieces.iter().map(|at| apart(samples, *at, length, lag));
        each.sum()
    };
    lags.map(all).collect()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn by_lag_avx2(
    samples: &[u8],
    pieces: &[usize],
    length: usize,
    lags: RangeInclusive<usize>,
) -> Vec<u32> {
    use std::arch::x86_64::{
        _mm_add_epi64, _mm_cvtsi128_si32, _mm_unpackhi_epi64, _mm256_add_epi64,
        _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_sad_epu8, _mm256_setzero_si256,
    };
    // SAFETY: a reference to 32 bytes may be read.
    let load = |bytes: &[u8; 32]| unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
    let mut sums = Vec::with_capacity(lags.clone().count());
    for lag in lags {
        let mut lanes = _mm256_setzero_si256();
        let mut rest = 0;
        for from in pieces {
            let (a, rest_of_a) = samples[*from..from + length].as_chunks::<32>();
            let (b, rest_of_b) = samples[from + lag..from + lag + length].as_chunks::<32>();
            for (a, b) in a.iter().zip(b) {
                lanes = _mm256_add_epi64(lanes, _mm256_sad_epu8(load(a), load(b)));
            }
            rest += plainly(rest_of_a, rest_of_b);
        }
        let two = _mm_add_epi64(
            _mm256_extracti128_si256::<0>(lanes),
            _mm256_extracti128_si256::<1>(lanes),
        );
        let one = _mm_add_epi64(two, _mm_unpackhi_epi64(two, two));
        sums.push(_mm_cvtsi128_si32(one).cast_unsigned() + rest);
    }
    sums
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
fn by_sse2(a: &[u8], b: &[u8]) -> u32 {
    use std::arch::x86_64::{
        _mm_add_epi64, _mm_cvtsi128_si32, _mm_loadu_si128, _mm_sad_epu8, _mm_setzero_si128,
        _mm_unpackhi_epi64,
    };
    // SAFETY: a reference to 16 bytes may be read.
    let load = |bytes: &[u8; 16]| unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) };
    let ((a, rest_of_a), (b, rest_of_b)) = (a.as_chunks::<16>(), b.as_chunks::<16>());
    let mut sums = _mm_setzero_si128();
    for (a, b) in a.iter().zip(b) {
        sums = _mm_add_epi64(sums, _mm_sad_epu8(load(a), load(b)));
    }
    let both = _mm_add_epi64(sums, _mm_unpackhi_epi64(sums, sums));
    _mm_cvtsi128_si32(both).cast_unsigned() + plainly(rest_of_a, rest_of_b)
}

fn plainly(a: &[u8], b: &[u8]) -> u32 {
    let apart = |(a, b): (&u8, &u8)| u32::from(a.abs_diff(*b));
    a.iter().zip(b).map(apart).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn both_ways_agree(pairs in proptest::collection::vec((0_u8.., 0_u8..), 0..100)) {
            let (a, b): (Vec<u8>, Vec<u8>) = pairs.into_iter().unzip();
            proptest::prop_assert_eq!(absolute(&a, &b), plainly(&a, &b));
        }

        #[test]
        fn at_every_lag(samples in proptest::collection::vec(0_u8.., 220..400), length in 0_usize..100, second in 0_usize..60) {
            let pieces = [0, second];
            let one = |lag: usize| -> u32 {
                pieces.iter().map(|from| plainly(&samples[*from..from + length], &samples[from + lag..from + lag + length])).sum()
            };
            let expected: Vec<u32> = (3..=60).map(one).collect();
            proptest::prop_assert_eq!(by_lag(&samples, &pieces, length, 3..=60), expected);
        }
    }
}
