//! Files, directory trees and block devices, read as they lie on the disk.
//!
//! Reads with `pread`, never through a mapping: a mapped file that shrinks kills the reader with SIGBUS, a `pread`
//! that comes too late gives fewer bytes. Follows no link below the path given; a tree of directories then has no
//! loop, and its depth ends where paths end. Opens no FIFO, socket or device inside a tree.
//! Deleted files of a block device or disk image are covered, for their bytes are read like all others. Extended
//! attributes of Linux are read too, and alternate streams of Windows, each as a file of its own inside. Called by [`walk`](super::walk).

#[cfg(target_os = "linux")]
mod attributes;
mod file;
mod holes;
mod open;
#[cfg(windows)]
mod streams;
#[cfg(test)]
mod tests;
mod tree;

use super::item::{Kind, Place};
use super::report::Why;
use super::scan::Scan;
use std::ops::ControlFlow;
use std::path::Path;

pub(super) use file::read_at;
#[cfg(windows)]
pub use streams::{stream_path, streams};

pub(super) fn walk(scan: &mut Scan<'_>, path: &Path) -> ControlFlow<()> {
    let place = Place::file(path);
    // Only here a link is followed: its user named it.
    let resolved = path
        .canonicalize()
        .and_then(|target| Ok((target.metadata()?, target)));
    let (seen, target) = match resolved {
        Ok(resolved) => resolved,
        Err(error) => {
            scan.missed((&place, ""), None, Why::from(&error));
            return ControlFlow::Continue(());
        }
    };
    if seen.is_dir() {
        return tree::walk(scan, path);
    }
    if open::pseudo(&target) {
        scan.missed((&place, ""), None, Why::Pseudo);
        return ControlFlow::Continue(());
    }
    let kind = match open::special(seen.file_type()) {
        None => Kind::File,
        Some(super::Special::BlockDevice) => Kind::BlockDevice,
        Some(special) => {
            scan.missed((&place, ""), None, Why::Special(special));
            return ControlFlow::Continue(());
        }
    };
    match open::open(&target, &seen) {
        Ok(file) => file::read(scan, &place, &file, kind)?,
        Err(why) => scan.missed((&place, ""), None, why),
    }
    #[cfg(windows)]
    alternate(scan, path)?;
    #[cfg(target_os = "linux")]
    attributes::read(scan, &target)?;
    ControlFlow::Continue(())
}

/// What hangs on a file or folder beside its own bytes.
#[cfg(windows)]
fn alternate(scan: &mut Scan<'_>, path: &Path) -> ControlFlow<()> {
    let place = Place::file(path);
    let names = streams(path).unwrap_or_else(|error| {
        scan.missed((&place, "alternate streams"), None, Why::from(&error));
        Vec::new()
    });
    for name in names {
        let inner = place.inner(format!("stream {name}"));
        match std::fs::File::open(stream_path(path, &name)) {
            Ok(file) => file::read(scan, &inner, &file, Kind::File)?,
            Err(error) => scan.missed((&inner, ""), None, Why::from(&error)),
        }
    }
    ControlFlow::Continue(())
}
