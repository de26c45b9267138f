//! Files of Linux: opening without following, what tells a file's version, file systems that are none.

mod opened;
mod watch;

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

pub use opened::Opened;
pub use watch::Watch;

/// File systems made of the kernel's answers (`statfs` types): proc, sys, cgroup, debug, trace, bpf.
const PSEUDO: [u64; 7] = [
    0x9FA0,
    0x6265_6572,
    0x27_E0EB,
    0x6367_7270,
    0x6462_6720,
    0x7472_6163,
    0xCAFE_4A11,
];

/// Where programs put what is temporary, when they are not told otherwise.
pub const TEMPORARY: Option<&str> = Some("/tmp");
/// Names in the environment that tell them; the first that is there counts.
pub const TOLD_BY: [&str; 1] = ["TMPDIR"];

/// Seconds and nanoseconds of the last writing; the file's number.
pub type Version = (i64, i64, u64);

/// Of these metadata.
pub fn version(data: &Metadata) -> Version {
    (data.mtime(), data.mtime_nsec(), data.ino())
}

/// Number of the file system.
pub fn device(data: &Metadata) -> u64 {
    data.dev()
}

/// Whether a folder is made of the kernel's answers.
pub fn is_pseudo(folder: &Path) -> bool {
    rustix::fs::statfs(folder).is_ok_and(|system| PSEUDO.contains(&(system.f_type as u64)))
}

/// Linux has no alternate streams.
#[expect(clippy::unnecessary_wraps, reason = "Windows may not tell")]
pub fn streams(_path: &Path) -> io::Result<[String; 0]> {
    Ok([])
}

/// Opens a regular file for reading without following a link or waiting for a FIFO.
///
/// # Errors
/// It cannot be read, or is no regular file.
pub fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other("no regular file any more"))
    }
}
