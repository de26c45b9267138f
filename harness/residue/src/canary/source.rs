//! Draws the canaries of each authentication. Called by tests: a run uses the data of its cards.

use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use zeroize::Zeroizing;

use super::person;
use super::pins::{PinSource, PinsUnusable};
use super::secret::SecretText;
use super::set::{Canary, CanarySet, Kind};

/// Draws one set per authentication of a run.
pub struct CanarySource {
    seed: Zeroizing<[u8; 32]>,
    pins: PinSource,
    drawn: u64,
}

impl CanarySource {
    /// All data drawn, PINs from all 10,000. The same seed gives the same sets in the same order.
    pub fn new(seed: [u8; 32]) -> Self {
        let pins = PinSource::all(&seed);
        Self::with_pins(seed, pins)
    }

    /// PINs from an urn of the caller's.
    pub fn with_pins(seed: [u8; 32], pins: PinSource) -> Self {
        Self {
            seed: Zeroizing::new(seed),
            pins,
            drawn: 0,
        }
    }

    /// The next authentication's secrets: `pin`, `name`, `kana`, `romaji`, `address`, `birth`, `expiry`, `number-b`, `my-number`.
    ///
    /// # Errors
    /// No PIN left.
    pub fn draw(&mut self, authentication: &str) -> Result<CanarySet, PinsUnusable> {
        let pin = self.pins.draw()?;
        self.drawn += 1;
        let mut random = ChaCha20Rng::from_seed(*self.seed);
        // Stream 0 shuffled the PINs.
        random.set_stream(self.drawn);
        let digits: SecretText = pin
            .digits()
            .iter()
            .map(|digit| char::from(b'0' + digit))
            .collect();
        let data = std::iter::once(("pin", Kind::Pin, digits)).chain(person::drawn(&mut random));
        let mut set = CanarySet::empty(authentication);
        for (key, kind, value) in data {
            set.canaries.push(Canary {
                id: format!("{authentication}/{key}"),
                kind,
                value: value.into_bytes(),
            });
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_differ_and_repeat_with_the_seed() {
        let sets = |seed: u8| {
            let mut source = CanarySource::new([seed; 32]);
            ["t1", "t2"].map(|id| source.draw(id).ok().unwrap())
        };
        let ([a, b], [again, _]) = (sets(1), sets(1));
        for key in [
            "pin",
            "name",
            "kana",
            "romaji",
            "address",
            "birth",
            "number-b",
            "my-number",
        ] {
            let value = |set: &CanarySet| set.get(key).unwrap().reveal_text().to_owned();
            assert!(value(&a) == value(&again), "{key} repeats");
            assert!(value(&a) != value(&b), "{key} differs");
        }
        assert_eq!(b.get("name").unwrap().id(), "t2/name");
    }

    #[test]
    fn debug_prints_ids_only() {
        let set = CanarySource::new([3; 32]).draw("t1").unwrap();
        let shown = format!("{set:?}");
        assert!(shown.contains("t1/my-number"));
        for canary in set.canaries() {
            assert!(!shown.contains(canary.reveal_text()), "{canary:?}");
        }
    }
}
