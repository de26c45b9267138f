//! Every file of a tree with what tells whether it was written: length, time, number and a hash of its bytes.
//!
//! Holds names and hashes, no contents. What cannot be read is in the list with its reason.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::hash::Hasher;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use twox_hash::XxHash3_64;
use zeroize::Zeroizing;

use super::system;

/// Bytes read at once.
const CHUNK: usize = 1 << 18;

/// A tree at one moment; not an instant, for it takes time to read.
#[derive(Debug, Default)]
pub struct Listing {
    /// By path below the root; a root that is a file is listed under its own name.
    pub entries: BTreeMap<PathBuf, Entry>,
    /// What could not be read, and why.
    pub missed: Vec<(PathBuf, String)>,
}

/// One file. Two that are equal hold the same bytes and were not written in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Its length.
    pub bytes: u64,
    /// When it was last written, and its number in the file system: another one under the same name is another file.
    version: system::Version,
    /// Of its bytes, or of where a link leads; none where it could not be read.
    hash: Option<u64>,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A link; never followed.
    Link,
    /// A device, socket or FIFO; never opened.
    Special,
}

impl Listing {
    /// Lists `root`, a folder or a file.
    pub fn of(root: &Path) -> Self {
        let mut listing = Self::default();
        match fs::metadata(root) {
            Ok(data) if data.is_dir() => listing.tree(root, system::device(&data)),
            Ok(data) => listing.add(
                root,
                PathBuf::from(root.file_name().unwrap_or_default()),
                &data,
            ),
            Err(error) => listing.missed.push((PathBuf::new(), error.to_string())),
        }
        listing
    }

    fn tree(&mut self, root: &Path, device: u64) {
        let mut folders = vec![(PathBuf::new(), device)];
        while let Some((folder, device)) = folders.pop() {
            self.streams(&root.join(&folder), &folder);
            let entries = match fs::read_dir(root.join(&folder)) {
                Ok(entries) => entries,
                Err(error) => {
                    self.missed.push((folder, error.to_string()));
                    continue;
                }
            };
            for entry in entries {
                match entry
                    .and_then(|entry| Ok((folder.join(entry.file_name()), entry.metadata()?)))
                {
                    Ok((below, data)) if data.is_dir() => {
                        let own = system::device(&data);
                        if own != device && system::is_pseudo(&root.join(&below)) {
                            self.missed.push((below, "pseudo file system".into()));
                        } else {
                            folders.push((below, own));
                        }
                    }
                    Ok((below, data)) => self.add(&root.join(&below), below, &data),
                    // Gone between listing and looking: it is not there.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => self.missed.push((folder.clone(), error.to_string())),
                }
            }
        }
    }

    fn add(&mut self, path: &Path, below: PathBuf, data: &Metadata) {
        let (kind, hash) = match data.file_type() {
            kind if kind.is_file() => {
                self.streams(path, &below);
                (Kind::File, hash(path))
            }
            kind if kind.is_symlink() => {
                let to = fs::read_link(path);
                let hash = |to: PathBuf| XxHash3_64::oneshot(to.as_os_str().as_encoded_bytes());
                (Kind::Link, to.map(hash))
            }
            _ => (Kind::Special, Ok(0)),
        };
        let hash = match hash {
            Ok(hash) => Some(hash),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => {
                self.missed.push((below.clone(), error.to_string()));
                None
            }
        };
        let entry = Entry {
            kind,
            bytes: data.len(),
            version: system::version(data),
            hash,
        };
        self.entries.insert(below, entry);
    }

    /// What hangs on a file or folder under a second name, each as a file of its own.
    fn streams(&mut self, path: &Path, below: &Path) {
        match system::streams(path) {
            Ok(names) => {
                for name in names {
                    let (path, below) = (named(path, &name), named(below, &name));
                    match fs::metadata(&path) {
                        Ok(data) => self.stream(&path, below, &data),
                        Err(error) => self.missed.push((below, error.to_string())),
                    }
                }
            }
            Err(error) => self
                .missed
                .push((below.to_owned(), format!("its streams: {error}"))),
        }
    }

    fn stream(&mut self, path: &Path, below: PathBuf, data: &Metadata) {
        let hash = hash(path)
            .map_err(|error| self.missed.push((below.clone(), error.to_string())))
            .ok();
        let entry = Entry {
            kind: Kind::File,
            bytes: data.len(),
            version: system::version(data),
            hash,
        };
        self.entries.insert(below, entry);
    }
}

/// The name of a stream of `path`.
fn named(path: &Path, stream: &str) -> PathBuf {
    let mut named = path.as_os_str().to_owned();
    named.push(":");
    named.push(stream);
    named.into()
}

/// Where an entry of a listing lies.
pub fn full(root: &Path, below: &Path) -> PathBuf {
    if root.is_dir() {
        root.join(below)
    } else {
        root.to_owned()
    }
}

fn hash(path: &Path) -> io::Result<u64> {
    let mut file = system::open(path)?;
    let mut buffer = Zeroizing::new(vec![0; CHUNK]);
    let mut hash = XxHash3_64::with_seed(0);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finish()),
            read => hash.write(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn links_fifos_and_loops_are_listed_and_not_followed() {
        use rustix::fs::Mode;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("a")).unwrap();
        fs::write(path("a/file"), "x").unwrap();
        std::os::unix::fs::symlink("..", path("a/loop")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", path("zeros")).unwrap();
        let fifo = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, path("fifo"), fifo, Mode::RUSR, 0).unwrap();
        let listing = Listing::of(folder.path());
        let kinds: Vec<_> = listing
            .entries
            .iter()
            .map(|(path, entry)| (path.to_str().unwrap(), entry.kind))
            .collect();
        assert_eq!(
            kinds,
            [
                ("a/file", Kind::File),
                ("a/loop", Kind::Link),
                ("fifo", Kind::Special),
                ("zeros", Kind::Link)
            ]
        );
        assert!(listing.missed.is_empty());
    }

    #[test]
    fn the_same_length_and_time_with_other_bytes_is_another_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "one").unwrap();
        let written = fs::metadata(&path).unwrap().modified().unwrap();
        let before = Listing::of(folder.path());
        fs::write(&path, "two").unwrap();
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(written)
            .unwrap();
        assert_ne!(before.entries, Listing::of(folder.path()).entries);
        fs::write(&path, "one").unwrap();
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(written)
            .unwrap();
        assert_eq!(before.entries, Listing::of(folder.path()).entries);
    }

    #[test]
    fn a_root_that_is_not_there_is_told() {
        let listing = Listing::of(Path::new("/nowhere/at/all"));
        assert_eq!(listing.missed.len(), 1);
    }
}
