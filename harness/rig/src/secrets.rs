//! PINs and printed data of the lab's cards, read from the rig's secrets file when a rig is opened.
//!
//! They serve two ends only: typing a PIN, and finding personal data where it must not be. Nothing here can be
//! printed, logged or serialised; memory is wiped on drop.

mod places;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_yaml::Value;
use shinsa_model::event::Fault;
use zeroize::{Zeroize, Zeroizing};

use crate::fault::incapable;

/// A secret text. No Debug, no Display, no Serialize.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text; the caller must neither copy nor print it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Something that must not appear in logs, known by its id.
pub struct Canary {
    /// Card id and key, e.g. `p001-regular/name`; tells which datum was found, not its value.
    pub id: String,
    /// The value.
    pub value: Secret,
}

/// The secrets of all cards.
#[derive(Default)]
pub struct Secrets {
    file: PathBuf,
    pins: BTreeMap<String, Secret>,
    photos: BTreeMap<String, PathBuf>,
    canaries: Vec<Canary>,
}

/// Values shorter than this are too common to be searched for (a sex code, a PIN in a number).
const SHORTEST_CANARY: usize = 2;

impl Secrets {
    /// Reads `cards: {CARD: {auth_pin: "1234", chip_photo: FILE, KEY: VALUE…}}`; keys that contain `pin` are PINs, `chip_photo` is the file with the
    /// chip's photo (relative to this one), every other text below a card is printed data that must not leave it.
    pub fn load(path: &Path) -> Result<Self, Fault> {
        let broken = |why: &str| {
            incapable(
                format!("secrets file {}: {why}", path.display()),
                "expected `cards:` with a mapping of card ids; see rigs/virtual/rig.yaml",
            )
        };
        let text = Zeroizing::new(std::fs::read(path).map_err(|error| broken(&error.to_string()))?);
        // The parser's message may quote a secret: only its place is told.
        let value: Value = serde_yaml::from_slice(&text).map_err(|error| {
            let place = error.location().map(|l| format!(" at line {}", l.line()));
            broken(&format!("no YAML{}", place.unwrap_or_default()))
        })?;
        let cards = value
            .get("cards")
            .and_then(Value::as_mapping)
            .ok_or_else(|| broken("no `cards`"))?;
        let mut secrets = Self {
            file: path.to_owned(),
            ..Self::default()
        };
        for (card, data) in cards {
            if let Some(card) = card.as_str() {
                secrets.walk(card, card, data);
            }
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        for photo in secrets.photos.values_mut() {
            *photo = folder.join(&photo);
        }
        Ok(secrets)
    }

    fn walk(&mut self, card: &str, path: &str, data: &Value) {
        match data {
            Value::Mapping(entries) => {
                for (key, value) in entries {
                    if let Some(key) = key.as_str() {
                        self.walk(card, &format!("{path}/{key}"), value);
                    }
                }
            }
            Value::Sequence(values) => {
                for value in values {
                    self.walk(card, path, value);
                }
            }
            Value::String(text) => self.take(card, path, text.clone()),
            Value::Number(number) => self.take(card, path, number.to_string()),
            _ => {}
        }
    }

    fn take(&mut self, card: &str, path: &str, mut text: String) {
        let key = path.rsplit('/').next().unwrap_or_default();
        if is_auth_pin(key) {
            self.pins.insert(card.into(), Secret::new(text));
        } else if key.contains("pin") || key.contains("password") {
            text.zeroize();
        } else if key == "chip_photo" {
            self.photos.insert(card.into(), text.into());
        } else if matches!(key, "id" | "persona" | "kind" | "sex" | "format") {
            text.zeroize();
        } else if text.chars().count() >= SHORTEST_CANARY {
            self.canaries.push(Canary {
                id: path.into(),
                value: Secret::new(text),
            });
        }
    }

    /// A card's authentication PIN.
    pub fn pin(&self, card: &str) -> Option<&Secret> {
        self.pins.get(card)
    }

    /// Whether a card's PIN tells this card from all others. Labs may give ordinary cards one PIN; where PINs are searched for by
    /// statistics, what one card's authentication left would be taken for another's, or hide it.
    ///
    /// # Errors
    /// Another card has the same PIN; names both and where they stand, not the PIN.
    pub fn unshared_pin(&self, card: &str) -> Result<(), Fault> {
        let shared = self.pins.get(card).and_then(|pin| {
            let mut others = self.pins.iter().filter(|(other, _)| *other != card);
            others.find(|(_, other)| other.reveal() == pin.reveal())
        });
        let Some((other, _)) = shared else {
            return Ok(());
        };
        let [here, there] = [card, other].map(|card| places::of_pin(&self.file, card));
        Err(incapable(
            format!(
                "secrets file {}: cards {card}{here} and {other}{there} have the same PIN; counting PINs cannot tell whose is left",
                self.file.display()
            ),
            "set another PIN on one of them and write it there, or take a card out of the file that is not used; of the virtual rig, remove the old card store below its folder",
        ))
    }

    /// Is anything known of this card?
    pub fn knows(&self, card: &str) -> bool {
        self.pins.contains_key(card) || self.of_card(card).next().is_some()
    }

    /// File with the photo on a card's chip.
    pub fn chip_photo(&self, card: &str) -> Option<&Path> {
        self.photos.get(card).map(PathBuf::as_path)
    }

    /// What of one card must not be found.
    pub fn of_card(&self, card: &str) -> impl Iterator<Item = &Canary> {
        let of_card = move |canary: &&Canary| {
            canary
                .id
                .strip_prefix(card)
                .is_some_and(|rest| rest.starts_with('/'))
        };
        self.canaries.iter().filter(of_card)
    }

    /// Everything that must not be found.
    pub fn canaries(&self) -> &[Canary] {
        &self.canaries
    }
}

/// Whether a key holds the PIN that is typed.
fn is_auth_pin(key: &str) -> bool {
    let pin = key.contains("pin") || key.contains("password");
    key == "pin" || (pin && key.contains("auth"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_typed_and_the_rest_is_searched_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.yaml");
        std::fs::write(
            &path,
            "format: 1\ncards:\n  c1: { auth_pin: '4711', sign_pin: ABC123, printed: { name: 見本太郎 }, sex: '1', chip_photo: c1.jp2 }\n",
        )
        .unwrap();
        let secrets = Secrets::load(&path).unwrap();
        assert_eq!(
            secrets.chip_photo("c1"),
            Some(&*folder.path().join("c1.jp2"))
        );
        assert!(secrets.knows("c1") && !secrets.knows("c"));
        assert_eq!(secrets.pin("c1").unwrap().reveal(), "4711");
        assert!(secrets.pin("c2").is_none());
        let ids: Vec<_> = secrets.canaries().iter().map(|c| c.id.as_str()).collect();
        assert_eq!(ids, ["c1/printed/name"]);
    }

    #[test]
    fn a_shared_pin_is_told_by_its_places_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.yaml");
        let text = "cards:\n  c1: { auth_pin: '4711', sign_pin: '0815' }\n  c2: { auth_pin: '0815' }\n  見本:\n    pins: [{ auth_pin: '4711' }]\n";
        std::fs::write(&path, text).unwrap();
        let secrets = Secrets::load(&path).unwrap();
        // Another kind's PIN is not typed, and a card without one is nobody's twin.
        assert!(secrets.unshared_pin("c2").is_ok() && secrets.unshared_pin("c3").is_ok());
        let fault = secrets.unshared_pin("c1").unwrap_err();
        let told = "secrets.yaml: cards c1 (line 2, column 19) and 見本 (line 5, column 24) have the same PIN";
        assert!(fault.message.contains(told), "{}", fault.message);
        assert!(!format!("{fault:?}").contains("4711"));
    }

    #[test]
    fn an_error_does_not_quote_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.yaml");
        std::fs::write(&path, "cards: { c1: { auth_pin: '4711' \n  x: [").unwrap();
        let fault = Secrets::load(&path).err().unwrap();
        assert!(!fault.message.contains("4711"));
    }
}
