//! Where dumps may be left, and which appeared. A dump is told by its first bytes, never by its name.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::system;
use crate::files::content::{self, Content};

/// Where to look, and what cannot be looked at.
#[derive(Debug, Default)]
pub struct Places {
    folders: Vec<PathBuf>,
    unknown: Vec<String>,
}

impl Places {
    /// Of the system's settings, for these programs, and of the configuration.
    pub fn of_system(configured: &[PathBuf], programs: &[&str]) -> Self {
        let mut places = Self::default();
        for folder in configured {
            places.add(folder.clone());
        }
        system::add(&mut places, programs);
        places
    }

    /// One more folder.
    pub fn add(&mut self, folder: PathBuf) {
        if !self.folders.contains(&folder) {
            self.folders.push(folder);
        }
    }

    /// Something that cannot be looked at.
    pub fn unknown(&mut self, what: String) {
        self.unknown.push(what);
    }

    /// Where to look.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// What cannot be looked at.
    pub fn into_unknown(self) -> Vec<String> {
        self.unknown
    }
}

/// What lay in the folders, each file with its identity and time of change.
#[derive(Debug)]
pub struct Folders(BTreeMap<PathBuf, system::Version>);

impl Folders {
    /// Looks now. A folder that cannot be read is told as unknown by [`Self::dumps_since`].
    pub fn look(places: &Places) -> Self {
        let mut seen = BTreeMap::new();
        for folder in places.folders() {
            for path in files(folder).unwrap_or_default() {
                if let Ok(data) = fs::symlink_metadata(&path) {
                    seen.insert(path, system::version(&data));
                }
            }
        }
        Self(seen)
    }

    /// Dumps that are there now and were not, or were changed; each is removed.
    pub fn dumps_since(&self, places: &Places) -> Vec<String> {
        let now = Self::look(places);
        let fresh = now
            .0
            .iter()
            .filter(|(path, seen)| self.0.get(*path) != Some(seen));
        let dumps = fresh.filter(|(path, _)| content::of_file(path).is_ok_and(Content::is_dump));
        let told = dumps.map(|(path, _)| match fs::remove_file(path) {
            Ok(()) => path.display().to_string(),
            Err(error) => format!("{} (not removed: {error})", path.display()),
        });
        told.collect()
    }
}

/// Files of a folder and of its folders, not further: crash reporters keep one folder a crash.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            Ok(kind) if kind.is_dir() => {
                let inner = fs::read_dir(entry.path()).into_iter().flatten().flatten();
                let inner =
                    inner.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
                files.extend(inner.map(|entry| entry.path()));
            }
            _ => {}
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_core_is_told_and_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let mut places = Places::default();
        places.add(folder.path().to_owned());
        let core = [
            b"\x7fELF\x02\x01\x01".as_slice(),
            &[0; 9],
            &[4, 0],
            &[0; 40],
        ]
        .concat();
        fs::write(folder.path().join("old"), &core).unwrap();
        let before = Folders::look(&places);
        fs::write(folder.path().join("new"), &core).unwrap();
        fs::write(folder.path().join("core"), "a text").unwrap();
        assert_eq!(
            before.dumps_since(&places),
            [folder.path().join("new").display().to_string()]
        );
        assert!(!folder.path().join("new").exists());
        assert!(folder.path().join("old").exists() && folder.path().join("core").exists());
    }
}
