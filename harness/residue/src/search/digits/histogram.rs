//! Counts per form and PIN. Plain numbers: whoever knows the right PIN reads its own. Filled by `scan`, joined by `searcher`.

use std::fmt;

use super::cell::Cell;

/// PINs of four digits.
pub const PINS: usize = 10_000;

/// How often one PIN was seen in one form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Occurrences, overlapping ones too.
    pub all: u32,
    /// Those without a neighbour of the same form: not inside a longer number. For [`Cell::Values`] and [`Cell::Values32`] a zero is no
    /// neighbour; for integers, a neighbour is another non-zero one below 65,536.
    pub isolated: u32,
}

/// How often each PIN was seen in each form. Counters stop at `u32::MAX`.
#[derive(Clone, PartialEq, Eq)]
pub struct PinHistogram {
    /// Both counters of a PIN lie in one cache line.
    counts: Vec<Count>,
}

impl Default for PinHistogram {
    fn default() -> Self {
        Self {
            counts: vec![Count::default(); Cell::ALL.len() * PINS],
        }
    }
}

impl PinHistogram {
    /// Counts of the PINs from 0000 to 9999 in one form.
    pub fn counts(&self, cell: Cell) -> &[Count] {
        &self.counts[cell.index() * PINS..][..PINS]
    }

    /// Adds the counts of another stretch.
    pub fn add(&mut self, other: &Self) {
        for (to, from) in self.counts.iter_mut().zip(&other.counts) {
            to.all = to.all.saturating_add(from.all);
            to.isolated = to.isolated.saturating_add(from.isolated);
        }
    }

    /// Counts one occurrence; `pin` is below 10,000.
    #[inline]
    pub(super) fn count(&mut self, cell: Cell, pin: u16, isolated: bool) {
        let count = &mut self.counts[cell.index() * PINS + usize::from(pin)];
        count.all = count.all.saturating_add(1);
        count.isolated = count.isolated.saturating_add(isolated.into());
    }
}

impl fmt::Debug for PinHistogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |cell: &Cell| self.counts(*cell).iter().map(|count| u64::from(count.all));
        f.debug_map()
            .entries(Cell::ALL.iter().map(|cell| (cell, all(cell).sum::<u64>())))
            .finish()
    }
}
