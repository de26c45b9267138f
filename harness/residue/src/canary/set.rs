//! The canaries of one authentication, and the source that draws them.
//!
//! Ids are `AUTHENTICATION/KEY`, e.g. `t17/name`; they go into journal and findings, values never do.

use std::fmt;

use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use zeroize::Zeroizing;

use super::date::Date;
use super::person;
use super::pins::{Pin, PinSource, PinsUnusable};
use super::secret::{SecretBytes, SecretText};

/// What a canary is, which decides the forms it can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A PIN of four digits: too short for a literal search, see `pins`.
    Pin,
    /// A longer row of decimal digits: 照合番号B, a My Number.
    Number,
    /// A date, held as `YYYYMMDD`.
    Date,
    /// Text: a name, an address.
    Text,
    /// Anything else, taken as it is.
    Bytes,
}

/// A value that cannot serve as a canary. Says which and why, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("canary {id}: {why}")]
pub struct NotACanary {
    /// The id it would have had.
    pub id: String,
    /// What is wrong.
    pub why: &'static str,
}

/// One secret. `Debug` prints id and kind only.
pub struct Canary {
    id: String,
    kind: Kind,
    value: SecretBytes,
}

impl Canary {
    /// Takes a value over, checking that it is what `kind` says.
    ///
    /// # Errors
    /// Not UTF-8 where it must be text; not four digits, not digits, no date (`YYYYMMDD`, or with `-`, `/`, `.`); empty.
    pub fn new(id: String, kind: Kind, value: SecretBytes) -> Result<Self, NotACanary> {
        let text = std::str::from_utf8(value.reveal());
        let why = match (kind, text) {
            _ if value.is_empty() => Some("empty"),
            (Kind::Bytes, _) | (Kind::Text, Ok(_)) => None,
            (_, Err(_)) => Some("not UTF-8"),
            (Kind::Pin, Ok(text)) => Pin::parse(text).is_none().then_some("not four digits"),
            (Kind::Number, Ok(text)) => text
                .bytes()
                .any(|byte| !byte.is_ascii_digit())
                .then_some("not decimal digits only"),
            (Kind::Date, Ok(text)) => Date::parse(text).is_none().then_some("no date"),
        };
        match why {
            Some(why) => Err(NotACanary { id, why }),
            None => Ok(Self { id, kind, value }),
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its value; the caller must neither keep nor print it.
    pub fn reveal(&self) -> &[u8] {
        self.value.reveal()
    }

    /// Its value as text; empty for bytes that are no text.
    pub fn reveal_text(&self) -> &str {
        std::str::from_utf8(self.value.reveal()).unwrap_or_default()
    }
}

impl fmt::Debug for Canary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Canary({}, {:?})", self.id, self.kind)
    }
}

/// The secrets of one authentication; wiped on drop. `Debug` prints ids only.
#[derive(Debug)]
pub struct CanarySet {
    authentication: String,
    canaries: Vec<Canary>,
}

impl CanarySet {
    /// An empty set, for data that are all given.
    pub fn empty(authentication: &str) -> Self {
        Self {
            authentication: authentication.into(),
            canaries: Vec::new(),
        }
    }

    /// Adds a value under `AUTHENTICATION/key`: the lab's own card data, a session token, an encoded image.
    ///
    /// # Errors
    /// As [`Canary::new`]; a key that is there already.
    pub fn give(&mut self, key: &str, kind: Kind, value: SecretBytes) -> Result<(), NotACanary> {
        let id = format!("{}/{key}", self.authentication);
        if self.canaries.iter().any(|canary| canary.id == id) {
            let why = "given twice";
            return Err(NotACanary { id, why });
        }
        self.canaries.push(Canary::new(id, kind, value)?);
        Ok(())
    }

    /// The authentication they belong to.
    pub fn authentication(&self) -> &str {
        &self.authentication
    }

    /// All of them.
    pub fn canaries(&self) -> &[Canary] {
        &self.canaries
    }

    /// The one with this key (`name`, `pin` …).
    pub fn get(&self, key: &str) -> Option<&Canary> {
        self.canaries.iter().find(|canary| {
            let key_of = canary.id.strip_prefix(self.authentication.as_str());
            key_of.and_then(|rest| rest.strip_prefix('/')) == Some(key)
        })
    }
}

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

    fn given(kind: Kind, value: &str) -> Result<(), NotACanary> {
        CanarySet::empty("lab").give("x", kind, SecretBytes::copied(value.as_bytes()))
    }

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

    #[test]
    fn a_value_must_be_what_it_is_said_to_be() {
        assert!(given(Kind::Pin, "4711").is_ok() && given(Kind::Date, "1988-02-29").is_ok());
        for (kind, value) in [
            (Kind::Pin, "47111"),
            (Kind::Number, "12 34"),
            (Kind::Date, "1989-02-29"),
            (Kind::Text, ""),
        ] {
            let refused = given(kind, value).unwrap_err();
            assert!(value.is_empty() || !refused.to_string().contains(value));
        }
        let mut set = CanarySet::empty("lab");
        let value = || SecretBytes::copied(&[0xFF, 0xFE]);
        assert!(set.give("photo", Kind::Bytes, value()).is_ok());
        assert_eq!(
            set.give("photo", Kind::Bytes, value()).unwrap_err().why,
            "given twice"
        );
        assert_eq!(
            set.give("name", Kind::Text, value()).unwrap_err().why,
            "not UTF-8"
        );
    }
}
