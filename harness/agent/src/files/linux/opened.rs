//! Files outside the watched folders that processes of targets have open or mapped: those open for writing, those below the system's
//! temporary folders, and, wherever they lie, those without a name any more and memory files.
//!
//! Only what is open at the moment of asking is seen, and of each file only the first bytes: through the process's own descriptor, so
//! that no name is needed. Holds names, times and hashes.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use procfs::ProcError;
use procfs::process::{FDPermissions, FDTarget, MMPermissions, MMapPath};
use rustix::fs::{Mode, OFlags};
use rustix::time::{ClockId, clock_gettime};
use shinsa_wire::v1;
use twox_hash::XxHash3_64;

use crate::files::content::{self, Content};
use crate::processes::Running;

/// Folders for what is not to last.
const TEMPORARY: [&str; 3] = ["/tmp", "/var/tmp", "/dev/shm"];
/// Behind the names of files that have none any more.
const UNLINKED: &str = " (deleted)";
/// Before the names of memory files.
const MEMORY: &str = "/memfd:";

/// Numbers of file system and file.
type Id = (u64, u64);

/// What was open at a mark.
#[derive(Debug)]
pub struct Opened {
    /// By the clock that the file systems use.
    at: (i64, i64),
    /// Hashes of first bytes.
    starts: HashMap<Id, u64>,
}

/// An open file.
struct Found {
    target: String,
    /// As the kernel names it.
    name: String,
    id: Id,
    bytes: u64,
    /// When anything of it was last changed.
    changed: (i64, i64),
    start: u64,
    content: Content,
}

/// A way to a file that may be of interest.
struct Way {
    name: String,
    is_writable: bool,
    path: PathBuf,
}

impl Opened {
    /// What is open now.
    pub fn mark(running: &[(String, Running)], watched: &[PathBuf]) -> Self {
        // First the time: what is written between the two counts as written since.
        let now = clock_gettime(ClockId::RealtimeCoarse);
        let (found, _) = all(running, watched);
        Self {
            at: (now.tv_sec, now.tv_nsec),
            starts: found.iter().map(|one| (one.id, one.start)).collect(),
        }
    }

    /// Tells what is open now and was written since.
    pub fn since(
        &self,
        running: &[(String, Running)],
        watched: &[PathBuf],
        reply: &mut v1::ChangedFilesReply,
    ) {
        let (found, missed) = all(running, watched);
        reply.not_searched.extend(missed);
        for one in found.iter().filter(|one| self.is_written(one)) {
            if one.is_closed() && !one.is_unlinked() {
                let why = "open outside the watched folders: only its first bytes were looked at";
                let name = &one.name;
                reply
                    .not_searched
                    .push(not_searched(&one.target, name, why));
            }
            let known = self.starts.contains_key(&one.id);
            reply.files.push(one.told(known));
        }
    }

    fn is_written(&self, one: &Found) -> bool {
        // Writing to mapped memory files changes no time.
        let by_start = match self.starts.get(&one.id) {
            Some(start) => *start != one.start,
            None => one.is_memory(),
        };
        one.changed >= self.at || by_start
    }
}

impl Found {
    fn is_memory(&self) -> bool {
        self.name.starts_with(MEMORY) || self.name.starts_with("/dev/shm/")
    }

    fn is_unlinked(&self) -> bool {
        self.name.ends_with(UNLINKED)
    }

    /// Whether only what is inside would tell whether it is a picture.
    fn is_closed(&self) -> bool {
        use Content::{Binary, Core, Gzip, Sqlite, Zip};
        matches!(self.content, Gzip | Zip | Sqlite | Core | Binary)
    }

    fn told(&self, known: bool) -> v1::ChangedFile {
        let change = match self.is_unlinked() && !self.name.starts_with(MEMORY) {
            true => "came-and-went",
            false if known => "changed",
            false => "new",
        };
        v1::ChangedFile {
            target: self.target.clone(),
            path: self.name.trim_end_matches(UNLINKED).to_owned(),
            change: change.into(),
            bytes: self.bytes,
            content: self.content.name().into(),
        }
    }
}

