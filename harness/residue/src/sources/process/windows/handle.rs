//! Handles of processes, closed by themselves, and why none was given.

use crate::sources::report::Why;
use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER, FILETIME, HANDLE, STILL_ACTIVE,
};
use windows_sys::Win32::System::Threading::{GetExitCodeProcess, GetProcessTimes, OpenProcess};

/// The process that has number `pid` now.
pub(super) fn open(pid: u32, access: u32) -> Result<OwnedHandle, Why> {
    // SAFETY: takes plain numbers.
    let handle = unsafe { OpenProcess(access, 0, pid) };
    if handle.is_null() {
        let error = io::Error::last_os_error();
        return Err(match error.raw_os_error().map(i32::cast_unsigned) {
            // No such number; also 0, the idle process.
            Some(ERROR_INVALID_PARAMETER) => Why::Gone,
            Some(ERROR_ACCESS_DENIED) => Why::Denied,
            _ => Why::from(&error),
        });
    }
    // SAFETY: just given to us alone.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// When it was created, in 100 ns since 1601; needs `PROCESS_QUERY_LIMITED_INFORMATION`.
pub(super) fn created(process: &OwnedHandle) -> Result<u64, Why> {
    let [mut created, mut ended, mut kernel, mut user] = [FILETIME::default(); 4];
    let handle = raw(process);
    // SAFETY: the handle is open, the four places are ours.
    let done = unsafe {
        GetProcessTimes(
            handle,
            &raw mut created,
            &raw mut ended,
            &raw mut kernel,
            &raw mut user,
        )
    };
    if done == 0 {
        return Err(Why::from(&io::Error::last_os_error()));
    }
    Ok(u64::from(created.dwHighDateTime) << 32 | u64::from(created.dwLowDateTime))
}

/// Whether it has ended: somebody's handle keeps its number. A process that ended with the code 259 counts as running, and then
/// has no region that could be read.
pub(super) fn ended(process: &OwnedHandle) -> bool {
    let mut code = 0;
    // SAFETY: the handle is open, the place is ours.
    let done = unsafe { GetExitCodeProcess(raw(process), &raw mut code) };
    done != 0 && code != STILL_ACTIVE.cast_unsigned()
}

/// For calls of the system.
pub(super) fn raw(handle: &OwnedHandle) -> HANDLE {
    handle.as_raw_handle()
}
