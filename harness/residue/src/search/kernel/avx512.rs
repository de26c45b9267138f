//! The filter with AVX-512: sixteen words are hashed, looked up by one gather, and compared at a time.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m128i, __m512i, _mm_cvtsi32_si128, _mm512_alignr_epi32, _mm512_and_si512,
    _mm512_i32gather_epi32, _mm512_loadu_si512, _mm512_mullo_epi32, _mm512_set1_epi32,
    _mm512_srl_epi32, _mm512_srli_epi32, _mm512_test_epi32_mask,
};

use super::super::filter::{Filter, MULTIPLIER};
use super::{BLOCK, Kernel};

/// Bytes of a vector.
const ROW: usize = 64;

/// See [`super::Kernel::mark`].
pub(super) fn mark(filter: &Filter, data: &[u8], marks: &mut [u64]) {
    assert!(Kernel::Avx512.is_available());
    // SAFETY: the processor has AVX-512 F, as just asserted.
    unsafe { mark_avx512(filter, data, marks) }
}

#[target_feature(enable = "avx512f")]
fn mark_avx512(filter: &Filter, data: &[u8], marks: &mut [u64]) {
    let rows = data[..marks.len() * BLOCK].as_chunks::<ROW>().0;
    let Some(first) = rows.first() else { return };
    let lookup = Lookup::new(filter);
    let mut entries = lookup.entries(first);
    for (block, out) in marks.iter_mut().enumerate() {
        *out = 0;
        for row in 0..4 {
            let next = if let Some(next) = rows.get(block * 4 + row + 1) {
                lookup.entries(next)
            } else {
                let mut word = [0; 4];
                word.copy_from_slice(&data[rows.len() * ROW..][..4]);
                _mm512_set1_epi32(i32::from(filter.entry(u32::from_le_bytes(word))))
            };
            // Lane k: the entry of word k + 1.
            let successors = _mm512_alignr_epi32(next, entries, 1);
            let second =
                _mm512_and_si512(_mm512_srli_epi32(successors, 4), _mm512_set1_epi32(0x0f));
            *out |= u64::from(_mm512_test_epi32_mask(entries, second)) << (row * 16);
            entries = next;
        }
    }
}

/// The filter's table, ready for vectors.
struct Lookup<'a> {
    entries: &'a [u8],
    shift: __m128i,
    of_zeros: __m512i,
}

impl<'a> Lookup<'a> {
    #[target_feature(enable = "avx512f")]
    fn new(filter: &'a Filter) -> Self {
        Self {
            entries: filter.entries(),
            shift: _mm_cvtsi32_si128(filter.shift() as i32),
            of_zeros: _mm512_set1_epi32(i32::from(filter.entry(0))),
        }
    }

    /// The entries of 16 words, one in the lowest byte of each lane; the three bytes above are neighbours in the table, which the
    /// mask of bits 0–3 in `mark_avx512` ignores.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn entries(&self, bytes: &[u8; ROW]) -> __m512i {
        // SAFETY: 64 readable bytes; the instruction needs no alignment.
        let words = unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) };
        if _mm512_test_epi32_mask(words, words) == 0 {
            return self.of_zeros;
        }
        let hashes = _mm512_mullo_epi32(words, _mm512_set1_epi32(MULTIPLIER as i32));
        let places = _mm512_srl_epi32(hashes, self.shift);
        // SAFETY: a place is a 32-bit hash shifted right by `shift`, so below the number of entries; the table goes on for three bytes
        // after its last entry, so four bytes from any place are inside it.
        unsafe { _mm512_i32gather_epi32::<1>(places, self.entries.as_ptr().cast()) }
    }
}
