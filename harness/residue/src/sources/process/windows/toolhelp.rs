//! Lists of processes and threads as the system had them at one moment.

use super::handle::raw;
use std::io;
use std::os::windows::io::{FromRawHandle, OwnedHandle};
use windows_sys::Win32::Foundation::INVALID_HANDLE_VALUE;
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW, TH32CS_SNAPPROCESS,
    TH32CS_SNAPTHREAD, THREADENTRY32, Thread32First, Thread32Next,
};

/// A process of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub pid: u32,
    /// Number of its creator, who may be gone and the number another's.
    pub parent: u32,
    /// Program's file name without its folder.
    pub name: String,
    /// Its threads.
    pub threads: u32,
}

/// All processes.
///
/// # Errors
/// The system gives no list.
pub fn processes() -> io::Result<Vec<Listed>> {
    let list = list(TH32CS_SNAPPROCESS)?;
    let mut entry = PROCESSENTRY32W {
        dwSize: size_of::<PROCESSENTRY32W>() as u32,
        ..Default::default()
    };
    let mut processes = Vec::new();
    // SAFETY: the list is open; the entry is ours and says its size.
    let mut more = unsafe { Process32FirstW(raw(&list), &raw mut entry) };
    while more != 0 {
        let name = entry.szExeFile;
        let length = name
            .iter()
            .position(|unit| *unit == 0)
            .unwrap_or(name.len());
        processes.push(Listed {
            pid: entry.th32ProcessID,
            parent: entry.th32ParentProcessID,
            name: String::from_utf16_lossy(&name[..length]),
            threads: entry.cntThreads,
        });
        // SAFETY: as above.
        more = unsafe { Process32NextW(raw(&list), &raw mut entry) };
    }
    Ok(processes)
}

/// Numbers of a process's threads.
pub(super) fn threads(pid: u32) -> io::Result<Vec<u32>> {
    let list = list(TH32CS_SNAPTHREAD)?;
    let mut entry = THREADENTRY32 {
        dwSize: size_of::<THREADENTRY32>() as u32,
        ..Default::default()
    };
    let mut threads = Vec::new();
    // SAFETY: the list is open; the entry is ours and says its size.
    let mut more = unsafe { Thread32First(raw(&list), &raw mut entry) };
    while more != 0 {
        if entry.th32OwnerProcessID == pid {
            threads.push(entry.th32ThreadID);
        }
        // SAFETY: as above.
        more = unsafe { Thread32Next(raw(&list), &raw mut entry) };
    }
    Ok(threads)
}

fn list(what: u32) -> io::Result<OwnedHandle> {
    // SAFETY: takes plain numbers.
    let list = unsafe { CreateToolhelp32Snapshot(what, 0) };
    if list == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: just given to us alone.
    Ok(unsafe { OwnedHandle::from_raw_handle(list) })
}
