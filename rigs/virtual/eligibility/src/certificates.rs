//! Whose certificate is it, and did its key sign? Certificates of the store's cards, its authority, RSASSA-PKCS1-v1_5 with SHA-256.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result};
use fixture_people::cards::Card;
use openssl::hash::MessageDigest;
use openssl::sha::sha256;
use openssl::sign::Verifier;
use openssl::x509::X509;

/// Known certificates.
pub struct Certificates {
    cards: HashMap<[u8; 32], String>,
    authority: X509,
}

impl Certificates {
    /// Reads the store.
    pub fn open(store: &Path, cards: &[Card]) -> Result<Self> {
        let read = |path: &Path| std::fs::read(path).with_context(|| path.display().to_string());
        let authority = X509::from_der(&read(&store.join("ca.der"))?)?;
        let mut known = HashMap::new();
        for card in cards {
            let der = read(&store.join(&card.id).join("auth-certificate.der"))?;
            known.insert(sha256(&der), card.id.clone());
        }
        Ok(Self {
            cards: known,
            authority,
        })
    }

    /// Card id of a certificate that this authority issued; `None` for any other.
    pub fn card(&self, der: &[u8]) -> Option<&str> {
        let certificate = X509::from_der(der).ok()?;
        let key = self.authority.public_key().ok()?;
        let issued = certificate.verify(&key).unwrap_or(false);
        self.cards
            .get(&sha256(der))
            .filter(|_| issued)
            .map(String::as_str)
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
