//! Result files for the receipt computer (レセプトコンピュータ): one JSON file, UTF-8, for each confirmed insurance. The receipt
//! computer takes them away; what it never fetches is bounded.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::file::replace;
use super::logs::now;

/// At most so many files wait for the receipt computer; the oldest go first.
const WAITING: usize = 100;

/// The results' folder.
pub struct Results {
    folder: PathBuf,
    count: u64,
}

impl Results {
    /// In `RUN/terminal/result`.
    pub fn open(terminal: &Path) -> Result<Self> {
        let folder = terminal.join("result");
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self { folder, count: 0 })
    }

    /// Hands over a confirmed insurance.
    pub fn write(&mut self, method: &str, insurance: &Value, consents: &[String]) -> Result<()> {
        self.count += 1;
        let time = now();
        let name: String = time.chars().filter(char::is_ascii_digit).collect();
        let result =
            json!({ "time": time, "method": method, "insurance": insurance, "consents": consents });
        let path = self.folder.join(format!("{name}-{:06}.json", self.count));
        replace(&path, &serde_json::to_vec_pretty(&result)?)?;
        let mut waiting: Vec<PathBuf> = std::fs::read_dir(&self.folder)?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .collect();
        waiting.sort();
        for old in waiting.iter().rev().skip(WAITING) {
            std::fs::remove_file(old)?;
        }
        Ok(())
    }
}
