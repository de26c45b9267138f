//! Waiting for a process to end, by the system's word instead of looking again and again.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;

use std::io;
use std::time::Duration;

#[cfg(target_os = "linux")]
pub use linux::{handle, handle_ended};
#[cfg(windows)]
pub use windows::{handle, handle_ended};

/// Whether process `pid`, a child of ours that nobody waits for otherwise, ends within `patience`.
///
/// # Errors
/// No such process.
pub fn ended(pid: u32, patience: Duration) -> io::Result<bool> {
    handle_ended(&handle(pid)?, patience)
}
