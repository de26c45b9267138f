//! The agent's configuration: one strict YAML file, written by the lab, read once at the start.
//!
//! Everything the agent may ever touch is named here. Unknown keys, doubled names and empty values are refused with their line.
//! Called by `serve`. Must not look whether a target is there: that is told at each request, for a target may come later.

mod entrance;
mod target;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::Error as _;

pub use entrance::Declared;
pub use target::{Machine, SEEDED, Target, What};

/// The file as a whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Version of the file's form; only 1 is known.
    #[serde(deserialize_with = "format_1")]
    #[expect(dead_code, reason = "checked while it is read")]
    format: u32,
    /// Address, as `shinsa_wire::address::Address` reads it.
    pub listen: String,
    /// Needed for `https://`, refused elsewhere.
    pub tls: Option<Tls>,
    /// What may be searched, frozen, crashed.
    #[serde(deserialize_with = "target::list")]
    pub targets: Vec<Target>,
    /// Folders where dumps are looked for, besides those that the system names.
    #[serde(default)]
    pub dump_folders: Vec<PathBuf>,
    /// What the vendor documents.
    #[serde(default)]
    pub entrances: Entrances,
}

/// PEM files of the agent's side of mutual TLS.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The agent's certificate.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// Certificates that a client's must chain to.
    pub clients: PathBuf,
}

/// Ways in that the vendor's documents name, and how far to look for others.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entrances {
    /// Documented ways in.
    #[serde(default)]
    pub declared: Vec<Declared>,
    /// Report only what processes of targets hold; else everything on the machine.
    #[serde(default)]
    pub only_targets: bool,
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("{path}: {source}: name a readable file after --config")]
    Io {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file says something else than a configuration; the message has line and column.
    #[error("{path}: {source}")]
    Yaml {
        /// The file.
        path: String,
        /// What and where.
        source: serde_yaml::Error,
    },
}

impl Config {
    /// Reads a file. Relative paths in it are taken below its folder.
    ///
    /// # Errors
    /// [`ConfigError`], with file and line.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Io {
            path: path.display().to_string(),
            source,
        })?;
        let base = path.parent().unwrap_or(Path::new("."));
        Self::parse(&text, base).map_err(|source| ConfigError::Yaml {
            path: path.display().to_string(),
            source,
        })
    }

    /// Reads text; relative paths are taken below `base`.
    ///
    /// # Errors
    /// What is wrong, with line and column.
    pub fn parse(text: &str, base: &Path) -> Result<Self, serde_yaml::Error> {
        let mut config: Self = serde_yaml::from_str(text)?;
        for target in &mut config.targets {
            if let What::Files(path) | What::Image(path) | What::Swap(path) = &mut target.what {
                *path = base.join(&*path);
            }
        }
        for folder in &mut config.dump_folders {
            *folder = base.join(&*folder);
        }
        if let Some(tls) = &mut config.tls {
            for file in [&mut tls.certificate, &mut tls.key, &mut tls.clients] {
                *file = base.join(&*file);
            }
        }
        Ok(config)
    }
}

fn format_1<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    match u32::deserialize(from)? {
        1 => Ok(1),
        other => Err(D::Error::custom(format!(
            "format {other}: this agent reads format 1; use the agent that belongs to the file"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"format: 1
listen: unix:agent.sock
targets:
  - { name: reader, machine: terminal, kind: process, program: reader, arguments: ["run"] }
  - { name: storage, machine: device, kind: files, path: device }
"#;

    fn refused(change: impl Fn(&str) -> String) -> String {
        match Config::parse(&change(GOOD), Path::new("/etc/shinsa")) {
            Ok(_) => "accepted".into(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn paths_are_taken_below_the_file() {
        let config = Config::parse(GOOD, Path::new("/etc/shinsa")).unwrap();
        assert_eq!(
            config.targets[1].what,
            What::Files("/etc/shinsa/device".into())
        );
        assert_eq!(config.targets[1].machine, Machine::Device);
        assert!(!config.entrances.only_targets);
    }

    #[test]
    fn mistakes_are_refused_with_their_line() {
        for (from, to, line, words) in [
            ("format: 1", "format: 2", 1, "reads format 1"),
            ("listen:", "lissten:", 2, "unknown field `lissten`"),
            (
                "kind: files",
                "kind: file",
                5,
                "expected process, files, image or swap",
            ),
            ("machine: device", "machine: phone", 5, "terminal"),
            ("name: storage", "name: reader", 5, "two targets are named"),
            ("name: storage", "name: seeded", 5, "is the agent's own"),
            ("name: storage", "name: \"\"", 5, "name is empty"),
            (", path: device", "", 5, "`path`"),
            (", program: reader", "", 4, "`program`"),
            ("program: reader", "program: reader, path: x", 4, "`path`"),
            (
                "program: reader",
                "program: /opt/reader",
                4,
                "without its folder",
            ),
        ] {
            let message = refused(|good| good.replace(from, to));
            assert!(message.contains(words), "{from} -> {to}: {message}");
            assert!(
                message.contains(&format!("line {line} ")),
                "{to}: {message}"
            );
        }
        let entrance = refused(|good| format!("{good}entrances:\n  declared: [ \"tpc:1\" ]\n"));
        assert!(
            entrance.contains("line 7 ") && entrance.contains("tcp:"),
            "{entrance}"
        );
    }
}
