//! A small filter's sketch with AVX-512 (VBMI and VBMI2): 64 words are looked up in registers at a time, and the few that the sketch
//! leaves in the filter's table. So the marks are those of every kernel. Called by `avx512`.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m512i, _mm512_add_epi16, _mm512_castsi512_si256, _mm512_cvtepu8_epi16,
    _mm512_extracti64x4_epi64, _mm512_loadu_si512, _mm512_mask_blend_epi8,
    _mm512_maskz_compress_epi8, _mm512_movepi8_mask, _mm512_mullo_epi32, _mm512_permutex2var_epi8,
    _mm512_permutexvar_epi8, _mm512_set1_epi8, _mm512_set1_epi16, _mm512_set1_epi32,
    _mm512_storeu_si512, _mm512_test_epi8_mask,
};

use super::super::filter::{Filter, MULTIPLIER, Sketch, Told};
use super::positions::ROOM;
use super::{BLOCK, LISTED, Positions, WORDS, expect};

/// Bytes of a vector.
const ROW: usize = 64;

/// Whether this machine has the instructions.
pub(super) fn are_available() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
}

/// See [`super::Kernel::mark`].
pub(super) fn mark(filter: &Filter, sketch: &Sketch, data: &[u8], marks: &mut [u64]) {
    assert!(are_available());
    // SAFETY: the processor has all that is enabled there, as just asserted.
    unsafe { mark_sketched(filter, sketch, data, marks) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,popcnt,bmi1,bmi2")]
fn mark_sketched(filter: &Filter, sketch: &Sketch, data: &[u8], marks: &mut [u64]) {
    let mut left = Positions::new();
    for (part, marks) in marks.chunks_mut(LISTED).enumerate() {
        let data = &data[part * LISTED * BLOCK..];
        list(sketch, data, marks.len(), &mut left);
        marks.fill(0);
        left.sift(
            |word| {
                let words = data[word * 4..]
                    .first_chunk()
                    .expect("a word and one after");
                let words = u64::from_le_bytes(*words);
                filter.entry(words as u32) & filter.entry((words >> 32) as u32) >> 4 != 0
            },
            |word| marks[word / WORDS] |= 1 << (word % WORDS),
        );
    }
}

/// Lists the words of so many blocks that the sketch leaves.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,popcnt")]
fn list(sketch: &Sketch, data: &[u8], count: usize, words: &mut Positions) {
    let (blocks, after) = data.split_at(count * BLOCK);
    let blocks = blocks.as_chunks::<BLOCK>().0;
    let shuffles = Shuffles::new();
    words.clear();
    // What is told of a block waits for the first word after it.
    let mut before = Told::default();
    // One place that looks up, so that it becomes a part of the loop.
    for number in 0..=count {
        let told = if let Some(block) = blocks.get(number) {
            expect(data, number * BLOCK);
            let look = shuffles.look(block);
            Told {
                first: look.eight(&sketch.first),
                second: look.eight(&sketch.second),
                narrow: look.one(&sketch.narrow),
            }
        } else {
            let word = after.first_chunk().expect("a word after the blocks");
            sketch.told(u32::from_le_bytes(*word))
        };
        let successors = before.second >> 1 | told.second << 63;
        let first = (number * WORDS) as i16 - WORDS as i16;
        append(words, before.first & (successors | before.narrow), first);
        before = told;
    }
}

/// Appends the marked ones of 64 words.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
fn append(words: &mut Positions, marked: u64, first: i16) {
    let numbers = _mm512_maskz_compress_epi8(marked, constants(|n| n as u8));
    let from_first =
        |numbers| _mm512_add_epi16(_mm512_cvtepu8_epi16(numbers), _mm512_set1_epi16(first));
    let count = marked.count_ones() as usize;
    store(words.room(), from_first(_mm512_castsi512_si256(numbers)));
    words.add(count.min(ROOM));
    if let Some(more) = count.checked_sub(ROOM) {
        store(
            words.room(),
            from_first(_mm512_extracti64x4_epi64(numbers, 1)),
        );
        words.add(more);
    }
}

/// What brings the bytes of hashes to where they are needed.
struct Shuffles {
    multiplier: __m512i,
    high_halves: __m512i,
    high_bytes: __m512i,
    low_bytes: __m512i,
    bits: __m512i,
}

impl Shuffles {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new() -> Self {
        Self {
            multiplier: _mm512_set1_epi32(MULTIPLIER as i32),
            high_halves: constants(|n| (n / 2 * 4 + n % 2 + 2) as u8),
            high_bytes: constants(|n| (n * 2 + 1) as u8),
            low_bytes: constants(|n| (n * 2) as u8),
            bits: constants(|n| 1 << (n / 8)),
        }
    }

    /// Hashes 64 words, and takes the first two bytes of their hashes apart as the sketch does.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn look(&self, block: &[u8; BLOCK]) -> Look {
        let [a, b, c, d] = block.as_chunks::<ROW>().0 else {
            unreachable!("four rows")
        };
        let front = _mm512_permutex2var_epi8(self.hash(a), self.high_halves, self.hash(b));
        let back = _mm512_permutex2var_epi8(self.hash(c), self.high_halves, self.hash(d));
        let place = _mm512_permutex2var_epi8(front, self.high_bytes, back);
        let rest = _mm512_permutex2var_epi8(front, self.low_bytes, back);
        Look {
            place,
            bit: _mm512_permutexvar_epi8(rest, self.bits),
            table: [
                _mm512_test_epi8_mask(rest, _mm512_set1_epi8(1 << 6)),
                _mm512_movepi8_mask(rest),
                _mm512_movepi8_mask(place),
            ],
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn hash(&self, words: &[u8; ROW]) -> __m512i {
        _mm512_mullo_epi32(load(words), self.multiplier)
    }
}

/// Where to look up 64 words: byte, bit, and the bits of the table's number.
struct Look {
    place: __m512i,
    bit: __m512i,
    table: [u64; 3],
}

impl Look {
    /// Which have their bit in the table that is theirs.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn eight(&self, tables: &[[u8; 128]; 8]) -> u64 {
        let [low, middle, high] = self.table;
        let two =
            |n: usize| _mm512_mask_blend_epi8(low, self.at(&tables[n]), self.at(&tables[n + 1]));
        let front = _mm512_mask_blend_epi8(middle, two(0), two(2));
        let back = _mm512_mask_blend_epi8(middle, two(4), two(6));
        _mm512_test_epi8_mask(_mm512_mask_blend_epi8(high, front, back), self.bit)
    }

    /// Which have their bit in the only table.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn one(&self, table: &[u8; 128]) -> u64 {
        _mm512_test_epi8_mask(self.at(table), self.bit)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn at(&self, table: &[u8; 128]) -> __m512i {
        let (low, high) = table.split_at(ROW);
        let row = |half: &[u8]| load(half.first_chunk().expect("half a table"));
        _mm512_permutex2var_epi8(row(low), self.place, row(high))
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn constants(of: impl Fn(usize) -> u8) -> __m512i {
    load(&std::array::from_fn(of))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(bytes: &[u8; ROW]) -> __m512i {
    // SAFETY: 64 readable bytes; the instruction needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store(words: &mut [u16; ROOM], vector: __m512i) {
    // SAFETY: 64 writable bytes; the instruction needs no alignment.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), vector) }
}
