//! Part of a file, or of bytes held, read as a stream; never past its end, whatever an archive says.

use crate::sources::files::read_at;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;

/// What can be read at any position.
#[derive(Clone, Copy)]
pub(super) enum Base<'a> {
    File(&'a File),
    Held(&'a [u8]),
}

impl Base<'_> {
    fn read_some(self, position: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => read_at(file, position, buffer),
            Self::Held(bytes) => {
                let start = usize::try_from(position).unwrap_or(usize::MAX);
                bytes.get(start..).unwrap_or_default().read(buffer)
            }
        }
    }

    /// Read up to the end of `buffer` or of the base; bytes that cannot be read count as missing.
    pub(super) fn read(self, position: u64, buffer: &mut [u8]) -> usize {
        let mut length = 0;
        while length < buffer.len() {
            match self.read_some(
                position.saturating_add(length as u64),
                &mut buffer[length..],
            ) {
                Ok(more) if more > 0 => length += more,
                _ => break,
            }
        }
        length
    }

    /// The next `N` bytes; none where fewer are left.
    pub(super) fn array<const N: usize>(self, position: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        (self.read(position, &mut bytes) == N).then_some(bytes)
    }
}

/// A part of a base as a stream.
pub(super) struct Window<'a> {
    base: Base<'a>,
    range: Range<u64>,
}

impl<'a> Window<'a> {
    pub(super) fn new(base: Base<'a>, range: Range<u64>) -> Self {
        Self { base, range }
    }
}

impl Read for Window<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.range.end.saturating_sub(self.range.start);
        let most = left.min(buffer.len() as u64) as usize;
        let length = self.base.read_some(self.range.start, &mut buffer[..most])?;
        self.range.start += length as u64;
        Ok(length)
    }
}
