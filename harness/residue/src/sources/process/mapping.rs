//! A stretch of a process's addresses, as the system tells of it. Only compares; reads no memory.

use crate::sources::item::{Kind, Permissions};
use std::ops::Range;

/// Addresses of a process that mean one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapping {
    pub(super) range: Range<u64>,
    pub(super) permissions: Permissions,
    /// None for pages that the kernel shows to every process.
    pub(super) kind: Option<Kind>,
    /// Nobody else's bytes show here: what the process never touched is zero.
    pub(super) own: bool,
    pub(super) reach: Reach,
    /// Path, also of a deleted file, or the system's name; empty for anonymous memory.
    pub(super) name: String,
}

/// Whether a mapping can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    target_os = "linux",
    expect(dead_code, reason = "only Windows arms pages against reading")
)]
pub(super) enum Reach {
    /// It may be tried.
    Read,
    /// Surely zeros.
    Zeros,
    /// Reading would change the process.
    Barred(&'static str),
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
