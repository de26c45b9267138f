//! A live process: its mappings and their bytes. `linux` and `windows` say how each system tells of them.
//!
//! Never stops or changes the process (the caller may hold it [`Frozen`]); reading maps pages of its files into it,
//! so its resident set may grow. Addresses first mapped and children started during a walk are listed as not searched; what is unmapped and
//! mapped again at one place is not noticed, nor what is written behind the walk: only a frozen process stands still.
//! Called by [`walk`](super::walk).

#[cfg(target_os = "linux")]
mod linux;
mod mapping;
#[cfg(all(test, target_os = "linux"))]
mod tests;
#[cfg(windows)]
mod windows;

use super::item::{Place, Region};
use super::report::{Note, Why};
use super::scan::Scan;
#[cfg(target_os = "linux")]
use linux as system;
use mapping::{Mapping, Reach};
use std::ops::{ControlFlow, Range};
#[cfg(windows)]
use windows as system;

use system::memory::Memory;
pub use system::{Frozen, Identity};
use system::{children, maps};
#[cfg(windows)]
pub use windows::{Listed, processes};

/// Why a process could not be frozen; it goes on running.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FreezeError {
    /// It is not there, or not ours.
    #[error("cannot freeze: {0}")]
    Process(#[from] Why),
    /// The signal was refused.
    #[error("cannot freeze: {0}")]
    Signal(String),
    /// Threads that did not stop in time: most likely they wait for a disk.
    #[error("threads still running: {0:?}")]
    Running(Vec<u32>),
}

pub(super) fn walk(scan: &mut Scan<'_>, process: Identity) -> ControlFlow<()> {
    let place = Place::Process { pid: process.pid() };
    scan.new_space();
    let opened = process
        .check()
        .and_then(|()| maps::read(process.pid()))
        .and_then(|before| Ok((before, Memory::open(process.pid())?)));
    let (before, memory) = match opened {
        Ok(opened) => opened,
        Err(why) => {
            scan.missed((&place, ""), None, why);
            return ControlFlow::Continue(());
        }
    };
    if before.is_empty() {
        scan.missed((&place, ""), None, Why::NoMemory);
    }
    let children = children::of(process.pid());
    for (index, mapping) in before.iter().enumerate() {
        one(scan, &place, &memory, mapping)?;
        if let Err(why) = process.check() {
            // What was read last may already have been another program's.
            for rest in &before[index..] {
                let about = (&place, rest.name.as_str());
                scan.missed(about, Some(rest.range.clone()), why.clone());
            }
            return ControlFlow::Continue(());
        }
    }
    match maps::read(process.pid()) {
        Ok(after) => compare(scan, &place, &before, &after),
        Err(why) => scan.missed((&place, ""), None, why),
    }
    let mut started = children::of(process.pid());
    started.retain(|child| !children.contains(child));
    if !started.is_empty() {
        scan.missed((&place, ""), None, Why::Forked(started));
    }
    ControlFlow::Continue(())
}

fn one(scan: &mut Scan<'_>, place: &Place, memory: &Memory, mapping: &Mapping) -> ControlFlow<()> {
    let about = (place, mapping.name.as_str());
    let Some(kind) = mapping.kind else {
        scan.missed(about, Some(mapping.range.clone()), Why::KernelPages);
        return ControlFlow::Continue(());
    };
    if let Reach::Barred(why) = mapping.reach {
        let why = Why::Unreadable(why.into());
        scan.missed(about, Some(mapping.range.clone()), why);
        return ControlFlow::Continue(());
    }
    for range in wanted(scan, &mapping.range) {
        scan.region(&Region {
            place: place.clone(),
            kind,
            permissions: Some(mapping.permissions),
            name: mapping.name.clone(),
            start: range.start,
            length: Some(range.end - range.start),
            address: None,
            paged: false,
        })?;
        if mapping.reach == Reach::Zeros {
            scan.hole(range)?;
            continue;
        }
        let mut read = |position, buffer: &mut [u8]| memory.read(position, buffer, kind);
        memory.spans(range, mapping.own, &mut |span, touched| {
            if touched {
                scan.read(about, span, &mut read)?;
                ControlFlow::Continue(())
            } else {
                scan.hole(span)
            }
        })?;
    }
    ControlFlow::Continue(())
}

/// The parts of `range` the caller wants.
fn wanted(scan: &mut Scan<'_>, range: &Range<u64>) -> Vec<Range<u64>> {
    let Some(only) = &scan.options.only else {
        return vec![range.clone()];
    };
    let common = only.iter().map(|part| {
        // Whole pages: a page is read at once or not at all.
        let start = part.start / super::PAGE as u64 * super::PAGE as u64;
        let end = part.end.div_ceil(super::PAGE as u64) * super::PAGE as u64;
        start.max(range.start)..end.min(range.end)
    });
    let parts: Vec<_> = common.filter(|part| part.start < part.end).collect();
    let kept: u64 = parts.iter().map(|part| part.end - part.start).sum();
    scan.left_out((range.end - range.start).saturating_sub(kept));
    parts
}

fn compare(scan: &mut Scan<'_>, place: &Place, before: &[Mapping], after: &[Mapping]) {
    for (mapping, range) in mapping::without(after, before) {
        scan.missed((place, &mapping.name), Some(range), Why::Appeared);
    }
    for (_, range) in mapping::without(before, after) {
        scan.note(place, Note::Vanished(range));
    }
}