/// What is open now, each file once, and what could not be looked at.
fn all(running: &[(String, Running)], watched: &[PathBuf]) -> (Vec<Found>, Vec<v1::NotSearched>) {
    let (mut found, mut missed) = (Vec::new(), Vec::new());
    let mut known = HashSet::new();
    for (target, process) in running {
        let (ways, errors) = ways(process);
        for error in errors {
            missed.push(not_searched(target, &process.name, &error));
        }
        for way in ways.iter().filter(|way| way.is_wanted(watched)) {
            match way.look(target) {
                Ok(Some(one)) if known.insert(one.id) => found.push(one),
                Ok(_) => {}
                // Closed meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    let why = format!("open in process {}: {error}", process.pid());
                    missed.push(not_searched(target, &way.name, &why));
                }
            }
        }
    }
    (found, missed)
}

fn ways(process: &Running) -> (Vec<Way>, Vec<String>) {
    let (mut ways, mut errors) = (Vec::new(), Vec::new());
    let folder = PathBuf::from(format!("/proc/{}", process.pid()));
    match process.proc.fd() {
        Ok(open) => {
            for one in open.flatten() {
                let name = match &one.target {
                    FDTarget::Path(path) => path.display().to_string(),
                    FDTarget::MemFD(name) => format!("{MEMORY}{name}"),
                    _ => continue,
                };
                ways.push(Way {
                    name,
                    is_writable: one.mode().contains(FDPermissions::WRITE),
                    path: folder.join(format!("fd/{}", one.fd)),
                });
            }
        }
        Err(error) => errors.extend(unless_gone("open files", &error)),
    }
    match process.proc.maps() {
        Ok(maps) => {
            for map in maps {
                let MMapPath::Path(path) = map.pathname else {
                    continue;
                };
                // Memory under names that the kernel makes up is searched as memory.
                if path.parent() == Some(Path::new("/")) || path.starts_with("/dev/zero (deleted)")
                {
                    continue;
                }
                let shared = MMPermissions::SHARED | MMPermissions::WRITE;
                let name = path.display().to_string();
                let (from, to) = map.address;
                let by_address = folder.join(format!("map_files/{from:x}-{to:x}"));
                ways.push(Way {
                    is_writable: map.perms.contains(shared),
                    path: if name.ends_with(UNLINKED) {
                        by_address
                    } else {
                        path
                    },
                    name,
                });
            }
        }
        Err(error) => errors.extend(unless_gone("mapped files", &error)),
    }
    (ways, errors)
}

/// A process that has ended has nothing open.
fn unless_gone(what: &str, error: &ProcError) -> Option<String> {
    let gone = matches!(error, ProcError::NotFound(_));
    (!gone).then(|| format!("{what}: {error}"))
}

impl Way {
    fn is_wanted(&self, watched: &[PathBuf]) -> bool {
        let path = Path::new(&self.name);
        let is_below = |folder: &Path| path.starts_with(folder);
        let is_watched = watched.iter().any(|folder| is_below(folder));
        let is_temporary = TEMPORARY.iter().any(|folder| is_below(Path::new(folder)));
        (self.is_writable || is_temporary) && (!is_watched || self.name.ends_with(UNLINKED))
    }

    /// None for what is no regular file.
    fn look(&self, target: &str) -> io::Result<Option<Found>> {
        // A device is not even opened.
        let data = fs::metadata(&self.path)?;
        if !data.is_file() {
            return Ok(None);
        }
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::open(&self.path, flags, Mode::empty())?);
        let start = content::start(&file)?;
        Ok(Some(Found {
            target: target.into(),
            name: self.name.clone(),
            id: (data.dev(), data.ino()),
            bytes: data.len(),
            changed: (data.ctime(), data.ctime_nsec()),
            start: XxHash3_64::oneshot(&start),
            content: Content::of(&start),
        }))
    }
}

fn not_searched(target: &str, place: &str, why: &str) -> v1::NotSearched {
    v1::NotSearched {
        target: target.into(),
        place: place.trim_end_matches(UNLINKED).into(),
        why: why.into(),
        ..Default::default()
    }
}
