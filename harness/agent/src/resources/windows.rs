//! What one process uses: `GetProcessMemoryInfo`, `GetProcessHandleCount`, `GetProcessTimes` and the system's list of processes.
//!
//! Windows tells neither how much of one process lies in the page file nor how much is locked: both stay 0. Virtual bytes are its
//! committed private bytes, for an address space that is only reserved uses nothing.
#![allow(unsafe_code)]

use std::io;
use std::os::windows::io::AsRawHandle;

use shinsa_wire::v1;
use windows_sys::Win32::Foundation::FILETIME;
use windows_sys::Win32::System::ProcessStatus::{
    K32GetProcessMemoryInfo, PROCESS_MEMORY_COUNTERS, PROCESS_MEMORY_COUNTERS_EX,
};
use windows_sys::Win32::System::Threading::{
    GetProcessHandleCount, GetProcessTimes, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_VM_READ,
};

use crate::processes::Running;

/// Nanoseconds of the system's unit of time.
const TICK_NS: u64 = 100;

/// Adds one process to the sum.
///
/// # Errors
/// It ended, or the rights do not suffice.
pub fn add(sum: &mut v1::ResourcesReply, process: &Running) -> Result<(), String> {
    let access = PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_VM_READ;
    let process_handle = process
        .identity
        .open(access)
        .map_err(|why| why.to_string())?;
    let handle = process_handle.as_raw_handle();
    let mut memory = PROCESS_MEMORY_COUNTERS_EX::default();
    let size = size_of::<PROCESS_MEMORY_COUNTERS_EX>() as u32;
    let into = (&raw mut memory).cast::<PROCESS_MEMORY_COUNTERS>();
    // SAFETY: the handle is open; the system fills `size` bytes of ours, which may be the longer of the two structures.
    done(unsafe { K32GetProcessMemoryInfo(handle, into, size) })?;
    let mut handles = 0;
    // SAFETY: the handle is open, the place is ours.
    done(unsafe { GetProcessHandleCount(handle, &raw mut handles) })?;
    let [mut created, mut ended, mut kernel, mut user] = [FILETIME::default(); 4];
    let into = (
        &raw mut created,
        &raw mut ended,
        &raw mut kernel,
        &raw mut user,
    );
    // SAFETY: the handle is open, the four places are ours.
    done(unsafe { GetProcessTimes(handle, into.0, into.1, into.2, into.3) })?;
    sum.resident_bytes += memory.WorkingSetSize as u64;
    sum.virtual_bytes += memory.PrivateUsage as u64;
    sum.handles += handles;
    sum.threads += process.proc.threads;
    sum.cpu_ns += (ticks(kernel) + ticks(user)) * TICK_NS;
    Ok(())
}

fn done(done: i32) -> Result<(), String> {
    if done == 0 {
        return Err(io::Error::last_os_error().to_string());
    }
    Ok(())
}

fn ticks(time: FILETIME) -> u64 {
    u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime)
}
