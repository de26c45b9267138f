//! A stretch as 8-bit samples: bytes as they are, numbers brought to 0 … 255. Called by `mod`.

use zeroize::Zeroizing;

use super::gather::Stretch;
use super::texture::sample;

/// Samples one after the other, rows and channels as they lay.
pub(super) struct Plane<'a> {
    /// One byte for each sample.
    pub samples: Samples<'a>,
    /// The part that looks like pixels.
    pub core: std::ops::Range<usize>,
    /// Bytes of memory for each sample.
    pub size: usize,
}

/// Borrowed, or made and wiped.
pub(super) enum Samples<'a> {
    Lent(&'a [u8]),
    Made(Zeroizing<Vec<u8>>),
}

impl std::ops::Deref for Samples<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Self::Lent(bytes) => bytes,
            Self::Made(bytes) => bytes,
        }
    }
}

impl<'a> Plane<'a> {
    /// Of numbers, the smallest of the core becomes 0 and the largest 255: scale and offset do not matter to a correlation.
    pub fn of(stretch: &Stretch<'a>) -> Self {
        if !stretch.floats {
            return Self {
                samples: Samples::Lent(stretch.bytes),
                core: stretch.core.clone(),
                size: 1,
            };
        }
        let words = stretch.bytes.as_chunks::<4>().0;
        let core = stretch.core.start / 4..stretch.core.end / 4;
        let seen = || words[core.clone()].iter().filter_map(|word| sample(*word));
        let (low, high) = (
            seen().fold(f32::MAX, f32::min),
            seen().fold(f32::MIN, f32::max),
        );
        let scale = 255.0 / (high - low).max(f32::MIN_POSITIVE);
        let level = |word: &[u8; 4]| ((sample(*word).unwrap_or(low) - low) * scale) as u8;
        Self {
            samples: Samples::Made(Zeroizing::new(words.iter().map(level).collect())),
            core,
            size: 4,
        }
    }
}
