//! Ways into the memory of a live process, each tried once with the rights that the caller has by now.
//!
//! A minidump is written in full, for only then is it known that it can be: into a temporary file that nobody else can open, that the
//! system removes when it is closed, and whose bytes are overwritten before. A child that is killed meanwhile does not overwrite.
#![allow(unsafe_code)]

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr;

use windows_sys::Win32::Storage::FileSystem::{
    FILE_ATTRIBUTE_TEMPORARY, FILE_FLAG_DELETE_ON_CLOSE,
};
use windows_sys::Win32::System::Diagnostics::Debug::{
    MiniDumpWithFullMemory, MiniDumpWriteDump, ReadProcessMemory,
};
use windows_sys::Win32::System::Memory::{
    MEM_COMMIT, MEMORY_BASIC_INFORMATION, PAGE_GUARD, PAGE_READWRITE, VirtualQueryEx,
};
use windows_sys::Win32::System::Threading::{
    OpenProcess, PROCESS_DUP_HANDLE, PROCESS_QUERY_INFORMATION, PROCESS_VM_READ,
};
use zeroize::Zeroizing;

use crate::dumps::{Outcome, Tried};
use crate::windows::done;

/// Bytes read and thrown away.
const TASTE: usize = 8;
/// Written over a dump at once.
static ZEROS: [u8; 1 << 16] = [0; 1 << 16];

/// What came of one.
pub fn tried(way: &str, outcome: io::Result<String>) -> Tried {
    match outcome {
        Ok(what) => Tried::new(way, Outcome::Succeeded, what),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            Tried::new(way, Outcome::NotAvailable, error.to_string())
        }
        Err(error) => Tried::new(way, Outcome::Refused, error.to_string()),
    }
}

/// `ReadProcessMemory` of the first memory that the process may write.
pub fn read(pid: u32) -> io::Result<String> {
    let process = open(pid, PROCESS_VM_READ | PROCESS_QUERY_INFORMATION)?;
    let place = writable(&process)?;
    let mut bytes = Zeroizing::new([0_u8; TASTE]);
    let (handle, into) = (process.as_raw_handle(), bytes.as_mut_ptr().cast());
    // SAFETY: the handle is open; the system writes at most `TASTE` bytes into as many. The address is only looked up there.
    done(unsafe { ReadProcessMemory(handle, place, into, TASTE, ptr::null_mut()) })?;
    Ok(format!("read {TASTE} bytes of its memory"))
}

/// `MiniDumpWriteDump` with all memory into `file`, which is then overwritten and goes.
pub fn minidump(pid: u32, file: io::Result<File>) -> io::Result<String> {
    let unsupported = |error: io::Error| {
        io::Error::new(
            io::ErrorKind::Unsupported,
            format!("no temporary file: {error}"),
        )
    };
    let mut file = file.map_err(unsupported)?;
    let access = PROCESS_VM_READ | PROCESS_QUERY_INFORMATION | PROCESS_DUP_HANDLE;
    let process = open(pid, access)?;
    let (handle, into) = (process.as_raw_handle(), file.as_raw_handle());
    let (none, nothing) = (ptr::null(), ptr::null());
    // SAFETY: both handles are open; no exception, no streams of ours, no callback.
    let written = done(unsafe {
        MiniDumpWriteDump(
            handle,
            pid,
            into,
            MiniDumpWithFullMemory,
            none,
            nothing,
            ptr::null(),
        )
    });
    let bytes = overwrite(&mut file)?;
    written.map_err(|error| {
        // A code of the COM sort, which std would not explain.
        io::Error::other(format!("MiniDumpWriteDump: {error}"))
    })?;
    Ok(format!(
        "wrote a dump of {bytes} bytes; overwritten and removed"
    ))
}

/// The file for a dump, made while the rights are still the agent's.
pub fn dump_file() -> io::Result<File> {
    let mut number = [0; 16];
    getrandom::fill(&mut number).map_err(|error| io::Error::other(error.to_string()))?;
    OpenOptions::new()
        .write(true)
        .read(true)
        .create_new(true)
        .share_mode(0)
        .attributes(FILE_ATTRIBUTE_TEMPORARY)
        .custom_flags(FILE_FLAG_DELETE_ON_CLOSE)
        .open(std::env::temp_dir().join(format!("shinsa-{}.tmp", hex::encode(number))))
}

fn overwrite(file: &mut File) -> io::Result<u64> {
    let bytes = file.metadata()?.len();
    file.seek(SeekFrom::Start(0))?;
    let mut left = bytes;
    while left > 0 {
        let step = left.min(ZEROS.len() as u64);
        file.write_all(&ZEROS[..step as usize])?;
        left -= step;
    }
    file.sync_all()?;
    Ok(bytes)
}

fn open(pid: u32, access: u32) -> io::Result<OwnedHandle> {
    // SAFETY: takes plain numbers.
    let handle = unsafe { OpenProcess(access, 0, pid) };
    if handle.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: just given to us alone.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// Where the first memory lies that the process may read and write; every process has some.
fn writable(process: &OwnedHandle) -> io::Result<*const std::ffi::c_void> {
    let mut address = 0_usize;
    loop {
        let mut region = MEMORY_BASIC_INFORMATION::default();
        let (handle, place) = (process.as_raw_handle(), ptr::without_provenance(address));
        let size = size_of::<MEMORY_BASIC_INFORMATION>();
        // SAFETY: the handle is open; the system writes at most `size` bytes into our region. The address is only looked up.
        let written = unsafe { VirtualQueryEx(handle, place, &raw mut region, size) };
        if written != size {
            return Err(io::Error::last_os_error());
        }
        let armed = region.Protect & PAGE_GUARD != 0;
        if region.State == MEM_COMMIT && region.Protect & PAGE_READWRITE != 0 && !armed {
            return Ok(region.BaseAddress);
        }
        let end = region.BaseAddress.addr().checked_add(region.RegionSize);
        address = end
            .filter(|end| *end > address)
            .ok_or(io::ErrorKind::NotFound)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_is_overwritten_and_goes() {
        let mut file = dump_file().unwrap();
        file.write_all(&vec![7; 100_000]).unwrap();
        assert_eq!(overwrite(&mut file).unwrap(), 100_000);
        file.seek(SeekFrom::Start(0)).unwrap();
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut file, &mut bytes).unwrap();
        assert_eq!(bytes, vec![0; 100_000]);
    }
}
