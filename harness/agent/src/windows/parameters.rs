//! What a process was started with, from its own memory: command line, folder, environment.
//!
//! `NtQueryInformationProcess` tells where its parameters block lies; the places inside it are those of 64-bit Windows since Vista
//! (and of wine), so a 32-bit agent tells nothing. The process may have rewritten them. Copies are wiped but for what is asked for.

use std::io;
use std::os::windows::io::{AsRawHandle, OwnedHandle};
use std::path::PathBuf;
use std::ptr;

use shinsa_residue::sources::process::Identity;
use windows_sys::Wdk::System::Threading::{NtQueryInformationProcess, ProcessBasicInformation};
use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::System::Diagnostics::Debug::ReadProcessMemory;
use windows_sys::Win32::System::Threading::{
    PROCESS_BASIC_INFORMATION, PROCESS_QUERY_INFORMATION, PROCESS_VM_READ,
};
use windows_sys::Win32::UI::Shell::CommandLineToArgvW;
use zeroize::Zeroizing;

use super::narrow;

/// Of `ProcessParameters` in the process environment block.
const PARAMETERS: u64 = 0x20;
/// Of the current folder's, the command line's `UNICODE_STRING` in the parameters.
const FOLDER: u64 = 0x38;
const COMMAND_LINE: u64 = 0x70;
/// Of the environment's address and length.
const ENVIRONMENT: u64 = 0x80;
const ENVIRONMENT_BYTES: u64 = 0x3F0;
/// Longest text or environment read, bytes.
const LONGEST: u64 = 1 << 20;

/// Its command line, cut as C programs cut it; none where the rights do not reach.
pub fn arguments(process: Identity) -> Option<Vec<String>> {
    let block = Block::of(process).ok()?;
    let line = block.text(COMMAND_LINE).ok()?;
    Some(cut(&line))
}

/// The folder it stands in.
///
/// # Errors
/// In words.
pub fn folder(process: Identity) -> Result<PathBuf, String> {
    let folder = Block::of(process)?.text(FOLDER).map_err(words)?;
    Ok(narrow(&folder).into())
}

/// Names and values of its environment.
///
/// # Errors
/// In words.
pub fn environment(process: Identity) -> Result<Vec<(String, String)>, String> {
    let block = Block::of(process)?;
    let read = || -> io::Result<_> {
        let place = block.number(ENVIRONMENT)?;
        units(&block.process, place, block.number(ENVIRONMENT_BYTES)?)
    };
    let all = read().map_err(words)?;
    let lines = all.split(|unit| *unit == 0).filter(|line| !line.is_empty());
    // Names that begin with = are the folders of other drives.
    let line = |line: &[u16]| {
        let text = String::from_utf16_lossy(line);
        let (name, value) = text.split_once('=')?;
        (!name.is_empty()).then(|| (name.to_owned(), value.to_owned()))
    };
    Ok(lines.filter_map(line).collect())
}

/// Where a process's parameters lie.
struct Block {
    process: OwnedHandle,
    place: u64,
}

impl Block {
    fn of(process: Identity) -> Result<Self, String> {
        if !cfg!(target_pointer_width = "64") {
            return Err("a 32-bit agent does not know where it lies".into());
        }
        let access = PROCESS_QUERY_INFORMATION | PROCESS_VM_READ;
        let process = process.open(access).map_err(|why| why.to_string())?;
        let mut basic = PROCESS_BASIC_INFORMATION::default();
        let size = size_of::<PROCESS_BASIC_INFORMATION>() as u32;
        let (handle, into) = (process.as_raw_handle(), (&raw mut basic).cast());
        let kind = ProcessBasicInformation;
        // SAFETY: the handle is open; the system writes at most `size` bytes into the structure of this very question.
        let status =
            unsafe { NtQueryInformationProcess(handle, kind, into, size, ptr::null_mut()) };
        if status < 0 {
            return Err(format!("NtQueryInformationProcess: status {status:#x}"));
        }
        let environment = basic.PebBaseAddress.addr() as u64;
        let place = number(&process, environment + PARAMETERS).map_err(words)?;
        Ok(Self { process, place })
    }

    fn number(&self, offset: u64) -> io::Result<u64> {
        number(&self.process, self.place + offset)
    }

    /// The text of the `UNICODE_STRING` at `offset`: length, capacity, padding, address.
    fn text(&self, offset: u64) -> io::Result<Zeroizing<Vec<u16>>> {
        let bytes = self.number(offset)? & 0xFFFF;
        units(&self.process, self.number(offset + 8)?, bytes)
    }
}

fn number(process: &OwnedHandle, place: u64) -> io::Result<u64> {
    let mut bytes = [0; 8];
    read(process, place, &mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

fn units(process: &OwnedHandle, place: u64, bytes: u64) -> io::Result<Zeroizing<Vec<u16>>> {
    if bytes > LONGEST {
        return Err(io::Error::other("longer than a parameters block can say"));
    }
    let mut raw = Zeroizing::new(vec![0; bytes as usize]);
    read(process, place, &mut raw)?;
    let pairs = raw
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    Ok(Zeroizing::new(pairs.collect()))
}

fn read(process: &OwnedHandle, place: u64, into: &mut [u8]) -> io::Result<()> {
    let (place, length) = (ptr::without_provenance(place as usize), into.len());
    let (handle, buffer) = (process.as_raw_handle(), into.as_mut_ptr().cast());
    // SAFETY: the handle is open; the system writes at most `length` bytes into the buffer, which has as many. The address is one of
    // the other process and only looked up there.
    super::done(unsafe { ReadProcessMemory(handle, place, buffer, length, ptr::null_mut()) })
}

fn cut(line: &[u16]) -> Vec<String> {
    let ended = Zeroizing::new([line, &[0]].concat());
    // Of an empty line it would give the own program's name.
    if line.is_empty() {
        return Vec::new();
    }
    let mut count = 0;
    // SAFETY: the line ends with 0, the place is ours.
    let list = unsafe { CommandLineToArgvW(ended.as_ptr(), &raw mut count) };
    if list.is_null() {
        return Vec::new();
    }
    let count = usize::try_from(count).unwrap_or(0);
    // SAFETY: the system gave a list of `count` texts, each ending with 0, and we free it only behind the last use.
    let arguments = unsafe { std::slice::from_raw_parts(list, count) };
    let text = |argument: &*mut u16| {
        let mut length = 0;
        // SAFETY: as above; read up to the 0.
        unsafe {
            while *argument.add(length) != 0 {
                length += 1;
            }
            String::from_utf16_lossy(std::slice::from_raw_parts(*argument, length))
        }
    };
    let cut = arguments.iter().map(text).collect();
    // SAFETY: allocated by the call above, as one piece; freed here alone.
    unsafe { LocalFree(list.cast()) };
    cut
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn words(error: io::Error) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_cut_as_c_programs_do() {
        let cut = |line: &str| cut(&line.encode_utf16().collect::<Vec<_>>());
        assert_eq!(
            cut(r#""C:\a b\x.exe" --one "two three""#),
            [r"C:\a b\x.exe", "--one", "two three"]
        );
        assert!(cut("").is_empty());
    }

    #[test]
    fn the_own_block_is_read() {
        let own = Identity::of(std::process::id()).unwrap();
        let told = arguments(own).unwrap();
        assert_eq!(told, std::env::args().collect::<Vec<_>>());
        assert_eq!(
            environment(own).unwrap().len(),
            std::env::vars()
                .filter(|(name, _)| !name.starts_with('='))
                .count()
        );
        assert!(folder(own).unwrap().is_absolute());
    }
}
