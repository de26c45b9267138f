//! What the site can set (設定): limits of face authentication, keypad, modes, texts. Kept in `RUN/terminal/settings.json`;
//! changed by that file before a start, or by management while running.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::file::replace;

/// Default of each number, with its range.
const NUMBERS: [(&str, u64, u64, u64); 6] = [
    ("face.max_attempts", 3, 1, 10),
    ("face.time_limit_ms", 8_000, 1_000, 60_000),
    ("face.lockout_failures", 5, 1, 100),
    ("idle.time_limit_ms", 60_000, 2_000, 600_000),
    ("display.width", 800, 320, 3_840),
    ("display.height", 480, 240, 2_160),
];
const SWITCHES: [&str; 2] = ["keypad.shuffle", "mode.visual"];
/// Longest text of a screen, characters.
const LONGEST_TEXT: usize = 60;

/// Settings by name; what is not set has its default.
#[derive(Debug, Clone)]
pub struct Settings {
    path: PathBuf,
    values: BTreeMap<String, Value>,
}

impl Settings {
    /// Reads the file, where there is one.
    pub fn open(terminal: &Path) -> Result<Self> {
        let mut settings = Self {
            path: terminal.join("settings.json"),
            values: BTreeMap::new(),
        };
        let Ok(text) = std::fs::read(&settings.path) else {
            return Ok(settings);
        };
        let what = || settings.path.display().to_string();
        let values: Map<String, Value> = serde_json::from_slice(&text).with_context(what)?;
        for (key, value) in values {
            settings
                .accept(&key, value)
                .map_err(|why| anyhow::anyhow!("{}: {key}: {why}", settings.path.display()))?;
        }
        Ok(settings)
    }

    /// Changes one setting and writes the file. The reason of a refusal is for the manager's eyes.
    pub fn set(&mut self, key: &str, value: Value) -> Result<(), String> {
        self.accept(key, value)?;
        let text = serde_json::to_vec_pretty(&self.values).map_err(|error| error.to_string())?;
        replace(&self.path, &text).map_err(|error| error.to_string())
    }

    fn accept(&mut self, key: &str, value: Value) -> Result<(), String> {
        if let Some((_, _, low, high)) = NUMBERS.iter().find(|number| number.0 == key) {
            let fits = value.as_u64().is_some_and(|n| (low..=high).contains(&&n));
            if !fits {
                return Err(format!("expected a whole number from {low} to {high}"));
            }
        } else if SWITCHES.contains(&key) {
            if !value.is_boolean() {
                return Err("expected true or false".into());
            }
        } else if key.starts_with("texts.") {
            let fits = value
                .as_str()
                .is_some_and(|text| text.chars().count() <= LONGEST_TEXT);
            if !fits {
                return Err(format!(
                    "expected a text of at most {LONGEST_TEXT} characters"
                ));
            }
        } else {
            return Err("there is no such setting".into());
        }
        self.values.insert(key.into(), value);
        Ok(())
    }

    /// A number's value.
    pub fn number(&self, key: &str) -> u64 {
        let default = NUMBERS
            .iter()
            .find(|number| number.0 == key)
            .map_or(0, |number| number.1);
        self.values
            .get(key)
            .and_then(Value::as_u64)
            .unwrap_or(default)
    }

    /// A switch's state; off by default.
    pub fn is_on(&self, key: &str) -> bool {
        self.values
            .get(key)
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }

    /// A customised text; `None` where the default stands.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.values
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }

    /// Everything that differs from its default, and all numbers and switches.
    pub fn list(&self) -> Map<String, Value> {
        let mut list = Map::new();
        for (key, ..) in NUMBERS {
            list.insert(key.into(), self.number(key).into());
        }
        for key in SWITCHES {
            list.insert(key.into(), self.is_on(key).into());
        }
        for (key, value) in &self.values {
            list.insert(key.clone(), value.clone());
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_a_restart_and_refuse_nonsense() {
        let folder = std::env::temp_dir().join(format!("reader-settings-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut settings = Settings::open(&folder).unwrap();
        assert_eq!(settings.number("face.max_attempts"), 3);
        settings.set("face.max_attempts", 1.into()).unwrap();
        settings.set("texts.start.guidance", "受付".into()).unwrap();
        assert!(settings.set("face.max_attempts", 0.into()).is_err());
        assert!(settings.set("face.max_attemps", 1.into()).is_err());
        assert!(settings.set("keypad.shuffle", "yes".into()).is_err());
        let again = Settings::open(&folder).unwrap();
        assert_eq!(again.number("face.max_attempts"), 1);
        assert_eq!(again.text("texts.start.guidance"), Some("受付"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
