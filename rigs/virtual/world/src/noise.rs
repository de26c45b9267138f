//! Sensor noise: standard deviation 2 grey levels, another for each exposure, the same for the same number.

/// Adds the noise of exposure number `exposure`.
pub fn add(pixels: &mut [u8], exposure: u64) {
    let mut state = exposure.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for chunk in pixels.chunks_mut(4) {
        // xorshift64 (Marsaglia 2003): two bytes make one sample.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        for (pixel, pair) in chunk.iter_mut().zip(state.to_le_bytes().chunks(2)) {
            // Two uniform values of −2 … 2 have variance 2 each.
            let noise = i16::from(pair[0] % 5) + i16::from(pair[1] % 5) - 4;
            *pixel = (i16::from(*pixel) + noise).clamp(0, 255) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_spread_is_the_stated_one() {
        let mut pixels = vec![128; 100_000];
        super::add(&mut pixels, 7);
        let deviations = pixels.iter().map(|v| f64::from(*v) - 128.0);
        let variance = deviations.map(|d| d * d).sum::<f64>() / 100_000.0;
        assert!((variance.sqrt() - 2.0).abs() < 0.05, "{variance}");
        let mut other = vec![128; 100_000];
        super::add(&mut other, 8);
        assert_ne!(pixels, other);
    }
}
