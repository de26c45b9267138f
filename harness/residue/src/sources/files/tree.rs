//! A directory tree: names of each directory, then its files, then its directories.

use super::{file, open};
use crate::sources::item::{Kind, Place, Region};
use crate::sources::report::Why;
use crate::sources::scan::Scan;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Bytes of names handed over at once.
const NAMES: usize = 64 << 10;

pub(super) fn walk(scan: &mut Scan<'_>, root: &Path) -> ControlFlow<()> {
    let mut pending = vec![root.to_owned()];
    while let Some(directory) = pending.pop() {
        if open::pseudo(&directory) {
            scan.missed((&Place::file(&directory), ""), None, Why::Pseudo);
            continue;
        }
        names(scan, &directory)?;
        #[cfg(windows)]
        super::alternate(scan, &directory)?;
        #[cfg(target_os = "linux")]
        super::attributes::read(scan, &directory)?;
        // The names were listed by the same reading just before: its errors are told there.
        for entry in std::fs::read_dir(&directory)
            .into_iter()
            .flatten()
            .flatten()
        {
            pending.extend(one(scan, entry.path())?);
        }
    }
    ControlFlow::Continue(())
}

/// Names are written to the disk too: a file may be called after its patient.
fn names(scan: &mut Scan<'_>, directory: &Path) -> ControlFlow<()> {
    let place = Place::file(directory);
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => {
            scan.missed((&place, ""), None, Why::from(&error));
            return ControlFlow::Continue(());
        }
    };
    scan.new_space();
    scan.region(&Region::stream(place.clone(), Kind::Names))?;
    let mut lines = Vec::new();
    let mut position = 0;
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                scan.missed((&place, "entries"), None, Why::from(&error));
                break;
            }
        };
        lines.extend_from_slice(entry.file_name().as_encoded_bytes());
        lines.push(b'\n');
        if let Ok(target) = std::fs::read_link(entry.path()) {
            lines.extend_from_slice(target.as_os_str().as_encoded_bytes());
            lines.push(b'\n');
        }
        if lines.len() >= NAMES {
            scan.give(position, &lines)?;
            position += lines.len() as u64;
            lines.clear();
        }
    }
    if lines.is_empty() {
        return ControlFlow::Continue(());
    }
    scan.give(position, &lines)
}

/// Search one entry; a directory is given back to be walked later.
fn one(scan: &mut Scan<'_>, path: PathBuf) -> ControlFlow<(), Option<PathBuf>> {
    let place = Place::file(&path);
    let why = match path.symlink_metadata() {
        Err(error) => Why::from(&error),
        Ok(seen) if seen.is_dir() => return ControlFlow::Continue(Some(path)),
        Ok(seen) if seen.is_symlink() => Why::Link(std::fs::read_link(&path).unwrap_or_default()),
        Ok(seen) => match open::special(seen.file_type()) {
            Some(special) => Why::Special(special),
            None => match open::open(&path, &seen) {
                Ok(opened) => {
                    file::read(scan, &place, &opened, Kind::File)?;
                    #[cfg(windows)]
                    super::alternate(scan, &path)?;
                    #[cfg(target_os = "linux")]
                    super::attributes::read(scan, &path)?;
                    return ControlFlow::Continue(None);
                }
                Err(why) => why,
            },
        },
    };
    scan.missed((&place, ""), None, why);
    ControlFlow::Continue(None)
}
