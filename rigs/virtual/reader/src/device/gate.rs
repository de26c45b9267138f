//! Is the vendor's software running? It holds a lock on `RUN/software.lock` while it does. Only the defect
//! `needs-vendor-software` asks.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// The software's lock file.
pub struct Gate(PathBuf);

impl Gate {
    /// Of a running rig.
    pub fn new(run_dir: &Path) -> Self {
        Self(run_dir.join("software.lock"))
    }

    /// Does a running software hold the lock?
    pub fn is_open(&self) -> bool {
        File::open(&self.0).is_ok_and(|file| !try_lock(&file))
    }
}

/// The lock is given back when the file is closed.
#[allow(unsafe_code, reason = "flock on an open descriptor")]
fn try_lock(file: &File) -> bool {
    unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_SH | libc::LOCK_NB) == 0 }
}
