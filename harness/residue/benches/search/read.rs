//! The floor: every byte read once, with AVX2 where there is one.
#![allow(unsafe_code)] // one call of a function compiled for AVX2

#[inline(always)]
#[allow(clippy::inline_always)]
fn plain(data: &[u8]) -> u64 {
    let mut lanes = [0_u64; 16];
    for row in data.as_chunks::<128>().0 {
        for (lane, word) in lanes.iter_mut().zip(row.as_chunks::<8>().0) {
            *lane = lane.wrapping_add(u64::from_le_bytes(*word));
        }
    }
    lanes.iter().fold(0, |sum, lane| sum.wrapping_add(*lane))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(data: &[u8]) -> u64 {
    plain(data)
}

/// Sum of all 64-bit words.
pub fn sum(data: &[u8]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2, as just asked.
        return unsafe { avx2(data) };
    }
    plain(data)
}
