//! PINs drawn uniformly without reuse in a run: an urn.
//!
//! Reuse would make an old residue look like a new one, and a predictable PIN would make chance unmeasurable.
//! [`Pin`] is what forms, histogram and scanner know a PIN by. The urn is called by [`super::CanarySource`] alone, that is by tests: in a run
//! PINs are those of the rig's secrets file. The virtual rig's card maker (which shares no code with the harness) draws each one that no
//! other card has, and `shinsa-rig` refuses to count the PIN of a card that shares it.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha20Rng;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// How many PINs of four digits there are.
const ALL: u16 = 10_000;

/// A PIN of four digits. No `Debug`, not `Copy`; wiped on drop.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Pin(u16);

impl Pin {
    /// The PIN with this value; `None` from 10,000 on.
    pub fn new(value: u16) -> Option<Self> {
        (value < ALL).then_some(Self(value))
    }

    /// Reads exactly four ASCII digits.
    pub fn parse(text: &str) -> Option<Self> {
        let four = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        four.then(|| text.parse().ok().map(Self)).flatten()
    }

    /// Its value, 0 … 9,999; also its place in a histogram of all PINs.
    pub fn value(&self) -> u16 {
        self.0
    }

    /// Its four digits, highest first, each 0 … 9.
    pub fn digits(&self) -> Zeroizing<[u8; 4]> {
        Zeroizing::new([1000, 100, 10, 1].map(|place| (self.0 / place % 10) as u8))
    }
}

/// Why no PIN can be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PinsUnusable {
    /// Fewer than two different PINs: nothing to compare the true one with.
    #[error("a set of {0} PINs is no choice: the PIN statistics need at least 2, drawn at random")]
    NoChoice(usize),
    /// All were used in this run.
    #[error("all {0} PINs of this run are used; a PIN is never typed twice in a run")]
    Exhausted(usize),
}

/// The urn.
pub struct PinSource {
    left: Vec<Pin>,
    size: usize,
}

impl PinSource {
    /// All 10,000 PINs in the order that `seed` gives.
    pub fn all(seed: &[u8; 32]) -> Self {
        Self::shuffled((0..ALL).map(Pin).collect(), seed)
    }

    /// Only these, as where a lab's cards cannot change their PIN at will. Duplicates count once.
    ///
    /// # Errors
    /// Fewer than two different ones.
    pub fn among(mut pins: Vec<Pin>, seed: &[u8; 32]) -> Result<Self, PinsUnusable> {
        pins.sort_unstable_by_key(Pin::value);
        pins.dedup();
        if pins.len() < 2 {
            return Err(PinsUnusable::NoChoice(pins.len()));
        }
        Ok(Self::shuffled(pins, seed))
    }

    fn shuffled(mut left: Vec<Pin>, seed: &[u8; 32]) -> Self {
        left.shuffle(&mut ChaCha20Rng::from_seed(*seed));
        Self {
            size: left.len(),
            left,
        }
    }

    /// A PIN that was not drawn before.
    ///
    /// # Errors
    /// The urn is empty.
    pub fn draw(&mut self) -> Result<Pin, PinsUnusable> {
        // `pop` leaves the value behind in the vector's spare room: it is overwritten first.
        let drawn = self
            .left
            .last_mut()
            .map(|pin| std::mem::replace(pin, Pin(0)));
        self.left.pop();
        drawn.ok_or(PinsUnusable::Exhausted(self.size))
    }

    /// How many are left.
    pub fn left(&self) -> usize {
        self.left.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pin_once_and_no_more() {
        let mut urn = PinSource::all(&[7; 32]);
        let mut seen = vec![false; 10_000];
        for _ in 0..10_000 {
            let pin = urn.draw().ok().unwrap();
            assert!(!std::mem::replace(
                &mut seen[usize::from(pin.value())],
                true
            ));
        }
        assert_eq!(urn.left(), 0);
        assert_eq!(urn.draw().err(), Some(PinsUnusable::Exhausted(10_000)));
    }

    #[test]
    fn a_set_of_one_is_refused_in_words() {
        let same = || Pin::parse("0007").unwrap();
        let refused = PinSource::among(vec![same(), same()], &[0; 32])
            .err()
            .unwrap();
        assert_eq!(refused, PinsUnusable::NoChoice(1));
        assert!(refused.to_string().contains("at least 2"));
        assert!(PinSource::among(vec![same(), Pin::parse("4711").unwrap()], &[0; 32]).is_ok());
    }

    #[test]
    fn the_order_is_the_seeds_and_uniform() {
        let first = |seed: u8| PinSource::all(&[seed; 32]).draw().ok().unwrap().value();
        assert_eq!(first(1), first(1));
        // The mean of 200 uniform values is within 5 standard errors (2,887 / √200 = 204) of 4,999.5.
        let mean = (0..200).map(|seed| f64::from(first(seed))).sum::<f64>() / 200.0;
        assert!((mean - 4_999.5).abs() < 5.0 * 204.0, "{mean}");
    }

    #[test]
    fn only_four_digits_are_a_pin() {
        for text in ["123", "12345", "12a4", "+123", "１２３４"] {
            assert!(Pin::parse(text).is_none());
        }
        assert_eq!(*Pin::parse("0412").unwrap().digits(), [0, 4, 1, 2]);
        assert!(Pin::new(10_000).is_none());
    }
}
