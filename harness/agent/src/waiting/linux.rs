//! By pidfd.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, OwnedFd};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// A handle that becomes readable when process `pid` ends.
///
/// # Errors
/// No such process.
pub fn handle(pid: u32) -> io::Result<OwnedFd> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    Ok(pidfd_open(pid, PidfdFlags::empty())?)
}

/// Whether the process of a handle ends within `patience`.
///
/// # Errors
/// The kernel refuses to wait.
pub fn handle_ended(handle: &impl AsFd, patience: Duration) -> io::Result<bool> {
    let patience = Timespec::try_from(patience).map_err(io::Error::other)?;
    let mut fds = [PollFd::new(handle, PollFlags::IN)];
    Ok(poll(&mut fds, Some(&patience))? > 0)
}
