//! Vectors to plant: like the templates of a recogniser, of nobody.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use zeroize::Zeroizing;

/// Correlation of two vectors planted for one subject: about that of two pictures of one face.
pub const CORRELATION: f32 = 0.8;

/// A vector of length 1, about: what `subject` (a seed) gives, and fresh noise. Vectors of one subject seed correlate with
/// [`CORRELATION`], those of different ones not at all, ± 1/√length.
pub fn planted(subject: [u8; 32], noise: [u8; 32], length: usize) -> Zeroizing<Vec<f32>> {
    let mut own = ChaCha8Rng::from_seed(subject);
    let mut fresh = ChaCha8Rng::from_seed(noise);
    let scale = (length as f32).sqrt().recip();
    let mut numbers = Zeroizing::new(Vec::with_capacity(length));
    numbers.extend((0..length).map(|_| {
        let mixed =
            normal(&mut own) * CORRELATION.sqrt() + normal(&mut fresh) * (1.0 - CORRELATION).sqrt();
        mixed * scale
    }));
    numbers
}

/// Nearly normal, variance 1: twelve uniform numbers.
fn normal(random: &mut ChaCha8Rng) -> f32 {
    (0..12).map(|_| random.random::<f32>()).sum::<f32>() - 6.0
}
