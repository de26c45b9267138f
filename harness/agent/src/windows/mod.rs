//! What several modules ask of Windows: the registry, tokens, and what a process's own parameters block says.
//!
//! Unsafe code, each a thin cover of calls of the system; holds no policy. Opens the registry for reading, but for [`registry::Key`]'s
//! trial whether it could be written, and writes nothing there.
#![allow(unsafe_code)]

pub mod modules;
pub mod parameters;
pub mod registry;
pub mod token;

use std::io;

/// Ends with 0, for the system.
pub fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// Up to the first 0.
pub fn narrow(text: &[u16]) -> String {
    let length = text.iter().position(|unit| *unit == 0);
    String::from_utf16_lossy(&text[..length.unwrap_or(text.len())])
}

/// The last error of a call that answered `done`.
pub fn done(done: i32) -> io::Result<()> {
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
