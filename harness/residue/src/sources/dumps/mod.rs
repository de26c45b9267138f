//! Dumps of memory, and disk images: what their headers say about the file's bytes.
//!
//! A header only gives names: [`ranges`] tells which stretches of a file are which memory, and `files` reads every
//! byte of the file once, named or not. So a header that lies, or ends early, hides nothing; it is noted, and what it
//! names wrongly is searched as plain bytes. Headers are read field by field with `pread`: the crates `minidump` and
//! `kdmp-parser` map or hold the whole file and keep an entry for each page, which a dump of 64 GiB or a shrinking
//! file does not forgive. A raw dump (`.raw`, `.vmem`) has no header and needs none. Xpress-packed pages of hibernation
//! and page files are listed as not searched. Disk images are also searched as the guest sees them: [`guest`].
//! Called for each file by `files`.

mod bytes;
mod elf;
#[cfg(target_os = "linux")]
mod guest;
mod image;
mod kernel;
mod lime;
mod minidump;
#[cfg(target_os = "linux")]
mod nbd;
mod packed;
#[cfg(test)]
mod tests;

use super::item::{Permissions, Place};
use super::report::{Note, Why};
use super::scan::Scan;
use bytes::Bytes;
use std::fs::File;

#[cfg(target_os = "linux")]
pub(super) use guest::guest;

/// Memory ranges a dump may name; further ones are searched as plain bytes.
pub const MOST_RANGES: usize = 1 << 18;

/// Bytes of a dump that are memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Memory {
    /// Offset in the file.
    pub(super) start: u64,
    /// Bytes.
    pub(super) length: u64,
    /// Virtual or physical address of the first byte.
    pub(super) address: u64,
    pub(super) permissions: Option<Permissions>,
    /// The address is a physical one.
    pub(super) physical: bool,
}

/// What a header says.
#[derive(Debug, Default)]
struct Header {
    memory: Vec<Memory>,
    /// What is wrong with it.
    faults: Vec<String>,
    /// Bytes of memory the dump was made without.
    left_out: u64,
}

impl Header {
    /// Add a range, as part of the last one where both file and memory go on. Whether there was room.
    fn add(&mut self, new: Memory) -> bool {
        if let Some(last) = self.memory.last_mut()
            && last.start.checked_add(last.length) == Some(new.start)
            && last.address.checked_add(last.length) == Some(new.address)
            && last.permissions == new.permissions
            && last.physical == new.physical
            && let Some(length) = last.length.checked_add(new.length)
        {
            last.length = length;
            return true;
        }
        if self.memory.len() == MOST_RANGES {
            self.fault("more memory ranges than are told apart");
            return false;
        }
        if new.length > 0 {
            self.memory.push(new);
        }
        true
    }

    /// Entries of a list to look at: no more than are told apart, whatever the header claims.
    fn entries(&mut self, claimed: u64) -> u64 {
        if claimed > MOST_RANGES as u64 {
            self.fault("more entries than are looked at");
        }
        claimed.min(MOST_RANGES as u64)
    }

    fn fault(&mut self, text: &str) {
        // One lie may show at every entry.
        if !self.faults.iter().any(|fault| fault == text) {
            self.faults.push(text.to_owned());
        }
    }
}

/// The memory ranges of a dump by offset, none overlapping another or reaching past the file's end.
pub(super) fn ranges(scan: &mut Scan<'_>, place: &Place, file: &File, length: u64) -> Vec<Memory> {
    let bytes = Bytes::new(file, length);
    if let Some(why) = packed::why(&bytes, place) {
        scan.missed((place, ""), None, why);
    }
    let Some(mut header) = read(&bytes) else {
        return Vec::new();
    };
    let cut = keep_sound(&mut header, length);
    if let Some(end) = cut {
        let why = Why::Damaged("the dump ends before its memory does".to_owned());
        scan.missed((place, ""), Some(length..end), why);
    }
    if header.left_out > 0 {
        scan.missed((place, ""), None, Why::NotDumped(header.left_out));
    }
    for fault in header.faults {
        scan.note(place, Note::Header(fault));
    }
    header.memory
}

fn read(bytes: &Bytes<'_>) -> Option<Header> {
    elf::read(bytes)
        .or_else(|| lime::read(bytes))
        .or_else(|| minidump::read(bytes))
        .or_else(|| kernel::read(bytes))
}

/// Drop what overlaps, cut what reaches past the end. Gives where the header says the last cut range ends.
fn keep_sound(header: &mut Header, length: u64) -> Option<u64> {
    let mut memory = std::mem::take(&mut header.memory);
    memory.sort_by_key(|range| range.start);
    let (mut behind, mut cut) = (0, None);
    memory.retain_mut(|range| {
        let end = range.start.saturating_add(range.length);
        if range.start < behind {
            header.fault("memory ranges overlap in the file");
            return false;
        }
        if end > length {
            cut = cut.max(Some(end));
            range.length = length.saturating_sub(range.start);
        }
        behind = end.min(length);
        range.length > 0
    });
    header.memory = memory;
    cut
}

/// Disk images need `qemu-nbd`, which is only asked on Linux: elsewhere they are searched as plain bytes, and told as not opened.
#[cfg(not(target_os = "linux"))]
pub(super) fn guest(scan: &mut Scan<'_>, place: &Place, file: &File) -> std::ops::ControlFlow<()> {
    let length = file.metadata().map_or(0, |found| found.len());
    if let Some(format) = image::format(&Bytes::new(file, length)) {
        let what = format!("{}, opened on Linux alone", format.name);
        scan.missed(
            (&place.inner("disk"), &what),
            None,
            Why::NeedsTool("qemu-nbd"),
        );
    }
    std::ops::ControlFlow::Continue(())
}
