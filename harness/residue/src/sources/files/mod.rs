//! Files, directory trees and block devices, read as they lie on the disk.
//!
//! Reads with `pread`, never through a mapping: a mapped file that shrinks kills the reader with SIGBUS, a `pread`
//! that comes too late gives fewer bytes. Follows no link below the path given; a tree of directories then has no
//! loop, and its depth ends where paths end. Opens no FIFO, socket or device inside a tree.
//! Deleted files of a block device or disk image are covered, for their bytes are read like all others. Extended
//! attributes are not read. Called by [`walk`](super::walk).

mod file;
mod holes;
mod open;
#[cfg(test)]
mod tests;
mod tree;

use super::item::{Kind, Place};
use super::report::Why;
use super::scan::Scan;
use std::ops::ControlFlow;
use std::path::Path;

pub(super) use file::read_at;

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
        Ok(file) => file::read(scan, &place, &file, kind),
        Err(why) => {
            scan.missed((&place, ""), None, why);
            ControlFlow::Continue(())
        }
    }
}
