//! The filter without vectors: eight entries side by side in a 64-bit number. Also the reference for the other kernels.

use super::super::filter::Filter;
use super::{AFTER, BLOCK, expect};

/// See [`super::Kernel::mark`].
pub(super) fn mark(filter: &Filter, data: &[u8], marks: &mut [u64]) {
    for (block, out) in marks.iter_mut().enumerate() {
        expect(data, block * BLOCK);
        let bytes = &data[block * BLOCK..(block + 1) * BLOCK + AFTER];
        *out = mark_block(filter, bytes);
    }
}

fn mark_block(filter: &Filter, bytes: &[u8]) -> u64 {
    let (words, _) = bytes.as_chunks::<4>();
    let zero = bytes.iter().fold(0, |all, byte| all | byte) == 0;
    if zero {
        let entry = filter.entry(0);
        return if entry & entry >> 4 != 0 { u64::MAX } else { 0 };
    }
    let mut entries = [0_u8; 65];
    for (entry, word) in entries.iter_mut().zip(words) {
        *entry = filter.entry(u32::from_le_bytes(*word));
    }
    let mut marks = 0;
    for row in 0..8 {
        let at = |from: usize| {
            let mut eight = [0; 8];
            eight.copy_from_slice(&entries[from..from + 8]);
            u64::from_le_bytes(eight)
        };
        let both = at(row * 8) & (at(row * 8 + 1) >> 4) & 0x0f0f_0f0f_0f0f_0f0f;
        marks |= top_bits(both + 0x7f7f_7f7f_7f7f_7f7f) << (row * 8);
    }
    marks
}

/// The top bit of each byte, first byte lowest. (Each product's partial sums fall on different bits: no carries.)
fn top_bits(bytes: u64) -> u64 {
    ((bytes & 0x8080_8080_8080_8080) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
