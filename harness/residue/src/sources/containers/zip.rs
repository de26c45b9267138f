//! Zip archives: the central directory, entry by entry.
//!
//! Not read through the `zip` crate (the tests' oracle): it holds the whole directory in memory, reserves room by the
//! count the archive claims, and of two entries with one name shows only the last.

use super::window::{Base, Window};
use super::{Depth, unpack};
use crate::sources::item::Place;
use crate::sources::report::Why;
use crate::sources::scan::Scan;
use flate2::bufread::DeflateDecoder;
use std::io::{BufReader, Read};
use std::ops::{ControlFlow, Range};

/// The end record may be followed by a comment of 64 KiB at most.
const TAIL: u64 = 22 + 65_535;

/// The central directory.
struct Directory {
    range: Range<u64>,
    entries: u64,
    /// Bytes in front of the archive that its offsets do not count (a self-extracting program).
    before: u64,
}

/// One entry of it.
struct Entry {
    name: String,
    encrypted: bool,
    method: u16,
    packed: u64,
    header: u64,
}

pub(super) fn walk(
    scan: &mut Scan<'_>,
    place: &Place,
    base: Base<'_>,
    length: u64,
    depth: &mut Depth<'_>,
) -> ControlFlow<()> {
    let damaged = |text: &str| Why::Damaged(text.to_owned());
    let Some(directory) = directory(base, length) else {
        scan.missed((place, ""), None, damaged("no central directory"));
        return ControlFlow::Continue(());
    };
    let mut position = directory.range.start;
    for _ in 0..directory.entries {
        if position >= directory.range.end {
            scan.missed((place, ""), None, damaged("fewer entries than claimed"));
            return ControlFlow::Continue(());
        }
        let Some((entry, next)) = entry(base, position) else {
            scan.missed((place, ""), None, damaged("central directory"));
            return ControlFlow::Continue(());
        };
        position = next;
        if *depth.left == 0 {
            scan.missed((place, &entry.name), None, Why::TooLarge);
            return ControlFlow::Continue(());
        }
        one(scan, place, base, (&directory, &entry, length), depth)?;
    }
    if position < directory.range.end {
        scan.missed((place, ""), None, damaged("more entries than claimed"));
    }
    ControlFlow::Continue(())
}

fn one(
    scan: &mut Scan<'_>,
    place: &Place,
    base: Base<'_>,
    (directory, entry, length): (&Directory, &Entry, u64),
    depth: &mut Depth<'_>,
) -> ControlFlow<()> {
    let why = match (entry.encrypted, entry.method) {
        (true, _) | (_, 99) => Some(Why::Encrypted),
        (_, 0 | 8) => None,
        (_, 9) => Some(Why::Packed("deflate64")),
        (_, 12) => Some(Why::Packed("bzip2")),
        (_, 14) => Some(Why::Packed("lzma")),
        (_, 93) => Some(Why::Packed("zstd")),
        (_, 95) => Some(Why::Packed("xz")),
        _ => Some(Why::Packed("an unknown method of zip")),
    };
    if let Some(why) = why {
        scan.missed((place, &entry.name), None, why);
        return ControlFlow::Continue(());
    }
    let Some(start) = content(base, directory.before.saturating_add(entry.header)) else {
        let why = Why::Damaged("no local header".to_owned());
        scan.missed((place, &entry.name), None, why);
        return ControlFlow::Continue(());
    };
    let end = start.saturating_add(entry.packed);
    if end > length {
        let why = Why::Damaged("longer than the archive".to_owned());
        scan.missed((place, &entry.name), None, why);
    }
    let range = start..end.min(length);
    let mut open = |on: &mut dyn FnMut(&mut dyn Read)| {
        let mut packed = BufReader::new(Window::new(base, range.clone()));
        if entry.method == 0 {
            on(&mut packed);
        } else {
            on(&mut DeflateDecoder::new(packed));
        }
    };
    let inner = place.inner(entry.name.as_str());
    unpack(scan, &inner, &mut depth.inner(), &mut open)
}

