//! Sum of absolute differences of two runs of bytes: what neighbours and rows are compared by. Called by `texture` and `rows`.
#![allow(unsafe_code)]

/// Of two runs as long. By the processor's own instruction where it has one: compilers make something ten times slower of the plain form.
pub(super) fn absolute(a: &[u8], b: &[u8]) -> u32 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has SSE2.
    return unsafe { by_sse2(a, b) };
    #[cfg(not(target_arch = "x86_64"))]
    plainly(a, b)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
fn by_sse2(a: &[u8], b: &[u8]) -> u32 {
    use std::arch::x86_64::{
        __m128i, _mm_add_epi64, _mm_cvtsi128_si32, _mm_sad_epu8, _mm_set_epi64x, _mm_setzero_si128,
        _mm_unpackhi_epi64,
    };
    let ((a, rest_of_a), (b, rest_of_b)) = (a.as_chunks::<16>(), b.as_chunks::<16>());
    let mut sums = _mm_setzero_si128();
    for (a, b) in a.iter().zip(b) {
        let load = |bytes: &[u8; 16]| -> __m128i {
            let value = u128::from_le_bytes(*bytes);
            _mm_set_epi64x((value >> 64) as i64, value as i64)
        };
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
    }
}
