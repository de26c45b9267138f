//! The card profile: applications, elementary files, secrets and keys as data (`profiles/mynumber.yaml`).
//! Read by `make` (which counters exist) and by the running card. Holds no content.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The profile.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Layout version: 1.
    #[serde(rename = "format")]
    pub _format: u32,
    /// Answer to reset, hex.
    pub atr: String,
    /// By name.
    pub applications: BTreeMap<String, Application>,
    /// All elementary files.
    pub elements: Vec<Element>,
}

/// An application.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Hex.
    pub aid: String,
}

/// An elementary file: content, a secret to verify, or a key to sign with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Element {
    /// Application's name.
    pub application: String,
    /// File id, hex.
    pub ef: String,
    /// Content: file in the card's folder.
    #[serde(default)]
    pub file: Option<String>,
    /// Secret: name.
    #[serde(default)]
    pub pin: Option<String>,
    /// Tries of the secret.
    #[serde(default)]
    pub tries: u8,
    /// Private key: file in the card's folder.
    #[serde(default)]
    pub key: Option<String>,
    /// Secrets that open it; none: free.
    #[serde(default)]
    pub opened_by: Vec<String>,
}

impl Profile {
    /// The profile that is built in.
    pub fn built_in() -> Result<Self> {
        serde_yaml::from_str(include_str!("../profiles/mynumber.yaml"))
            .context("built-in card profile")
    }

    /// Name of the application with this id; a shorter id selects by its beginning, as ISO 7816-4 allows.
    pub fn application(&self, aid: &[u8]) -> Option<&str> {
        let wanted = hex::encode_upper(aid);
        let mut found = self
            .applications
            .iter()
            .filter(|(_, app)| app.aid == wanted);
        found.next().map(|(name, _)| name.as_str())
    }

    /// Element of an application.
    pub fn element(&self, application: &str, ef: u16) -> Option<&Element> {
        let wanted = format!("{ef:04X}");
        self.elements
            .iter()
            .find(|element| element.application == application && element.ef == wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_profile_is_whole() {
        let profile = Profile::built_in().unwrap();
        assert_eq!(
            profile.application(&hex::decode("D392F000260100000001").unwrap()),
            Some("jpki")
        );
        assert_eq!(profile.application(&[0xA0]), None);
        for element in &profile.elements {
            assert!(
                profile.applications.contains_key(&element.application),
                "{element:?}"
            );
            let kinds = [
                element.file.is_some(),
                element.pin.is_some(),
                element.key.is_some(),
            ];
            assert_eq!(kinds.iter().filter(|kind| **kind).count(), 1, "{element:?}");
            assert_eq!(element.pin.is_some(), element.tries > 0, "{element:?}");
        }
    }
}