/// Where the bytes of the entry begin whose local header lies at `position`.
fn content(base: Base<'_>, position: u64) -> Option<u64> {
    let header: [u8; 30] = base.array(position)?;
    let lengths = u64::from(u16_at(&header, 26)) + u64::from(u16_at(&header, 28));
    header
        .starts_with(b"PK\x03\x04")
        .then_some(position + 30 + lengths)
}

fn entry(base: Base<'_>, position: u64) -> Option<(Entry, u64)> {
    let header: [u8; 46] = base.array(position)?;
    if !header.starts_with(b"PK\x01\x02") {
        return None;
    }
    let name = usize::from(u16_at(&header, 28));
    let extra = usize::from(u16_at(&header, 30));
    let mut bytes = vec![0; name + extra];
    if base.read(position + 46, &mut bytes) != bytes.len() {
        return None;
    }
    let large = large(&header, &bytes[name..]);
    let entry = Entry {
        name: String::from_utf8_lossy(&bytes[..name]).into_owned(),
        encrypted: u16_at(&header, 8) & 1 != 0,
        method: u16_at(&header, 10),
        packed: large[1],
        header: large[2],
    };
    let length = 46 + (name + extra) as u64 + u64::from(u16_at(&header, 32));
    Some((entry, position + length))
}

/// Unpacked length, packed length and header offset, in zip64's extra field where 32 bits do not hold them.
fn large(header: &[u8], mut extra: &[u8]) -> [u64; 3] {
    let mut values = [24, 20, 42].map(|at| u64::from(u32_at(header, at)));
    while extra.len() >= 4 {
        let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let field = &extra[4..extra.len().min(4 + length)];
        extra = &extra[4 + field.len()..];
        if id == 1 {
            let mut wide = field.chunks_exact(8).map(|bytes| u64_at(bytes, 0));
            for value in &mut values {
                if *value == u64::from(u32::MAX) {
                    *value = wide.next().unwrap_or(*value);
                }
            }
        }
    }
    values
}

fn directory(base: Base<'_>, length: u64) -> Option<Directory> {
    let from = length.saturating_sub(TAIL);
    let mut tail = vec![0; (length - from) as usize];
    let read = base.read(from, &mut tail);
    tail.truncate(read);
    let at = (0..=tail.len().checked_sub(22)?).rev().find(|&at| {
        let comment = || usize::from(u16_at(&tail, at + 20));
        tail[at..].starts_with(b"PK\x05\x06") && at + 22 + comment() <= tail.len()
    })?;
    let end = from + at as u64;
    let record = &tail[at..];
    let (entries, size, offset) = (u16_at(record, 10), u32_at(record, 12), u32_at(record, 16));
    let short = (u64::from(entries), u64::from(size), u64::from(offset), end);
    let (entries, size, offset, end) = zip64(base, end).unwrap_or(short);
    let start = end.checked_sub(size)?;
    Some(Directory {
        range: start..end,
        entries,
        before: start.checked_sub(offset)?,
    })
}

/// Entries, length and offset of the directory, and where it ends, as zip64 tells them.
fn zip64(base: Base<'_>, end: u64) -> Option<(u64, u64, u64, u64)> {
    let locator: [u8; 20] = base.array(end.checked_sub(20)?)?;
    let position = u64_at(&locator, 8);
    let record: [u8; 56] = base.array(position)?;
    let genuine = locator.starts_with(b"PK\x06\x07") && record.starts_with(b"PK\x06\x06");
    genuine.then(|| {
        (
            u64_at(&record, 32),
            u64_at(&record, 40),
            u64_at(&record, 48),
            position,
        )
    })
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let part = bytes.get(at..at + N).and_then(|part| part.try_into().ok());
    part.unwrap_or([0; N])
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes_at(bytes, at))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes_at(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes_at(bytes, at))
}
