//! Parameters of the face engine (精度設定) as an update file brings them, kept in `RUN/terminal/engine.json`. Installed and rolled
//! back by management; the flow asks for the threshold at each picture.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use virtual_reader::{Defect, Defects, planted};

use super::file::replace;

/// What came with the device.
const FACTORY: &str = "1.0.0";

/// An update file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    version: String,
    /// Score from which on two pictures show one person, −1 … 1.
    threshold: f32,
}

/// The engine's parameters in use.
#[derive(Debug)]
pub struct Engine {
    path: PathBuf,
    factory: Parameters,
    installed: Option<Parameters>,
    /// The defect `update-ignored`: files are taken and have no effect.
    ignored: bool,
}

impl Engine {
    /// The installed file where there is a sound one, else what came with the device.
    pub fn open(terminal: &Path, defects: &Defects) -> Self {
        let path = terminal.join("engine.json");
        let text = std::fs::read(&path).unwrap_or_default();
        Self {
            installed: serde_json::from_slice(&text).ok(),
            path,
            factory: Parameters {
                version: FACTORY.into(),
                threshold: planted::threshold(defects),
            },
            ignored: defects.has(Defect::UpdateIgnored),
        }
    }

    /// Version for the management's answer.
    pub fn version(&self) -> &str {
        &self.installed.as_ref().unwrap_or(&self.factory).version
    }

    /// Score from which on two pictures show one person.
    pub fn threshold(&self) -> f32 {
        match &self.installed {
            Some(installed) if !self.ignored => installed.threshold,
            _ => self.factory.threshold,
        }
    }

    /// Installs an update file; the reason of a refusal is for the manager's eyes.
    pub fn update(&mut self, content: &Value) -> Result<(), String> {
        let parameters: Parameters =
            Deserialize::deserialize(content).map_err(|error| error.to_string())?;
        if !(-1.0..=1.0).contains(&parameters.threshold) {
            return Err("expected a threshold from -1 to 1".into());
        }
        let text = serde_json::to_vec(&parameters).map_err(|error| error.to_string())?;
        replace(&self.path, &text).map_err(|error| error.to_string())?;
        self.installed = Some(parameters);
        Ok(())
    }

    /// Back to what came with the device.
    pub fn roll_back(&mut self) -> Result<(), String> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.to_string()),
            _ => {
                self.installed = None;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn updates_survive_a_restart_and_nonsense_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Engine::open(folder.path(), &Defects::default());
        let mut engine = open();
        let factory = engine.threshold();
        engine
            .update(&json!({ "version": "1.0.1", "threshold": 0.9 }))
            .unwrap();
        assert!((open().threshold() - 0.9).abs() < 1e-6);
        assert_eq!(open().version(), "1.0.1");
        for wrong in [
            json!({}),
            json!({ "version": "2", "threshold": 3.0 }),
            json!({ "version": "2", "threshold": 0.5, "more": 1 }),
        ] {
            assert!(engine.update(&wrong).is_err());
        }
        engine.roll_back().unwrap();
        engine.roll_back().unwrap();
        assert!((open().threshold() - factory).abs() < 1e-6);
    }
}
