//! The agent's configuration: one strict YAML file, written by the lab, read once at the start.
//!
//! Everything the agent may ever touch is named here. Unknown keys, doubled names and empty values are refused with their line.
//! Called by `serve`. Must not look whether a target is there: that is told at each request, for a target may come later.

mod entrance;
mod lines;
mod target;

use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use entrance::{Declared, Port};
use lines::Lines;
pub use target::{Machine, SEEDED, Target, What};

/// The configuration, checked.
#[derive(Debug)]
pub struct Config {
    /// Address, as `shinsa_wire::address::Address` reads it.
    pub listen: String,
    /// Needed for `https://`, refused elsewhere.
    pub tls: Option<Tls>,
    /// What may be searched, frozen, crashed. Names are unique.
    pub targets: Vec<Target>,
    /// Folders where dumps are looked for, besides those that the system names.
    pub dump_folders: Vec<PathBuf>,
    /// What the vendor documents.
    pub entrances: Entrances,
}

/// Ways in that the vendor's documents name, and how far to look for others.
#[derive(Debug)]
pub struct Entrances {
    /// Documented ways in.
    pub declared: Vec<Declared>,
    /// Report only what processes of targets hold: the declaration that the rest of the machine is not the DUT's. Else everything on it.
    pub only_targets: bool,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    format: u32,
    listen: String,
    tls: Option<Tls>,
    targets: Vec<target::Raw>,
    #[serde(default)]
    dump_folders: Vec<PathBuf>,
    #[serde(default)]
    entrances: RawEntrances,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntrances {
    #[serde(default)]
    declared: Vec<String>,
    #[serde(default)]
    only_targets: bool,
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
    /// The file says something else than a configuration.
    #[error("{path}: {mistake}")]
    Mistake {
        /// The file.
        path: String,
        /// What and where.
        mistake: Mistake,
    },
}

/// What is wrong in a configuration, and in which line.
#[derive(Debug, thiserror::Error)]
pub enum Mistake {
    /// Not YAML, or not of the form; the message has line and column.
    #[error("{0}")]
    Form(#[from] serde_yaml::Error),
    /// A value that cannot be.
    #[error("line {line}: {why}")]
    Value {
        /// Line, from 1.
        line: usize,
        /// What was expected.
        why: String,
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
        Self::parse(&text, base).map_err(|mistake| ConfigError::Mistake {
            path: path.display().to_string(),
            mistake,
        })
    }

    /// Reads text; relative paths are taken below `base`.
    ///
    /// # Errors
    /// The first mistake, with its line.
    pub fn parse(text: &str, base: &Path) -> Result<Self, Mistake> {
        let raw: Raw = serde_yaml::from_str(text)?;
        let lines = Lines::of(text);
        let wrong = |path: &str, why: String| Mistake::Value {
            line: lines.line(path),
            why,
        };
        if raw.format != 1 {
            let why = format!(
                "format {}: expected 1; use the agent that belongs to the file",
                raw.format
            );
            return Err(wrong("format", why));
        }
        let mut targets: Vec<Target> = Vec::new();
        for (place, target) in raw.targets.into_iter().enumerate() {
            let at = |why| wrong(&format!("targets[{place}]"), why);
            let target = target.check(base).map_err(at)?;
            if targets.iter().any(|other| other.name == target.name) {
                let name = &target.name;
                return Err(at(format!(
                    "two targets are named {name:?}: rename one, findings are told by name"
                )));
            }
            targets.push(target);
        }
        let mut declared = Vec::new();
        for (place, text) in raw.entrances.declared.into_iter().enumerate() {
            let at = |why| wrong(&format!("entrances.declared[{place}]"), why);
            declared.push(Declared::parse(&text).map_err(at)?);
        }
        Ok(Self {
            listen: raw.listen,
            tls: raw.tls.map(|tls| Tls {
                certificate: base.join(tls.certificate),
                key: base.join(tls.key),
                clients: base.join(tls.clients),
            }),
            targets,
            dump_folders: raw
                .dump_folders
                .iter()
                .map(|folder| base.join(folder))
                .collect(),
            entrances: Entrances {
                declared,
                only_targets: raw.entrances.only_targets,
            },
        })
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

    /// Ours and the YAML reader's messages name a line in different ways.
    fn at_line(message: &str, line: usize) -> bool {
        message.contains(&format!("line {line} ")) || message.contains(&format!("line {line}:"))
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_written_is_read_or_refused(text in "(format|listen|targets|: |- |\\[|\\{|\\}|\\]|,|\n|  |[a-z0-9&*!|>'\"]){0,60}") {
            let _ = Config::parse(&text, Path::new("/"));
            let _ = Declared::parse(&text);
            Lines::of(&text).line(&text);
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
            ("format: 1", "format: 2", 1, "expected 1"),
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
            assert!(at_line(&message, line), "{to}: {message}");
        }
        let entrance = refused(|good| format!("{good}entrances:\n  declared: [ \"tpc:1\" ]\n"));
        assert!(
            at_line(&entrance, 7) && entrance.contains("tcp:"),
            "{entrance}"
        );
    }
}
