//! Which of the 10,000 PINs became more and which fewer between two snapshots of one cell.

/// How many PINs there are.
pub(super) const PINS: usize = 10_000;
const WORDS: usize = PINS.div_ceil(64);

/// Counts that are no histogram of PINs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCounts {
    /// Not ascending by PIN, twice the same, or beyond 9,999.
    #[error("counts must be sorted by PIN, each PIN once and below 10,000: broken at entry {0}")]
    Order(usize),
    /// A dense histogram of another length.
    #[error("a histogram has 10,000 counts, not {0}")]
    Length(usize),
}

/// Sign of Δ = after − before for every PIN.
#[derive(Clone)]
pub struct Change {
    rose: Box<[u64]>,
    fell: Box<[u64]>,
}

impl Change {
    /// From counts by PIN, ascending; PINs that are not listed were not there.
    ///
    /// # Errors
    /// Counts out of order.
    pub fn between(before: &[(u16, u32)], after: &[(u16, u32)]) -> Result<Self, BadCounts> {
        for counts in [before, after] {
            let broken = |at: &usize| {
                let pin = counts[*at].0;
                usize::from(pin) >= PINS || *at > 0 && counts[at - 1].0 >= pin
            };
            if let Some(at) = (0..counts.len()).find(broken) {
                return Err(BadCounts::Order(at));
            }
        }
        let mut change = Self::none();
        let (mut old, mut new) = (before.iter().peekable(), after.iter().peekable());
        loop {
            let pin = match (old.peek(), new.peek()) {
                (Some(a), Some(b)) => a.0.min(b.0),
                (Some(a), None) => a.0,
                (None, Some(b)) => b.0,
                (None, None) => return Ok(change),
            };
            let was = old
                .next_if(|count| count.0 == pin)
                .map_or(0, |count| count.1);
            let is = new
                .next_if(|count| count.0 == pin)
                .map_or(0, |count| count.1);
            change.set(usize::from(pin), was, is);
        }
    }

    /// From two histograms of 10,000 counts.
    ///
    /// # Errors
    /// Another number of counts.
    pub fn between_histograms(before: &[u32], after: &[u32]) -> Result<Self, BadCounts> {
        for counts in [before, after] {
            if counts.len() != PINS {
                return Err(BadCounts::Length(counts.len()));
            }
        }
        let mut change = Self::none();
        for (pin, (&was, &is)) in before.iter().zip(after).enumerate() {
            change.set(pin, was, is);
        }
        Ok(change)
    }

    /// From the PINs, or labels, whose counts rose and fell.
    ///
    /// # Errors
    /// One beyond 9,999, or in both lists.
    pub fn of(rose: &[u16], fell: &[u16]) -> Result<Self, BadCounts> {
        let mut change = Self::none();
        for (at, &pin) in rose.iter().chain(fell).enumerate() {
            if usize::from(pin) >= PINS || (at >= rose.len() && change.rose(pin)) {
                return Err(BadCounts::Order(at));
            }
            let risen = at < rose.len();
            change.set(usize::from(pin), u32::from(!risen), u32::from(risen));
        }
        Ok(change)
    }

    /// No count changed.
    pub fn none() -> Self {
        let empty = vec![0; WORDS].into_boxed_slice();
        Self {
            rose: empty.clone(),
            fell: empty,
        }
    }

    /// +1 where the count of `pin` (below 10,000) rose, −1 where it fell, else 0.
    pub fn sign(&self, pin: u16) -> i64 {
        let (word, bit) = (usize::from(pin) / 64, pin % 64);
        let of = |bits: &[u64]| (bits[word] >> bit & 1) as i64;
        of(&self.rose) - of(&self.fell)
    }

    /// Whether the count of `pin` rose.
    pub fn rose(&self, pin: u16) -> bool {
        self.sign(pin) > 0
    }

    /// What rose in any of `changes`.
    pub(super) fn any<'a>(changes: impl Iterator<Item = &'a Self>) -> Self {
        let mut any = Self::none();
        for change in changes {
            for (all, one) in any.rose.iter_mut().zip(&change.rose) {
                *all |= one;
            }
        }
        any
    }

    /// How many PINs of the urn rose.
    pub(super) fn risen(&self, urn: &[u16]) -> usize {
        if urn.len() == PINS {
            let ones = self.rose.iter().map(|word| word.count_ones() as usize);
            return ones.sum();
        }
        urn.iter().filter(|&&pin| self.rose(pin)).count()
    }

    fn set(&mut self, pin: usize, was: u32, is: u32) {
        let bit = 1 << (pin % 64);
        match is.cmp(&was) {
            std::cmp::Ordering::Greater => self.rose[pin / 64] |= bit,
            std::cmp::Ordering::Less => self.fell[pin / 64] |= bit,
            std::cmp::Ordering::Equal => {}
        }
    }
}
