//! What a command line names to be searched: processes by number or name, paths. Reads nothing but `/proc`.

use std::path::PathBuf;
use std::time::Duration;

use shinsa_residue::sources::Source;
use shinsa_residue::sources::process::{Frozen, Identity};

use crate::exit::Stop;

/// How long a process may take to stand still.
const PATIENCE: Duration = Duration::from_secs(5);

/// A source, and what the user calls it.
pub struct Target {
    /// As it is shown.
    pub name: String,
    /// What is searched.
    pub source: Source,
}

impl Target {
    /// Of a path, where it really lies.
    pub fn root(&self) -> Option<PathBuf> {
        match &self.source {
            Source::Path(path) => path.canonicalize().ok(),
            Source::Process(_) => None,
        }
    }
}

/// All that are named; and the names that stand for nothing, which are then not searched.
///
/// # Errors
/// Bad usage: the scanner itself, which holds every secret.
pub fn all(processes: &[String], paths: &[PathBuf]) -> Result<(Vec<Target>, Vec<String>), Stop> {
    let mut targets = Vec::new();
    let mut missing = Vec::new();
    for name in processes {
        let numbers = match name.parse() {
            Ok(number) => vec![number],
            Err(_) => named(name),
        };
        if numbers == [std::process::id()] {
            return Err(Stop::usage(
                "error: the scanner holds what it looks for; it cannot search itself",
            ));
        }
        let before = targets.len();
        for number in numbers
            .into_iter()
            .filter(|number| *number != std::process::id())
        {
            if let Ok(identity) = Identity::of(number) {
                targets.push(Target {
                    name: format!("process {number}"),
                    source: Source::Process(identity),
                });
            }
        }
        if targets.len() == before {
            missing.push(format!("process {name}"));
        }
    }
    targets.extend(paths.iter().map(|path| Target {
        name: path.display().to_string(),
        source: Source::Path(path.clone()),
    }));
    Ok((targets, missing))
}

/// The processes with this name: as the kernel has it (15 bytes), or the file name of their program.
fn named(name: &str) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut found: Vec<u32> = numbers
        .filter(|number| {
            let short = std::fs::read_to_string(format!("/proc/{number}/comm"));
            let program = std::fs::read_link(format!("/proc/{number}/exe"));
            short.is_ok_and(|short| short.trim_end() == name)
                || program.is_ok_and(|path| path.file_name().is_some_and(|file| file == name))
        })
        .collect();
    found.sort_unstable();
    found
}

/// Stops a process if that is wanted; gives why it could not be.
pub fn hold(target: &Target, freeze: bool) -> (Option<Frozen>, Option<String>) {
    match &target.source {
        Source::Process(identity) if freeze => match Frozen::freeze(*identity, PATIENCE) {
            Ok(frozen) => (Some(frozen), None),
            Err(error) => (None, Some(error.to_string())),
        },
        _ => (None, None),
    }
}
