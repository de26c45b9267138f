//! Whose certificate is it, and did its key sign? Certificates of the store's cards, its authority, RSASSA-PKCS1-v1_5 with SHA-256.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use fixture_people::cards::Card;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::sign::Verifier;
use openssl::x509::X509;

/// Known certificates. The population's cards are made while the rig runs, so the store is asked each time.
pub struct Certificates {
    cards: BTreeSet<String>,
    store: PathBuf,
    authority: X509,
}

impl Certificates {
    /// Reads the store's authority.
    pub fn open(store: &Path, cards: &[Card]) -> Result<Self> {
        let path = store.join("ca.der");
        let der = std::fs::read(&path).with_context(|| path.display().to_string())?;
        Ok(Self {
            cards: cards.iter().map(|card| card.id.clone()).collect(),
            store: store.to_owned(),
            authority: X509::from_der(&der)?,
        })
    }

    /// Card id of a certificate that this authority issued; `None` for any other.
    pub fn card(&self, der: &[u8]) -> Option<String> {
        let certificate = X509::from_der(der).ok()?;
        let key = self.authority.public_key().ok()?;
        if !certificate.verify(&key).unwrap_or(false) {
            return None;
        }
        let mut names = certificate.subject_name().entries_by_nid(Nid::COMMONNAME);
        let name = names.next()?.data().to_string().ok()?;
        let card = name.strip_prefix("AUTH ")?;
        let known = self.cards.contains(card);
        let held = std::fs::read(self.store.join(card).join("auth-certificate.der")).ok()?;
        (known && held == der).then(|| card.to_owned())
    }
}

/// Did the certificate's key sign the text?
pub fn signed(der: &[u8], text: &[u8], signature: &[u8]) -> bool {
    let verify = || -> Result<bool, openssl::error::ErrorStack> {
        let key = X509::from_der(der)?.public_key()?;
        Verifier::new(MessageDigest::sha256(), &key)?.verify_oneshot(signature, text)
    };
    verify().unwrap_or(false)
}
