//! `/proc/PID/maps`: which addresses of a process mean what.
//!
//! Only parses and compares; reads no memory.

use super::super::mapping::{Mapping, Reach};
use crate::sources::item::{Kind, Permissions};
use crate::sources::report::Why;

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

/// What a mapping is; none for the kernel's pages. `file`: one is behind it.
fn kind(name: &str, file: bool, shared: bool) -> Option<Kind> {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    let kind = match name {
        _ if KERNEL.contains(&name) => return None,
        "[heap]" => Kind::Heap,
        "[vdso]" => Kind::Vdso,
        _ if name.starts_with("[stack") => Kind::Stack,
        _ if starts(&SHARED) => Kind::Shared,
        _ if starts(&["/dev/", "anon_inode:"]) => Kind::Device,
        _ if file => Kind::Mapped,
        _ if shared => Kind::Shared,
        _ => Kind::Anonymous,
    };
    Some(kind)
}

pub(in super::super) fn read(pid: u32) -> Result<Vec<Mapping>, Why> {
    let text = std::fs::read(format!("/proc/{pid}/maps")).map_err(|error| {
        // ESRCH: the process ended between opening and reading.
        match error.raw_os_error() {
            Some(3) => Why::Gone,
            _ => Why::from(&error),
        }
    })?;
    parse(&String::from_utf8_lossy(&text))
}

pub(in super::super) fn parse(text: &str) -> Result<Vec<Mapping>, Why> {
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
    // 0 when no file is behind it.
    let inode: u64 = fields.nth(2)?.parse().ok()?;
    let name = fields.next().unwrap_or_default().trim_start();
    let kind = kind(name, inode != 0, letters.contains('s'));
    (range.start < range.end && letters.len() == 4).then(|| Mapping {
        range,
        permissions: Permissions {
            read: letters.contains('r'),
            write: letters.contains('w'),
            execute: letters.contains('x'),
            shared: letters.contains('s'),
        },
        kind,
        // A page of a file or of shared memory that this process never touched still has bytes.
        own: inode == 0 && kind != Some(Kind::Shared),
        reach: Reach::Read,
        name: name.to_owned(),
    })
}
