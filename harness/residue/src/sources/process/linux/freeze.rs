//! Hold a process still while it is searched.
//!
//! `SIGSTOP` by pidfd, so a recycled number is never stopped. If the harness itself is killed meanwhile, the process
//! stays stopped. Called by the agent around a walk or a snapshot.

use super::super::FreezeError;
use super::Identity;
use crate::sources::report::Why;
use rustix::fd::OwnedFd;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Between two looks at the threads; the kernel tells nobody but a parent or tracer that they stopped.
const LOOK: Duration = Duration::from_millis(1);

/// A process whose threads are all stopped. Dropping it lets them go on, unless it was stopped before.
#[derive(Debug)]
pub struct Frozen {
    handle: OwnedFd,
    /// It was stopped by somebody else already, who will let it go on.
    already: bool,
}

impl From<rustix::io::Errno> for FreezeError {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Signal(error.to_string())
    }
}

impl Frozen {
    /// Stop `process` and wait until every thread of it is stopped, at most `patience`.
    ///
    /// # Errors
    /// The process is gone or not ours, or a thread did not stop; it then goes on running.
    pub fn freeze(process: Identity, patience: Duration) -> Result<Self, FreezeError> {
        let pid = i32::try_from(process.pid()).ok().and_then(Pid::from_raw);
        let handle = pidfd_open(pid.ok_or(Why::Gone)?, PidfdFlags::empty())?;
        // The handle is of whoever has the number now: only this makes it the process meant.
        process.check()?;
        let already = running(process.pid())?.is_empty();
        pidfd_send_signal(&handle, Signal::STOP)?;
        let frozen = Self { handle, already };
        let patience = Instant::now() + patience;
        let mut last = None;
        loop {
            let threads = threads(process.pid())?;
            let running: Vec<u32> = threads
                .iter()
                .filter(|(_, stopped)| !**stopped)
                .map(|(id, _)| *id)
                .collect();
            let stopped = running.is_empty();
            // Twice the same: a thread made just before the signal may be missing from the first look.
            if stopped && last.as_ref() == Some(&threads) {
                return Ok(frozen);
            }
            if !stopped && Instant::now() >= patience {
                return Err(FreezeError::Running(running));
            }
            if !stopped {
                std::thread::sleep(LOOK);
            }
            last = Some(threads);
        }
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        if !self.already {
            // It may have been killed meanwhile: then there is nothing left to do.
            let _ = pidfd_send_signal(&self.handle, Signal::CONT);
        }
    }
}

fn running(pid: u32) -> Result<Vec<u32>, Why> {
    let threads = threads(pid)?;
    Ok(threads
        .into_iter()
        .filter(|thread| !thread.1)
        .map(|thread| thread.0)
        .collect())
}

/// Every thread and whether it is stopped, or ended.
fn threads(pid: u32) -> Result<BTreeMap<u32, bool>, Why> {
    let list = std::fs::read_dir(format!("/proc/{pid}/task")).map_err(|_| Why::Gone)?;
    let mut threads = BTreeMap::new();
    for entry in list.flatten() {
        let Ok(stat) = std::fs::read(entry.path().join("stat")) else {
            continue;
        };
        let text = String::from_utf8_lossy(&stat);
        let state = text
            .rsplit_once(") ")
            .and_then(|(_, rest)| rest.chars().next());
        if let Ok(id) = entry.file_name().to_string_lossy().parse() {
            threads.insert(id, matches!(state, Some('T' | 't' | 'Z' | 'X')));
        }
    }
    if threads.is_empty() {
        return Err(Why::Gone);
    }
    Ok(threads)
}
