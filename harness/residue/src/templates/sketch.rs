//! Sketches: what may leave the machine of a vector that may be biometric data.
//!
//! A sketch is the projection of the vector, less its mean and of length 1, on [`DIRECTIONS`] random directions of signs
//! ±1 (Achlioptas 2003, Journal of Computer and System Sciences 66; Johnson and Lindenstrauss 1984), rounded to 8 bits. The
//! directions come from a key that its maker draws and forgets.
//!
//! What survives: correlations between vectors of one shape under one key. The cosine of two sketches estimates the correlation ρ
//! of the vectors with standard deviation (1 − ρ²) / √96 (0.10 at ρ = 0, 0.04 at 0.8); rounding adds less than 0.01. Equal
//! vectors have equal sketches. What does not survive: the numbers, their order, scale and mean. Without the key all vectors
//! with their numbers reordered, or signs changed, in one and the same way give the same sketches with the same probability, so a
//! sketch can be compared neither with a template from elsewhere nor with a sketch under another key.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use zeroize::Zeroizing;

use super::vector::Vector;

/// Numbers of a sketch.
pub const DIRECTIONS: usize = 96;
/// A projection has standard deviation 1; this many steps make that up, so that 4 of them fit in 8 bits.
const STEPS: f32 = 32.0;

/// A sketch.
pub type Sketch = [i8; DIRECTIONS];

/// Makes sketches under one key. The key is wiped when it is dropped.
pub struct Sketcher(Zeroizing<[u8; 32]>);

impl Sketcher {
    /// Under this key, drawn from the system's randomness and given to nobody else.
    pub fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self(key)
    }

    /// The sketch of a vector.
    pub fn sketch(&self, vector: &Vector) -> Sketch {
        let (format, length) = vector.shape();
        let mut signs = ChaCha8Rng::from_seed(*self.0);
        // Each shape has directions of its own.
        signs.set_stream((format.width() as u64) << 32 | length as u64);
        let mut sums = Zeroizing::new([0.0_f32; DIRECTIONS]);
        for &number in vector.numbers() {
            for sums in sums.chunks_exact_mut(32) {
                let word = signs.next_u32();
                for (bit, sum) in sums.iter_mut().enumerate() {
                    let sign = (word >> bit) << 31;
                    *sum += f32::from_bits(number.to_bits() ^ sign);
                }
            }
        }
        // `as` keeps within the type's range.
        sums.map(|sum| (sum * STEPS).round() as i8)
    }
}
