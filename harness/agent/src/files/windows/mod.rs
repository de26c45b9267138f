//! Files of Windows: opening, what tells a file's version, alternate streams.

mod changes;
mod watch;

use std::fs::{File, Metadata};
use std::io;
use std::os::windows::fs::MetadataExt;
use std::path::{Path, PathBuf};

pub use shinsa_residue::sources::streams;
pub use watch::Watch;

use crate::processes::Running;
use shinsa_wire::v1;

/// The system tells no default: every process has one of these.
pub const TEMPORARY: Option<&str> = None;
/// Names in the environment; the first that is there counts.
pub const TOLD_BY: [&str; 2] = ["TMP", "TEMP"];

/// What processes have open outside the watched folders: not looked at on Windows.
#[derive(Debug)]
pub struct Opened;

impl Opened {
    /// Nothing.
    pub fn mark(_running: &[(String, Running)], _watched: &[PathBuf]) -> Self {
        Self
    }

    /// The same.
    #[allow(clippy::unused_self, reason = "Linux compares with what was open")]
    pub fn since(
        &self,
        _running: &[(String, Running)],
        _watched: &[PathBuf],
        _reply: &mut v1::ChangedFilesReply,
    ) {
    }
}

/// When it was last written and when it was made, in 100 ns since 1601. The number of a file would need every one opened; another file
/// under the same name was made at another time (but within 15 s of the first one's end, when Windows gives it the first one's).
pub type Version = (u64, u64);

/// Of these metadata.
pub fn version(data: &Metadata) -> Version {
    (data.last_write_time(), data.creation_time())
}

/// Windows has no file systems of the kernel's answers among its folders.
pub fn device(_data: &Metadata) -> u64 {
    0
}

/// The same.
pub fn is_pseudo(_folder: &Path) -> bool {
    false
}

/// Opens a regular file, or a stream of a file or folder, for reading; whoever has it open goes on writing, renaming, deleting.
///
/// # Errors
/// It cannot be read, or is a folder or link.
pub fn open(path: &Path) -> io::Result<File> {
    // Links are told by their name; opening them as such would give packed files packed.
    if path.symlink_metadata()?.is_symlink() {
        return Err(io::Error::other("no regular file any more"));
    }
    File::open(path)
}
