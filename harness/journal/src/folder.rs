//! A run's folder: where plan, journal and what is derived from them lie.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A folder of one run.
#[derive(Debug, Clone)]
pub struct RunFolder(PathBuf);

impl RunFolder {
    /// Makes a new folder; `AlreadyExists` when a run lies there.
    pub fn create(path: &Path) -> io::Result<Self> {
        let folder = Self(path.into());
        if folder.journal().exists() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!(
                    "{} holds a run already: choose another --out, or `shinsa resume` it",
                    path.display()
                ),
            ));
        }
        fs::create_dir_all(path.join("artefacts"))?;
        Ok(folder)
    }

    /// A folder that holds a run; `NotFound` otherwise.
    pub fn open(path: &Path) -> io::Result<Self> {
        let folder = Self(path.into());
        if folder.journal().exists() {
            return Ok(folder);
        }
        Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("{} holds no run: no journal.jsonl there", path.display()),
        ))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Run id: the folder's name.
    pub fn id(&self) -> String {
        self.0
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// `journal.jsonl`.
    pub fn journal(&self) -> PathBuf {
        self.0.join("journal.jsonl")
    }

    /// `plan.json`.
    pub fn plan(&self) -> PathBuf {
        self.0.join("plan.json")
    }

    /// `verdicts.json`.
    pub fn verdicts(&self) -> PathBuf {
        self.0.join("verdicts.json")
    }

    /// Writes a file of the folder at once: after a crash it is the old one or the new one.
    pub fn write_whole(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        fs::File::open(&self.0)?.sync_all()
    }
}
