//! Linux: SIGABRT by pidfd; where core_pattern, systemd, apport and ABRT put cores.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::fd::OwnedFd;
use rustix::process::{Signal, pidfd_send_signal};

use super::PATIENCE;
use super::folders::Places;
use crate::dumps::PATTERN;
pub use crate::files::{Version, version};
use crate::processes::Running;
use crate::waiting;

/// Folders of systemd-coredump, apport and ABRT.
const USUAL: [&str; 3] = ["/var/lib/systemd/coredump", "/var/crash", "/var/spool/abrt"];

/// Adds where the system puts cores.
pub fn add(places: &mut Places, _programs: &[&str]) {
    for folder in USUAL.map(PathBuf::from) {
        // One that cannot be looked at is looked for all the same, and told as unknown.
        if folder.try_exists().unwrap_or(true) {
            places.add(folder);
        }
    }
    match fs::read_to_string(PATTERN) {
        Ok(pattern) => by_pattern(places, pattern.trim()),
        Err(error) => places.unknown(format!("{PATTERN}: {error}")),
    }
}

fn by_pattern(places: &mut Places, pattern: &str) {
    if let Some(program) = pattern.strip_prefix('|') {
        let program = program.split_ascii_whitespace().next().unwrap_or_default();
        places.unknown(format!(
            "cores go to the program {program}: what it does with them outside {} is not seen",
            USUAL.join(", ")
        ));
    } else if let Some(folder) = Path::new(pattern)
        .parent()
        .filter(|_| pattern.starts_with('/'))
    {
        if folder.to_string_lossy().contains('%') {
            places.unknown(format!(
                "the folder of core_pattern {pattern} differs from crash to crash"
            ));
        } else {
            places.add(folder.to_owned());
        }
    }
}

/// Makes a process crash and waits for its end; says how it ended.
///
/// # Errors
/// In words.
pub fn crashed(process: &Running) -> Result<String, String> {
    let handle = handle(process)?;
    pidfd_send_signal(&handle, Signal::ABORT).map_err(|error| error.to_string())?;
    match waiting::handle_ended(&handle, PATIENCE) {
        // Only its parent learns what it ended with.
        Ok(true) => Ok(format!("process {} ended after signal 6", process.pid())),
        Ok(false) => Err(format!(
            "still there {} s after signal 6: it catches the signal; end it by hand",
            PATIENCE.as_secs()
        )),
        Err(error) => Err(error.to_string()),
    }
}

/// A handle that is surely of the process that was looked at.
fn handle(process: &Running) -> Result<OwnedFd, String> {
    let handle = waiting::handle(process.pid()).map_err(|error| error.to_string())?;
    process.identity.check().map_err(|why| why.to_string())?;
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(pattern: &str) -> (Vec<PathBuf>, Vec<String>) {
        let mut places = Places::default();
        by_pattern(&mut places, pattern);
        (places.folders().to_owned(), places.into_unknown())
    }

    #[test]
    fn the_pattern_names_a_folder_or_a_program() {
        assert_eq!(places("core"), (vec![], vec![]));
        assert_eq!(
            places("/var/cores/core.%p").0,
            [PathBuf::from("/var/cores")]
        );
        let pipe = places("|/usr/lib/systemd/systemd-coredump %P %u").1;
        assert!(pipe[0].contains("systemd-coredump:"), "{pipe:?}");
        assert_eq!(places("/cores/%e/core").1.len(), 1);
    }
}
