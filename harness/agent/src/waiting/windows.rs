//! By process handle.
#![allow(unsafe_code)]

use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle, FromRawHandle, OwnedHandle};
use std::time::Duration;

use windows_sys::Win32::Foundation::{WAIT_FAILED, WAIT_OBJECT_0};
use windows_sys::Win32::System::Threading::{
    INFINITE, OpenProcess, PROCESS_SYNCHRONIZE, WaitForSingleObject,
};

/// A handle that is signalled when process `pid` ends.
///
/// # Errors
/// No such process, or not ours.
pub fn handle(pid: u32) -> io::Result<OwnedHandle> {
    // SAFETY: takes plain numbers.
    let handle = unsafe { OpenProcess(PROCESS_SYNCHRONIZE, 0, pid) };
    if handle.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: just given to us alone.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// Whether the process of a handle ends within `patience`.
///
/// # Errors
/// The system refuses to wait.
pub fn handle_ended(handle: &impl AsHandle, patience: Duration) -> io::Result<bool> {
    let handle = handle.as_handle().as_raw_handle();
    let milliseconds = u32::try_from(patience.as_millis()).unwrap_or(INFINITE - 1);
    // SAFETY: the handle is open.
    match unsafe { WaitForSingleObject(handle, milliseconds) } {
        WAIT_OBJECT_0 => Ok(true),
        WAIT_FAILED => Err(io::Error::last_os_error()),
        _ => Ok(false),
    }
}
