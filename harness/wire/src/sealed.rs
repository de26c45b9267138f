//! How a [`CanarySet`] travels: sealed for one search of the inspector, opened once, wiped when dropped.
//!
//! X25519 with a fresh key on both sides, then ChaCha20-Poly1305; the exact bytes are in `inspector.proto` at `CanarySet`. TLS may
//! end at a proxy or be logged; the set is readable by the agent alone, and by it only while the search's key lives.
//! No policy: how long a key lives and that it serves once is the agent's business ([`SearchKey::open`] takes the key away).
//! Called by the harness ([`seal`]) and by `shinsa-agent` ([`SearchKey`]). Must not print or keep a value.

use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit, Nonce};
use prost::Message;
use sha2::{Digest, Sha256};
use x25519_dalek::{PublicKey, SharedSecret, StaticSecret};
use zeroize::{Zeroize, Zeroizing};

use crate::v1::CanarySet;

/// Bytes of a search's number.
pub const SEARCH: usize = 16;
/// Bytes of an X25519 public key.
pub const PUBLIC_KEY: usize = 32;
/// Separates these keys from any other use of the same primitives.
const CONTEXT: &[u8] = b"shinsa inspector search 1";

/// Why a set cannot be sealed or opened. Names no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The search's number has another length.
    #[error("a search's number has 16 bytes, not {0}: send back what OpenSearch gave")]
    Search(usize),
    /// The key has another length.
    #[error("an X25519 public key has 32 bytes, not {0}: seal for the key that OpenSearch gave")]
    PublicKey(usize),
    /// The other side's key is one of the few that make the shared secret known to all.
    #[error("the other side's key is weak: ask for a new search")]
    Weak,
    /// The system has no random numbers.
    #[error("no random numbers from the system: {0}")]
    Random(String),
    /// Encryption refused (more than 256 GiB).
    #[error("the set is too large to seal")]
    TooLarge,
    /// Shorter than a public key and a tag.
    #[error("a sealed set has at least 48 bytes, not {0}")]
    Short(usize),
    /// Another key, another search, or changed on the way.
    #[error(
        "the sealed set does not open: it was sealed for another key or search, or changed on the way; ask for a new search"
    )]
    Forged,
    /// Opened, but no canary set.
    #[error("what was sealed is no CanarySet: agent and harness speak different protocols")]
    NotASet,
}

/// The agent's half for one search. No `Debug`; wiped when dropped.
pub struct SearchKey {
    search: [u8; SEARCH],
    /// In a place of its own: a value that is moved leaves copies behind.
    secret: Box<StaticSecret>,
}

impl SearchKey {
    /// A fresh number and key.
    ///
    /// # Errors
    /// [`SealError::Random`].
    pub fn new() -> Result<Self, SealError> {
        let mut search = [0; SEARCH];
        random(&mut search)?;
        let secret = Box::new(fresh_secret()?);
        Ok(Self { search, secret })
    }

    /// The search's number, random.
    pub fn search(&self) -> [u8; SEARCH] {
        self.search
    }

    /// What a set is sealed for.
    pub fn public_key(&self) -> [u8; PUBLIC_KEY] {
        PublicKey::from(&*self.secret).to_bytes()
    }

    /// Opens a set that was sealed for this search. The key is used up, whatever comes of it.
    ///
    /// # Errors
    /// [`SealError::Short`], [`SealError::Weak`], [`SealError::Forged`], [`SealError::NotASet`].
    pub fn open(self, sealed: &[u8]) -> Result<Opened, SealError> {
        let (theirs, body) = sealed
            .split_first_chunk::<PUBLIC_KEY>()
            .ok_or(SealError::Short(sealed.len()))?;
        let ours = self.public_key();
        let shared = self.secret.diffie_hellman(&PublicKey::from(*theirs));
        let cipher = cipher(&self.search, theirs, &ours, &shared)?;
        let mut plain = Zeroizing::new(body.to_vec());
        cipher
            .decrypt_in_place(&Nonce::default(), b"", &mut *plain)
            .map_err(|_| SealError::Forged)?;
        // What decoding had filled before it failed is wiped too.
        let mut opened = Opened(CanarySet::default());
        match opened.0.merge(plain.as_slice()) {
            Ok(()) => Ok(opened),
            Err(_) => Err(SealError::NotASet),
        }
    }
}

/// An opened set, wiped when dropped. No `Debug`.
pub struct Opened(CanarySet);

impl Opened {
    /// A set made here, to be wiped in the same way.
    pub fn new(set: CanarySet) -> Self {
        Self(set)
    }

    /// Lets `add` fill in more before the set is sealed; it must not keep a value.
    pub fn add<T>(&mut self, add: impl FnOnce(&mut CanarySet) -> T) -> T {
        add(&mut self.0)
    }

