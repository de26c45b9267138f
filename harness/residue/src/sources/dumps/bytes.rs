//! Fixed-size fields of a file, or nothing: never more bytes than asked for, whatever the file says.

use crate::sources::files::read_at;
use std::fs::File;

/// A file whose fields are read.
pub(super) struct Bytes<'a> {
    file: &'a File,
    pub(super) length: u64,
}

impl<'a> Bytes<'a> {
    pub(super) fn new(file: &'a File, length: u64) -> Self {
        Self { file, length }
    }

    /// Fill `buffer` from `position`; whether that many bytes were there.
    pub(super) fn fill(&self, position: u64, buffer: &mut [u8]) -> bool {
        let mut filled = 0;
        while filled < buffer.len() {
            let Some(from) = position.checked_add(filled as u64) else {
                return false;
            };
            match read_at(self.file, from, &mut buffer[filled..]) {
                Ok(more) if more > 0 => filled += more,
                _ => return false,
            }
        }
        true
    }

    pub(super) fn array<const N: usize>(&self, position: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(position, &mut bytes).then_some(bytes)
    }

    pub(super) fn u32(&self, position: u64) -> Option<u32> {
        self.array(position).map(u32::from_le_bytes)
    }

    pub(super) fn u64(&self, position: u64) -> Option<u64> {
        self.array(position).map(u64::from_le_bytes)
    }

    pub(super) fn starts_with(&self, magic: &[u8]) -> bool {
        let mut start = [0; 16];
        let start = &mut start[..magic.len()];
        self.fill(0, start) && start == magic
    }
}
