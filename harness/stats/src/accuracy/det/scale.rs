//! Scores to whole numbers that rise with them: the places of tables and ranges.
//!
//! Equal scores have equal places and no higher score has a lower one; that is all that [`super::levels`] and
//! [`super::spread`] rely on, so rounding harms nothing.

/// Scores whose places are found together.
pub(super) const BATCH: usize = 64;

/// From here on f32 has whole numbers only; adding it rounds, and the number stands in the lowest bits.
const WHOLE: f32 = 8_388_608.0;

/// Evenly spaced places from 0 to `last`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    low: f32,
    per_unit: f32,
    last: f32,
}

impl Scale {
    /// Most places.
    pub(super) const MOST: usize = 1 << 23;

    /// Places 0 … `count` − 1 between two scores; lower and higher ones have the first and the last. At most
    /// [`Self::MOST`].
    pub(super) fn between(low: f32, high: f32, count: usize) -> Self {
        let per_unit = count as f32 / (high - low).max(f32::MIN_POSITIVE);
        Self {
            low,
            per_unit: if per_unit.is_finite() { per_unit } else { 0.0 },
            last: (count - 1) as f32,
        }
    }

    /// Of a finite score.
    #[inline]
    pub(super) fn place(&self, score: f32) -> u32 {
        let place = (score - self.low) * self.per_unit;
        // Comparisons and casts as processors have them for many numbers at once; `as u32` is many instructions for one.
        let place = if place > 0.0 { place } else { 0.0 };
        let place = if place < self.last { place } else { self.last };
        (place + WHOLE).to_bits() - WHOLE.to_bits()
    }

    /// Of a batch.
    #[inline]
    pub(super) fn places(&self, scores: &[f32; BATCH]) -> [u32; BATCH] {
        let mut places = [0; BATCH];
        for (place, &score) in places.iter_mut().zip(scores) {
            *place = self.place(score);
        }
        places
    }
}
