//! LiME: physical memory of a Linux machine, each stretch behind a header of 32 bytes.

use super::bytes::Bytes;
use super::{Header, Memory};

const MAGIC: &[u8] = b"EMiL";

pub(super) fn read(bytes: &Bytes<'_>) -> Option<Header> {
    if !bytes.starts_with(MAGIC) {
        return None;
    }
    let mut header = Header::default();
    let mut position = 0;
    while position < bytes.length {
        let Some(next) = stretch(bytes, position, &mut header) else {
            header.fault("a stretch's header is cut or damaged");
            break;
        };
        // Each stretch has at least its header, so this ends.
        position = next;
    }
    Some(header)
}

/// Add the stretch at `position`; gives where the next one begins.
fn stretch(bytes: &Bytes<'_>, position: u64, header: &mut Header) -> Option<u64> {
    let magic: [u8; 4] = bytes.array(position)?;
    let version = bytes.u32(position.checked_add(4)?)?;
    let first = bytes.u64(position.checked_add(8)?)?;
    let last = bytes.u64(position.checked_add(16)?)?;
    if magic != *MAGIC || version != 1 {
        return None;
    }
    let length = last.checked_sub(first)?.checked_add(1)?;
    let start = position.checked_add(32)?;
    let room = header.add(Memory {
        start,
        length,
        address: first,
        permissions: None,
        physical: true,
    });
    if room {
        start.checked_add(length)
    } else {
        None
    }
}
