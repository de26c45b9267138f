//! Refuses a card after repeated face errors (受付停止). Cards are told apart by the SHA-256 of their certificate; the count
//! survives a restart.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::file::replace;

/// At most so many cards are remembered; the first in the order of their hashes go.
const REMEMBERED: usize = 10_000;

/// Failures by card.
pub struct Lockout {
    path: PathBuf,
    failures: BTreeMap<String, u64>,
}

impl Lockout {
    /// Reads `RUN/terminal/lockout.json`; a damaged file counts as none.
    pub fn open(terminal: &Path) -> Self {
        let path = terminal.join("lockout.json");
        let failures = std::fs::read(&path)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        Self { path, failures }
    }

    /// Failures of a card.
    pub fn failures(&self, card: &str) -> u64 {
        self.failures.get(card).copied().unwrap_or(0)
    }

    /// One more.
    pub fn failed(&mut self, card: &str) {
        *self.failures.entry(card.into()).or_default() += 1;
        if self.failures.len() > REMEMBERED {
            self.failures.pop_first();
        }
        self.save();
    }

    /// The holder was recognised.
    pub fn succeeded(&mut self, card: &str) {
        if self.failures.remove(card).is_some() {
            self.save();
        }
    }

    /// Staff lets everybody try again.
    pub fn reset(&mut self) {
        self.failures.clear();
        self.save();
    }

    fn save(&self) {
        let written = serde_json::to_vec(&self.failures)
            .map_err(std::io::Error::other)
            .and_then(|text| replace(&self.path, &text));
        if let Err(error) = written {
            eprintln!("{}: {error}", self.path.display());
        }
    }
}
