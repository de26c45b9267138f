//! Alternate data streams of NTFS: bytes that hang on a file or folder under a second name and that no listing shows.
//!
//! Called by this module's walks and by the agent's lists of files.
#![allow(unsafe_code)]

use std::ffi::OsString;
use std::io;
use std::os::windows::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use windows_sys::Win32::Foundation::{
    ERROR_HANDLE_EOF, ERROR_INVALID_PARAMETER, HANDLE, INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::Storage::FileSystem::{
    FindClose, FindFirstStreamW, FindNextStreamW, FindStreamInfoStandard, WIN32_FIND_STREAM_DATA,
};

/// The unnamed stream: the file's own bytes.
const OWN: &str = "::$DATA";
/// Kind of every stream that holds bytes.
const BYTES: &str = ":$DATA";

/// A search that is ended when dropped.
struct Search(HANDLE);

impl Drop for Search {
    fn drop(&mut self) {
        // SAFETY: opened by `FindFirstStreamW`, closed here alone.
        unsafe { FindClose(self.0) };
    }
}

/// Names of a file's or folder's alternate streams, without the kind: "name" of "file:name:$DATA".
///
/// # Errors
/// The system does not tell. A file system without streams has none.
pub fn streams(path: &Path) -> io::Result<Vec<String>> {
    let wide: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    let mut data = WIN32_FIND_STREAM_DATA::default();
    let into = (&raw mut data).cast();
    // SAFETY: the path ends with 0; the system fills one `WIN32_FIND_STREAM_DATA`, as this level asks.
    let search = unsafe { FindFirstStreamW(wide.as_ptr(), FindStreamInfoStandard, into, 0) };
    if search == INVALID_HANDLE_VALUE {
        return none(io::Error::last_os_error()).map(|()| Vec::new());
    }
    let search = Search(search);
    let mut names = Vec::new();
    loop {
        names.extend(name(&data.cStreamName));
        // SAFETY: the search is open; as above.
        if unsafe { FindNextStreamW(search.0, (&raw mut data).cast()) } == 0 {
            return none(io::Error::last_os_error()).map(|()| names);
        }
    }
}

/// Where a stream is opened.
pub fn stream_path(path: &Path, stream: &str) -> PathBuf {
    let mut full = path.as_os_str().to_owned();
    full.push(":");
    full.push(stream);
    full.into()
}

fn name(told: &[u16]) -> Option<String> {
    let length = told
        .iter()
        .position(|unit| *unit == 0)
        .unwrap_or(told.len());
    let told = OsString::from_wide(&told[..length])
        .to_string_lossy()
        .into_owned();
    let named = (told != OWN).then(|| {
        told.strip_prefix(':')?
            .strip_suffix(BYTES)
            .map(str::to_owned)
    });
    named.flatten()
}

/// No more streams, or a file system that has none.
fn none(error: io::Error) -> io::Result<()> {
    match error.raw_os_error().map(i32::cast_unsigned) {
        Some(ERROR_HANDLE_EOF | ERROR_INVALID_PARAMETER) => Ok(()),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_streams_of_bytes_are_named() {
        let name = |told: &str| name(&told.encode_utf16().chain([0, 7]).collect::<Vec<_>>());
        assert_eq!(name("::$DATA"), None);
        assert_eq!(name(":hidden:$DATA"), Some("hidden".into()));
        assert_eq!(name(":x:$BITMAP"), None);
    }
}
