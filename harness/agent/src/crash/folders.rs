//! Where dumps may be left, and which appeared. A dump is told by its first bytes, never by its name.

use std::collections::BTreeMap;
use std::fs;
use std::io;
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

/// What could not be looked at, and why.
type Unread = BTreeMap<PathBuf, String>;

/// What lay in the folders, each file with its identity and time of change.
#[derive(Debug, Default)]
pub struct Folders {
    seen: BTreeMap<PathBuf, system::Version>,
    unread: Unread,
}

impl Folders {
    /// Looks now. What cannot be read is told as unknown by [`Self::dumps_since`].
    pub fn look(places: &Places) -> Self {
        let mut folders = Self::default();
        for folder in places.folders() {
            folders.list(folder, true);
        }
        folders
    }

    /// Dumps that are there now and were not, or were changed; each is removed. What could not be looked at before or now is added to
    /// the unknown: where something is, no dump found does not say that there is none.
    pub fn dumps_since(self, places: &mut Places) -> Vec<String> {
        let Self { seen, mut unread } = Self::look(places);
        let fresh = seen.iter().filter(|(path, version)| {
            // Of what could not be read before, nobody knows what is new, and old dumps are not ours to remove.
            let closed = path.ancestors().any(|part| self.unread.contains_key(part));
            !closed && self.seen.get(*path) != Some(version)
        });
        let mut told = Vec::new();
        for (path, _) in fresh {
            if !is_dump(path, &mut unread) {
                continue;
            }
            told.push(match fs::remove_file(path) {
                Ok(()) => path.display().to_string(),
                Err(error) => format!("{} (not removed: {error})", path.display()),
            });
        }
        unread.extend(self.unread);
        for (path, why) in unread {
            places.unknown(format!("{}: {why}", path.display()));
        }
        told
    }

    /// Files of a folder and of its folders, not further: crash reporters keep one folder a crash.
    fn list(&mut self, folder: &Path, deeper: bool) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return missed(&mut self.unread, folder, &error),
        };
        for entry in entries {
            let path = match entry {
                Ok(entry) => entry.path(),
                // The rest of a listing that broke off is unknown, too.
                Err(error) => return missed(&mut self.unread, folder, &error),
            };
            match fs::symlink_metadata(&path) {
                Ok(data) if data.is_file() => {
                    self.seen.insert(path, system::version(&data));
                }
                Ok(data) if data.is_dir() && deeper => self.list(&path, false),
                Ok(_) => {}
                Err(error) => missed(&mut self.unread, &path, &error),
            }
        }
    }
}

/// By its first bytes; what cannot be read may be one.
fn is_dump(path: &Path, unread: &mut Unread) -> bool {
    content::of_file(path)
        .inspect_err(|error| missed(unread, path, error))
        .is_ok_and(Content::is_dump)
}

/// What is not there, or not any more, holds nothing.
fn missed(unread: &mut Unread, path: &Path, error: &io::Error) {
    if error.kind() != io::ErrorKind::NotFound {
        unread.insert(path.to_owned(), error.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ELF core's beginning.
    fn dump() -> Vec<u8> {
        let parts = [
            b"\x7fELF\x02\x01\x01".as_slice(),
            &[0; 9],
            &[4, 0],
            &[0; 40],
        ];
        parts.concat()
    }

    fn places(folder: &Path) -> Places {
        let mut places = Places::default();
        places.add(folder.to_owned());
        places
    }

    #[test]
    fn a_new_core_is_told_and_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let mut places = places(folder.path());
        fs::write(folder.path().join("old"), dump()).unwrap();
        let before = Folders::look(&places);
        fs::write(folder.path().join("new"), dump()).unwrap();
        fs::write(folder.path().join("core"), "a text").unwrap();
        assert_eq!(
            before.dumps_since(&mut places),
            [folder.path().join("new").display().to_string()]
        );
        assert!(!folder.path().join("new").exists());
        assert!(folder.path().join("old").exists() && folder.path().join("core").exists());
        assert_eq!(places.into_unknown(), [""; 0]);
    }

    /// Rights stop no superuser, who may run this: a folder below a file is one that nobody can read. (Windows says that it is not there.)
    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_cannot_be_read_is_unknown_and_one_that_is_not_there_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let mut places = places(&file.join("below"));
        places.add(folder.path().join("nowhere"));
        assert_eq!(Folders::look(&places).dumps_since(&mut places), [""; 0]);
        let unknown = places.into_unknown();
        assert!(
            unknown.len() == 1 && unknown[0].contains("file/below: "),
            "{unknown:?}"
        );
    }

    /// What was closed before and is open now: nothing is known to be new, and what lies there is kept.
    #[cfg(target_os = "linux")]
    #[test]
    fn old_dumps_of_a_folder_that_opens_are_neither_told_nor_removed() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("file/inner");
        fs::write(folder.path().join("file"), "").unwrap();
        let mut places = places(&inner);
        let before = Folders::look(&places);
        fs::remove_file(folder.path().join("file")).unwrap();
        fs::create_dir_all(&inner).unwrap();
        fs::write(inner.join("old"), dump()).unwrap();
        assert_eq!(before.dumps_since(&mut places), [""; 0]);
        assert!(inner.join("old").exists());
        assert_eq!(places.into_unknown().len(), 1);
    }

    /// Paths too long for the system are closed to the superuser, too: the folder is listed, what is in it cannot be reached.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_and_an_inner_folder_that_cannot_be_read_are_unknown() {
        use rustix::fs::{Mode, OFlags, mkdirat, open, openat};

        let folder = tempfile::tempdir().unwrap();
        let mut path = folder.path().to_owned();
        let mut inside = open(&path, OFlags::PATH, Mode::empty()).unwrap();
        let name = "d".repeat(200);
        while path.as_os_str().len() + name.len() < 4_095 {
            mkdirat(&inside, &name, Mode::RWXU).unwrap();
            inside = openat(&inside, &name, OFlags::PATH, Mode::empty()).unwrap();
            path.push(&name);
        }
        let mut places = places(&path);
        let before = Folders::look(&places);
        let making = OFlags::CREATE | OFlags::WRONLY;
        for file in ["a".repeat(200), "b".repeat(200)] {
            openat(&inside, &file, making, Mode::RUSR).unwrap();
        }
        mkdirat(&inside, &name, Mode::RWXU).unwrap();
        assert_eq!(before.dumps_since(&mut places), [""; 0]);
        assert_eq!(places.into_unknown().len(), 3);
    }

    /// A link in the place of a listed file is not followed, by nobody: as unreadable as a file closed to us.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_new_file_that_cannot_be_read_may_be_a_dump() {
        let folder = tempfile::tempdir().unwrap();
        let (link, gone) = (folder.path().join("link"), folder.path().join("gone"));
        std::os::unix::fs::symlink(folder.path().join("core"), &link).unwrap();
        fs::write(folder.path().join("core"), dump()).unwrap();
        let mut unread = Unread::new();
        assert!(is_dump(&folder.path().join("core"), &mut unread));
        assert!(!is_dump(&gone, &mut unread) && unread.is_empty());
        assert!(!is_dump(&link, &mut unread) && unread.contains_key(&link));
    }
}
