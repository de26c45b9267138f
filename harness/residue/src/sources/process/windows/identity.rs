//! Which process a number meant when it was looked at: numbers are given again.

use super::handle;
use crate::sources::report::Why;
use std::os::windows::io::OwnedHandle;
use windows_sys::Win32::System::Threading::PROCESS_QUERY_LIMITED_INFORMATION;

/// A process: its number and when it was created. A Windows process never replaces its program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity {
    pid: u32,
    /// 100 ns since 1601; 0 where the rights do not reach to ask. Such a process cannot be read either.
    created: u64,
}

impl Identity {
    /// The process that has number `pid` now.
    ///
    /// # Errors
    /// [`Why::Gone`] when there is none.
    pub fn of(pid: u32) -> Result<Self, Why> {
        let created = match handle::open(pid, PROCESS_QUERY_LIMITED_INFORMATION) {
            Ok(process) if handle::ended(&process) => return Err(Why::Gone),
            Ok(process) => handle::created(&process)?,
            Err(Why::Denied) => 0,
            Err(why) => return Err(why),
        };
        Ok(Self { pid, created })
    }

    /// The process's number.
    pub fn pid(self) -> u32 {
        self.pid
    }

    /// Whether the number still means this process.
    ///
    /// # Errors
    /// [`Why::Gone`] or [`Why::Recycled`].
    pub fn check(self) -> Result<(), Why> {
        if Self::of(self.pid)? == self {
            Ok(())
        } else {
            Err(Why::Recycled)
        }
    }

    /// A handle of this very process, with `access` (`PROCESS_…`) beside what the check needs. As long as it is held, the number is
    /// given to nobody else.
    ///
    /// # Errors
    /// It is gone, its number is another's, or the rights do not suffice.
    pub fn open(self, access: u32) -> Result<OwnedHandle, Why> {
        let process = handle::open(self.pid, access | PROCESS_QUERY_LIMITED_INFORMATION)?;
        match self.created {
            _ if handle::ended(&process) => Err(Why::Gone),
            created if created == handle::created(&process)? => Ok(process),
            _ => Err(Why::Recycled),
        }
    }
}
