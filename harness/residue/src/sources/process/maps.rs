//! `/proc/PID/maps`: which addresses of a process mean what.
//!
//! Only parses and compares; reads no memory.

use crate::sources::item::{Kind, Permissions};
use crate::sources::report::Why;
use std::ops::Range;

/// One line of the maps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapping {
    pub(super) range: Range<u64>,
    pub(super) permissions: Permissions,
    /// 0 when no file is behind it.
    pub(super) inode: u64,
    /// Path, also of a deleted file, or the kernel's name in brackets; empty for anonymous memory.
    pub(super) name: String,
}

/// Names of pages the kernel shows to every process and the process cannot write.
const KERNEL: [&str; 4] = ["[vvar]", "[vvar_vclock]", "[vsyscall]", "[vectors]"];
/// Under `/dev`, but memory and no device.
const SHARED: [&str; 6] = [
    "/dev/shm/",
    "/dev/zero",
    "/dev/hugepages/",
    "/memfd:",
    "/SYSV",
    "[anon_shmem:",
];

impl Mapping {
    /// What the mapping is; none for the kernel's pages.
    pub(super) fn kind(&self) -> Option<Kind> {
        let name = self.name.as_str();
        let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
        let kind = match name {
            _ if KERNEL.contains(&name) => return None,
            "[heap]" => Kind::Heap,
            "[vdso]" => Kind::Vdso,
            _ if name.starts_with("[stack") => Kind::Stack,
            _ if starts(&SHARED) => Kind::Shared,
            _ if starts(&["/dev/", "anon_inode:"]) => Kind::Device,
            _ if self.inode != 0 => Kind::Mapped,
            _ if self.permissions.shared => Kind::Shared,
            _ => Kind::Anonymous,
        };
        Some(kind)
    }
}

pub(super) fn read(pid: u32) -> Result<Vec<Mapping>, Why> {
    let text = std::fs::read(format!("/proc/{pid}/maps")).map_err(|error| {
        // ESRCH: the process ended between opening and reading.
        match error.raw_os_error() {
            Some(3) => Why::Gone,
            _ => Why::from(&error),
        }
    })?;
    parse(&String::from_utf8_lossy(&text))
}

pub(super) fn parse(text: &str) -> Result<Vec<Mapping>, Why> {
    let bad = |line: &str| Why::Damaged(format!("a line of /proc/PID/maps: {line}"));
    let lines = text.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| mapping(line).ok_or_else(|| bad(line)))
        .collect()
}

fn mapping(line: &str) -> Option<Mapping> {
    // "start-end rwxp offset device inode      name with spaces"
    let mut fields = line.splitn(6, ' ');
    let (start, end) = fields.next()?.split_once('-')?;
    let range = u64::from_str_radix(start, 16).ok()?..u64::from_str_radix(end, 16).ok()?;
    let letters = fields.next()?;
    let inode = fields.nth(2)?.parse().ok()?;
    let name = fields.next().unwrap_or_default().trim_start();
    (range.start < range.end && letters.len() == 4).then(|| Mapping {
        range,
        permissions: Permissions {
            read: letters.contains('r'),
            write: letters.contains('w'),
            execute: letters.contains('x'),
            shared: letters.contains('s'),
        },
        inode,
        name: name.to_owned(),
    })
}

/// The parts of `mappings` that no mapping of `covers` covers; both sorted by address, as the kernel gives them.
pub(super) fn without<'a>(
    mappings: &'a [Mapping],
    covers: &[Mapping],
) -> Vec<(&'a Mapping, Range<u64>)> {
    let mut left = Vec::new();
    let mut first = 0;
    for mapping in mappings {
        let mut start = mapping.range.start;
        while covers
            .get(first)
            .is_some_and(|other| other.range.end <= start)
        {
            first += 1;
        }
        for other in &covers[first..] {
            if other.range.start >= mapping.range.end {
                break;
            }
            if other.range.start > start {
                left.push((mapping, start..other.range.start));
            }
            start = start.max(other.range.end);
        }
        if start < mapping.range.end {
            left.push((mapping, start..mapping.range.end));
        }
    }
    left
}
