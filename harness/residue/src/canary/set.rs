//! The canaries of one authentication, drawn or given.
//!
//! Ids are `AUTHENTICATION/KEY`, e.g. `t17/name`; they go into journal and findings, values never do.

use std::fmt;

use super::date::Date;
use super::pins::Pin;
use super::secret::SecretBytes;

/// What a canary is, which decides the forms it can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

impl Kind {
    /// What a value of unknown kind is: a date (`YYYYMMDD`, or with `-`, `/`, `.`), digits, or text. Never a PIN: only who
    /// gives it knows that four digits are one.
    pub fn of(text: &str) -> Self {
        if Date::parse(text).is_some() {
            Self::Date
        } else if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::Number
        } else {
            Self::Text
        }
    }
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
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) value: SecretBytes,
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
    pub(super) canaries: Vec<Canary>,
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

    /// All of them, out of the set.
    pub fn take(&mut self) -> Vec<Canary> {
        std::mem::take(&mut self.canaries)
    }

    /// The one with this key (`name`, `pin` …).
    pub fn get(&self, key: &str) -> Option<&Canary> {
        self.canaries.iter().find(|canary| {
            let key_of = canary.id.strip_prefix(self.authentication.as_str());
            key_of.and_then(|rest| rest.strip_prefix('/')) == Some(key)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(kind: Kind, value: &str) -> Result<(), NotACanary> {
        CanarySet::empty("lab").give("x", kind, SecretBytes::copied(value.as_bytes()))
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

    #[test]
    fn kinds_are_told_by_form() {
        for (text, kind) in [
            ("1988-02-29", Kind::Date),
            ("19880229", Kind::Date),
            ("19890229", Kind::Number),
            ("4711", Kind::Number),
            ("見本太郎", Kind::Text),
            ("", Kind::Text),
        ] {
            assert_eq!(Kind::of(text), kind, "{text}");
        }
    }
}
