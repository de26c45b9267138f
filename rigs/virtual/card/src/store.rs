//! A card's folder: contents, secrets and retry counters. Counters reach the disk before any answer leaves.
//! Used by the running card; made by `make`. Secrets are never printed.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use zeroize::Zeroizing;

/// An open card folder.
pub struct Store {
    folder: PathBuf,
    secrets: BTreeMap<String, Zeroizing<String>>,
    counters: BTreeMap<String, u8>,
    terminal_key: Zeroizing<Vec<u8>>,
    broken: bool,
}

impl Store {
    /// Opens `STORE/CARD`.
    pub fn open(store: &Path, card: &str) -> Result<Self> {
        let folder = store.join(card);
        let read = |name: &str| {
            fs::read_to_string(folder.join(name)).with_context(|| format!("card {card}: {name}"))
        };
        let secrets: BTreeMap<String, String> =
            serde_yaml::from_str(&Zeroizing::new(read("secrets.yaml")?))
                .map_err(|_| anyhow::anyhow!("card {card}: secrets.yaml cannot be read"))?;
        Ok(Self {
            secrets: secrets
                .into_iter()
                .map(|(name, value)| (name, Zeroizing::new(value)))
                .collect(),
            counters: serde_yaml::from_str(&read("counters.yaml")?)
                .with_context(|| format!("card {card}: counters"))?,
            terminal_key: Zeroizing::new(
                fs::read(store.join("terminal.key")).context("terminal.key")?,
            ),
            broken: folder.join("broken").exists(),
            folder,
        })
    }

    /// Answers every SELECT with 6F00.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Content of an elementary file; `None` where this card has none.
    pub fn content(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.folder.join(name)).ok()
    }

    /// Secret shared with the synthetic terminal.
    pub fn terminal_key(&self) -> &[u8] {
        &self.terminal_key
    }

    /// Tries left; `None` where this card has no such secret.
    pub fn tries(&self, secret: &str) -> Option<u8> {
        self.secrets
            .contains_key(secret)
            .then(|| self.counters.get(secret).copied().unwrap_or(0))
    }

    /// Compares and counts: the counter goes down on the disk before the comparison, and up again after it.
    /// Returns whether it was right.
    pub fn verify(&mut self, secret: &str, full: u8, given: &[u8]) -> Result<bool> {
        let left = self.tries(secret).unwrap_or(0);
        if left == 0 {
            return Ok(false);
        }
        self.set(secret, left - 1)?;
        let right = self
            .secrets
            .get(secret)
            .is_some_and(|value| value.as_bytes() == given);
        if right {
            self.set(secret, full)?;
        }
        Ok(right)
    }

    fn set(&mut self, secret: &str, left: u8) -> Result<()> {
        self.counters.insert(secret.into(), left);
        write_whole(
            &self.folder.join("counters.yaml"),
            serde_yaml::to_string(&self.counters)?.as_bytes(),
            0o600,
        )
    }
}

/// Replaces a file at once: after a power cut it is the old one or the new one.
pub fn write_whole(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let folder = path.parent().context("file in a folder")?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file()
        .set_permissions(fs::Permissions::from_mode(mode))?;
    file.as_file().sync_all()?;
    file.persist(path)
        .with_context(|| path.display().to_string())?;
    Ok(())
}
