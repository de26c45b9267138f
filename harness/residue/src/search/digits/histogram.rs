//! Counts per form and PIN. Plain numbers: whoever knows the right PIN reads its own. Filled by `scan`, joined by `searcher`.

use std::fmt;

use super::cell::Cell;

/// PINs of four digits.
pub const PINS: usize = 10_000;
const COUNTERS: usize = Cell::ALL.len() * PINS;

/// How often each PIN was seen in each form. Counters stop at `u32::MAX`.
#[derive(Clone, PartialEq, Eq)]
pub struct PinHistogram {
    all: Vec<u32>,
    isolated: Vec<u32>,
}

impl Default for PinHistogram {
    fn default() -> Self {
        Self {
            all: vec![0; COUNTERS],
            isolated: vec![0; COUNTERS],
        }
    }
}

impl PinHistogram {
    /// Occurrences, overlapping ones too, of each PIN from 0000 to 9999.
    pub fn all(&self, cell: Cell) -> &[u32] {
        &self.all[cell.index() * PINS..][..PINS]
    }

    /// Those without a neighbour of the same form: not inside a longer number. For [`Cell::Values`] and [`Cell::Values32`] a zero is no
    /// neighbour; for integers, a neighbour is another non-zero one below 65,536.
    pub fn isolated(&self, cell: Cell) -> &[u32] {
        &self.isolated[cell.index() * PINS..][..PINS]
    }

    /// Adds the counts of another stretch.
    pub fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.all, &other.all),
            (&mut self.isolated, &other.isolated),
        ];
        for (to, from) in pairs {
            for (to, from) in to.iter_mut().zip(from) {
                *to = to.saturating_add(*from);
            }
        }
    }

    /// Counts one occurrence; `pin` is below 10,000.
    #[inline]
    pub(super) fn count(&mut self, cell: Cell, pin: u16, isolated: bool) {
        let place = cell.index() * PINS + usize::from(pin);
        self.all[place] = self.all[place].saturating_add(1);
        self.isolated[place] = self.isolated[place].saturating_add(isolated.into());
    }
}

impl fmt::Debug for PinHistogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = |cell: &Cell| {
            self.all(*cell)
                .iter()
                .map(|count| u64::from(*count))
                .sum::<u64>()
        };
        f.debug_map()
            .entries(Cell::ALL.iter().map(|cell| (cell, total(cell))))
            .finish()
    }
}
