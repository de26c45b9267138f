//! Windows minidumps (`MiniDumpWriteDump`, WER, Breakpad): the memory list in both forms, and protections.
//!
//! A minidump names memory only where it was asked for; the stack of each thread is in the list too.

use super::bytes::Bytes;
use super::{Header, Memory};

const MEMORY_LIST: u32 = 5;
const MEMORY_64_LIST: u32 = 9;
/// More streams than any writer makes; a directory that claims more is read no further.
const MOST_STREAMS: u32 = 4096;

pub(super) fn read(bytes: &Bytes<'_>) -> Option<Header> {
    if !bytes.starts_with(b"MDMP\x93\xa7") {
        return None;
    }
    let mut header = Header::default();
    if streams(bytes, &mut header).is_none() {
        header.fault("the directory or a memory list is cut");
    }
    Some(header)
}

fn streams(bytes: &Bytes<'_>, header: &mut Header) -> Option<()> {
    let count = bytes.u32(8)?;
    let directory = u64::from(bytes.u32(12)?);
    if count > MOST_STREAMS {
        header.fault("more streams than any writer makes");
    }
    for index in 0..u64::from(count.min(MOST_STREAMS)) {
        let entry = directory + 12 * index;
        let position = u64::from(bytes.u32(entry + 8)?);
        match bytes.u32(entry)? {
            MEMORY_LIST => list(bytes, position, header)?,
            MEMORY_64_LIST => list_64(bytes, position, header)?,
            _ => {}
        }
    }
    Some(())
}

fn list(bytes: &Bytes<'_>, position: u64, header: &mut Header) -> Option<()> {
    let count = u64::from(bytes.u32(position)?);
    for index in 0..header.entries(count) {
        let entry = position + 4 + 16 * index;
        let room = header.add(Memory {
            start: u64::from(bytes.u32(entry + 12)?),
            length: u64::from(bytes.u32(entry + 8)?),
            address: bytes.u64(entry)?,
            permissions: None,
            physical: false,
        });
        if !room {
            break;
        }
    }
    Some(())
}

fn list_64(bytes: &Bytes<'_>, position: u64, header: &mut Header) -> Option<()> {
    let count = bytes.u64(position)?;
    let mut start = bytes.u64(position + 8)?;
    for index in 0..header.entries(count) {
        let entry = position
            .checked_add(16)?
            .checked_add(index.checked_mul(16)?)?;
        let length = bytes.u64(entry.checked_add(8)?)?;
        let room = header.add(Memory {
            start,
            length,
            address: bytes.u64(entry)?,
            permissions: None,
            physical: false,
        });
        if !room {
            break;
        }
        start = start.checked_add(length)?;
    }
    Some(())
}
