//! How a rig is opened, and the placeholders of its commands.

use std::path::{Path, PathBuf};
use std::time::Instant;

/// What the CLI knows and a rig file does not.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Folder of the rig file; relative paths of DUT profile and TLS files are below it.
    pub rig_folder: PathBuf,
    /// Folder of sockets and state (the rig file's `run_dir`, or `--rig-dir`).
    pub run_dir: PathBuf,
    /// Folder of the shinsa binary, for `${bin}`.
    pub bin: PathBuf,
    /// Answers of people for unattended runs.
    pub answers: Option<PathBuf>,
    /// Where half-done evaluations are kept over a resume; `None`: nowhere.
    pub scratch: Option<PathBuf>,
    /// Origin of the clock `harness`: the session's start.
    pub origin: Instant,
}

impl OpenOptions {
    /// Options with the running program's folder as `${bin}` and a clock that starts now.
    pub fn new(rig_folder: impl Into<PathBuf>, run_dir: impl Into<PathBuf>) -> Self {
        let bin = std::env::current_exe()
            .ok()
            .and_then(|exe| exe.parent().map(Path::to_owned))
            .unwrap_or_default();
        Self {
            rig_folder: rig_folder.into(),
            run_dir: run_dir.into(),
            bin,
            answers: None,
            scratch: None,
            origin: Instant::now(),
        }
    }

    /// Replaces `${run_dir}`, `${rig}` and `${bin}` in one argument; no shell, no other variables.
    pub fn fill(&self, argument: &str) -> String {
        [
            ("${run_dir}", &self.run_dir),
            ("${rig}", &self.rig_folder),
            ("${bin}", &self.bin),
        ]
        .into_iter()
        .fold(argument.to_owned(), |text, (name, path)| {
            text.replace(name, &path.to_string_lossy())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_replaced_and_nothing_else() {
        let mut options = OpenOptions::new("/lab/rig", "/run/rig");
        options.bin = "/opt".into();
        assert_eq!(
            options.fill("${bin}/x --dir=${run_dir}/a ${rig} $HOME ${other}"),
            "/opt/x --dir=/run/rig/a /lab/rig $HOME ${other}"
        );
    }
}