    /// The set; the caller must neither keep nor print it.
    pub fn reveal(&self) -> &CanarySet {
        &self.0
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        for canary in &mut self.0.canaries {
            canary.value.zeroize();
        }
        for picture in &mut self.0.pictures {
            picture.encoded.zeroize();
            picture.pixels.zeroize();
        }
        self.0.place_key.zeroize();
    }
}

/// Seals `set` for the search and key that `OpenSearch` gave; the result is `SearchRequest.sealed`.
///
/// # Errors
/// [`SealError::Search`] or [`SealError::PublicKey`] for other lengths, [`SealError::Weak`], [`SealError::Random`],
/// [`SealError::TooLarge`].
pub fn seal(set: &Opened, search: &[u8], public_key: &[u8]) -> Result<Vec<u8>, SealError> {
    let search = search
        .try_into()
        .map_err(|_| SealError::Search(search.len()))?;
    let theirs: &[u8; PUBLIC_KEY] = public_key
        .try_into()
        .map_err(|_| SealError::PublicKey(public_key.len()))?;
    let secret = fresh_secret()?;
    let ours = PublicKey::from(&secret).to_bytes();
    let shared = secret.diffie_hellman(&PublicKey::from(*theirs));
    let cipher = cipher(search, &ours, theirs, &shared)?;
    // Room for all at once: a buffer that grows leaves plain copies behind.
    let mut body = Zeroizing::new(Vec::with_capacity(set.0.encoded_len() + TAG));
    set.0.encode(&mut *body).map_err(|_| SealError::TooLarge)?;
    cipher
        .encrypt_in_place(&Nonce::default(), b"", &mut *body)
        .map_err(|_| SealError::TooLarge)?;
    Ok([ours.as_slice(), &body].concat())
}

/// Bytes that the cipher adds.
const TAG: usize = 16;

fn cipher(
    search: &[u8; SEARCH],
    sealer: &[u8; PUBLIC_KEY],
    opener: &[u8; PUBLIC_KEY],
    shared: &SharedSecret,
) -> Result<ChaCha20Poly1305, SealError> {
    if !shared.was_contributory() {
        return Err(SealError::Weak);
    }
    let mut key = Zeroizing::new([0; 32]);
    Sha256::new()
        .chain_update(CONTEXT)
        .chain_update(search)
        .chain_update(sealer)
        .chain_update(opener)
        .chain_update(shared.as_bytes())
        .finalize_into((&mut *key).into());
    Ok(ChaCha20Poly1305::new((&*key).into()))
}

fn fresh_secret() -> Result<StaticSecret, SealError> {
    let mut bytes = Zeroizing::new([0; 32]);
    random(&mut *bytes)?;
    Ok(StaticSecret::from(*bytes))
}

fn random(bytes: &mut [u8]) -> Result<(), SealError> {
    getrandom::fill(bytes).map_err(|error| SealError::Random(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::Canary;

    fn set() -> Opened {
        Opened::new(CanarySet {
            canaries: vec![Canary {
                id: "t1/name".into(),
                kind: "text".into(),
                value: b"a value".to_vec(),
            }],
            ..Default::default()
        })
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_alone() {
        let key = SearchKey::new().unwrap();
        let sealed = seal(&set(), &key.search(), &key.public_key()).unwrap();
        assert!(!sealed.windows(7).any(|window| window == b"a value"));
        let opened = key.open(&sealed).ok().unwrap();
        assert_eq!(opened.reveal().canaries[0].value, b"a value");
        let other = SearchKey::new().unwrap();
        assert_eq!(other.open(&sealed).err(), Some(SealError::Forged));
    }

    #[test]
    fn another_search_or_a_changed_byte_is_refused() {
        let key = SearchKey::new().unwrap();
        let wrong_search = seal(&set(), &[0; SEARCH], &key.public_key()).unwrap();
        assert_eq!(key.open(&wrong_search).err(), Some(SealError::Forged));
        let key = SearchKey::new().unwrap();
        let mut sealed = seal(&set(), &key.search(), &key.public_key()).unwrap();
        *sealed.last_mut().unwrap() ^= 1;
        assert_eq!(key.open(&sealed).err(), Some(SealError::Forged));
    }

    #[test]
    fn what_is_no_key_or_no_set_is_told() {
        let key = SearchKey::new().unwrap();
        let seal = |search: &[u8], public: &[u8]| super::seal(&set(), search, public).err();
        assert_eq!(seal(&[1], &key.public_key()), Some(SealError::Search(1)));
        assert_eq!(seal(&[1; 16], &[2]), Some(SealError::PublicKey(1)));
        assert_eq!(seal(&[1; 16], &[0; 32]), Some(SealError::Weak));
        assert_eq!(key.open(&[0; 31]).err(), Some(SealError::Short(31)));
        let weak = SearchKey::new().unwrap();
        assert_eq!(weak.open(&[0; 80]).err(), Some(SealError::Weak));
    }
}
