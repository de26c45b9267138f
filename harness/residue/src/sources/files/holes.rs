//! Holes of a sparse file: zeros that need not be read.

use std::fs::File;
use std::ops::{ControlFlow, Range};

/// Cut `range` into spans and tell of each whether it has bytes on the disk.
///
/// A file system that knows no holes tells of one span with bytes; so does a file that shrinks meanwhile.
#[cfg(target_os = "linux")]
pub(super) fn spans(
    file: &File,
    range: Range<u64>,
    on: &mut dyn FnMut(Range<u64>, bool) -> ControlFlow<()>,
) -> ControlFlow<()> {
    use rustix::fs::{SeekFrom, seek};
    use rustix::io::Errno;
    let mut position = range.start;
    while position < range.end {
        // A hole first: it must lie at `position` itself, or the span up to it has bytes.
        let hole = match seek(file, SeekFrom::Hole(position)) {
            Ok(hole) if hole >= position => hole.min(range.end),
            _ => return on(position..range.end, true),
        };
        if hole > position {
            on(position..hole, true)?;
            position = hole;
            continue;
        }
        let data = match seek(file, SeekFrom::Data(position)) {
            Ok(data) if data > position => data.min(range.end),
            // No bytes up to the end of the file.
            Err(Errno::NXIO) => range.end,
            _ => return on(position..range.end, true),
        };
        on(position..data, false)?;
        position = data;
    }
    ControlFlow::Continue(())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn spans(
    _file: &File,
    range: Range<u64>,
    on: &mut dyn FnMut(Range<u64>, bool) -> ControlFlow<()>,
) -> ControlFlow<()> {
    on(range, true)
}
