//! A stretch as 8-bit samples: bytes as they are, wider samples and numbers brought to 0 … 255. Called by `mod`.

use zeroize::Zeroizing;

use super::gather::Stretch;
use super::texture::{Class, sample};

/// One number of so many at either end may be none of the picture's.
const STRAY: usize = 50;
/// The range is made longer by this part at either end: the lightest and darkest of a picture are few.
const BEYOND: f32 = 8.0;

/// Samples one after the other, rows and channels as they lay.
pub(super) struct Plane<'a> {
    /// One byte for each sample.
    pub samples: Samples<'a>,
    /// The part that looks like pixels.
    pub core: std::ops::Range<usize>,
    /// What they were made from.
    pub kind: Kind,
    /// Bytes of memory before the first.
    pub first: usize,
}

/// What samples are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bytes,
    /// Every second byte.
    Halves,
    Words,
    Floats,
}

impl Kind {
    /// Bytes of memory from one sample to the next.
    pub fn size(self) -> usize {
        match self {
            Self::Bytes => 1,
            Self::Halves | Self::Words => 2,
            Self::Floats => 4,
        }
    }
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
    /// Of numbers, nearly the smallest of the core becomes 0 and nearly the largest 255: scale and offset do not matter to a correlation, and
    /// one stray number in a core's last block must not make all others alike.
    pub fn of(stretch: &Stretch<'a>) -> Self {
        match stretch.kind {
            Class::Floats => Self::made(stretch, Kind::Floats, |word| sample(*word)),
            Class::Words => Self::made(stretch, Kind::Words, |word| {
                Some(f32::from(u16::from_le_bytes(*word)))
            }),
            _ => Self {
                samples: Samples::Lent(stretch.bytes),
                core: stretch.core.clone(),
                kind: Kind::Bytes,
                first: 0,
            },
        }
    }

    fn made<const N: usize>(
        stretch: &Stretch<'_>,
        kind: Kind,
        number: impl Fn(&[u8; N]) -> Option<f32>,
    ) -> Self {
        let words = stretch.bytes.as_chunks::<N>().0;
        let core = stretch.core.start / N..stretch.core.end / N;
        let (low, high) = range(words[core.clone()].iter().filter_map(&number));
        let scale = 255.0 / (high - low).max(f32::MIN_POSITIVE);
        let level = |word: &[u8; N]| ((number(word).unwrap_or(low) - low) * scale) as u8;
        Self {
            samples: Samples::Made(Zeroizing::new(words.iter().map(level).collect())),
            core,
            kind,
            first: 0,
        }
    }

    /// Every second sample, from the first on and from the second: the luma between a colour's halves (YUYV, UYVY).
    /// None of numbers.
    pub fn halves(&self) -> Vec<Plane<'static>> {
        let half = |first: usize| {
            let samples: Vec<u8> = self
                .samples
                .iter()
                .copied()
                .skip(first)
                .step_by(2)
                .collect();
            Plane {
                samples: Samples::Made(Zeroizing::new(samples)),
                core: self.core.start / 2..self.core.end / 2,
                kind: Kind::Halves,
                first,
            }
        };
        let bytes = if self.kind == Kind::Bytes { 0..2 } else { 0..0 };
        bytes.map(half).collect()
    }
}

/// Where nearly all numbers lie, and a little beyond.
fn range(all: impl Iterator<Item = f32>) -> (f32, f32) {
    // Room for all at once: growing would leave a copy behind.
    let mut numbers = Zeroizing::new(Vec::with_capacity(all.size_hint().1.unwrap_or(0)));
    numbers.extend(all);
    if numbers.is_empty() {
        return (0.0, 1.0);
    }
    let stray = numbers.len() / STRAY;
    let last = numbers.len() - 1;
    let low = *numbers.select_nth_unstable_by(stray, f32::total_cmp).1;
    let high = *numbers
        .select_nth_unstable_by(last - stray, f32::total_cmp)
        .1;
    let beyond = (high - low) / BEYOND;
    (low - beyond, high + beyond)
}
