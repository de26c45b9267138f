//! The filter with AVX-512: words are hashed sixteen at a time, entries fetched with plain loads (on the processors measured they beat
//! gathers), and compared 64 at a time, which gives the marks of a block at once. Small filters go to `registers` where the machine can.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m128i, __m512i, _mm_cvtsi32_si128, _mm_insert_epi8, _mm256_storeu_si256, _mm512_alignr_epi8,
    _mm512_alignr_epi64, _mm512_and_si512, _mm512_castsi128_si512, _mm512_cvtepi32_epi16,
    _mm512_inserti32x4, _mm512_loadu_si512, _mm512_mullo_epi32, _mm512_or_si512, _mm512_set1_epi8,
    _mm512_set1_epi32, _mm512_srl_epi32, _mm512_srli_epi16, _mm512_test_epi8_mask,
    _mm512_test_epi32_mask,
};

use super::super::filter::{ENTRIES, Filter, MULTIPLIER};
use super::{BLOCK, Kernel, expect, registers};

/// Bytes of a vector.
const ROW: usize = 64;

/// See [`super::Kernel::mark`].
pub(super) fn mark(filter: &Filter, data: &[u8], marks: &mut [u64]) {
    if let Some(sketch) = filter.sketch()
        && registers::are_available()
    {
        return registers::mark(filter, sketch, data, marks);
    }
    assert!(Kernel::Avx512.is_available());
    // SAFETY: the processor has AVX-512 F and BW, as just asserted.
    unsafe { mark_avx512(filter, data, marks) }
}

#[target_feature(enable = "avx2,avx512f,avx512bw")]
fn mark_avx512(filter: &Filter, data: &[u8], marks: &mut [u64]) {
    let blocks = data[..marks.len() * BLOCK].as_chunks::<BLOCK>().0;
    let lookup = Lookup::new(filter);
    let mut before = lookup.of_zeros;
    // One place that looks up, so that it becomes a part of the loop.
    for number in 0..=blocks.len() {
        let entries = if let Some(block) = blocks.get(number) {
            expect(data, number * BLOCK);
            lookup.entries(block)
        } else {
            let mut word = [0; 4];
            word.copy_from_slice(&data[blocks.len() * BLOCK..][..4]);
            _mm512_set1_epi8(filter.entry(u32::from_le_bytes(word)) as i8)
        };
        if let Some(out) = number.checked_sub(1).and_then(|block| marks.get_mut(block)) {
            *out = agree(before, entries);
        }
        before = entries;
    }
}

/// Which of 64 entries agree with their successors; the first of `next` is the successor of the last one.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn agree(entries: __m512i, next: __m512i) -> u64 {
    let across = _mm512_alignr_epi64(next, entries, 2);
    let successors = _mm512_alignr_epi8(across, entries, 1);
    // Bits that the 16-bit shift brings from a neighbour fall to the mask.
    let second = _mm512_and_si512(_mm512_srli_epi16(successors, 4), _mm512_set1_epi8(0x0f));
    _mm512_test_epi8_mask(entries, second)
}

/// The filter's table, ready for vectors.
struct Lookup<'a> {
    entries: &'a [u8; ENTRIES],
    shift: __m128i,
    of_zeros: __m512i,
}

impl<'a> Lookup<'a> {
    #[target_feature(enable = "avx512f")]
    fn new(filter: &'a Filter) -> Self {
        Self {
            entries: filter.entries(),
            shift: _mm_cvtsi32_si128(filter.shift() as i32),
            of_zeros: _mm512_set1_epi8(filter.entry(0) as i8),
        }
    }

    /// The entries of a block's 64 words.
    #[inline]
    #[target_feature(enable = "avx2,avx512f,avx512bw")]
    fn entries(&self, block: &[u8; BLOCK]) -> __m512i {
        let rows = block.as_chunks::<ROW>().0;
        let (a, b, c, d) = (
            load(&rows[0]),
            load(&rows[1]),
            load(&rows[2]),
            load(&rows[3]),
        );
        let any = _mm512_or_si512(_mm512_or_si512(a, b), _mm512_or_si512(c, d));
        if _mm512_test_epi32_mask(any, any) == 0 {
            return self.of_zeros;
        }
        let mut entries = _mm512_castsi128_si512(self.sixteen(a));
        entries = _mm512_inserti32x4(entries, self.sixteen(b), 1);
        entries = _mm512_inserti32x4(entries, self.sixteen(c), 2);
        _mm512_inserti32x4(entries, self.sixteen(d), 3)
    }

    /// The entries of 16 words. Their places fit 16 bits because the shift is 16 or more.
    #[inline]
    #[target_feature(enable = "avx2,avx512f")]
    fn sixteen(&self, words: __m512i) -> __m128i {
        let hashes = _mm512_mullo_epi32(words, _mm512_set1_epi32(MULTIPLIER as i32));
        let shifted = _mm512_cvtepi32_epi16(_mm512_srl_epi32(hashes, self.shift));
        let mut places = [0_u16; 16];
        // SAFETY: 32 writable bytes; the instruction needs no alignment.
        unsafe { _mm256_storeu_si256(places.as_mut_ptr().cast(), shifted) };
        entries_at(self.entries, &places)
    }
}

/// The entries at 16 places. Put together in a register: a vector that is read where single bytes were just written waits for them.
#[inline]
#[target_feature(enable = "avx2")]
fn entries_at(table: &[u8; ENTRIES], places: &[u16; 16]) -> __m128i {
    let at = |n: usize| i32::from(table[usize::from(places[n])]);
    let mut entries = _mm_cvtsi32_si128(at(0));
    entries = _mm_insert_epi8::<1>(entries, at(1));
    entries = _mm_insert_epi8::<2>(entries, at(2));
    entries = _mm_insert_epi8::<3>(entries, at(3));
    entries = _mm_insert_epi8::<4>(entries, at(4));
    entries = _mm_insert_epi8::<5>(entries, at(5));
    entries = _mm_insert_epi8::<6>(entries, at(6));
    entries = _mm_insert_epi8::<7>(entries, at(7));
    entries = _mm_insert_epi8::<8>(entries, at(8));
    entries = _mm_insert_epi8::<9>(entries, at(9));
    entries = _mm_insert_epi8::<10>(entries, at(10));
    entries = _mm_insert_epi8::<11>(entries, at(11));
    entries = _mm_insert_epi8::<12>(entries, at(12));
    entries = _mm_insert_epi8::<13>(entries, at(13));
    entries = _mm_insert_epi8::<14>(entries, at(14));
    _mm_insert_epi8::<15>(entries, at(15))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(bytes: &[u8; ROW]) -> __m512i {
    // SAFETY: 64 readable bytes; the instruction needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}
