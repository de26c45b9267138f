//! One opened file: each of its bytes once, in order, under the names a dump's header gives them; then what it packs.

use super::holes;
use crate::sources::item::{Kind, Place, Region};
use crate::sources::report::{Note, Why};
use crate::sources::scan::{Fault, Scan};
use crate::sources::{containers, dumps};
use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::ops::{ControlFlow, Range};

pub(in crate::sources) fn read(
    scan: &mut Scan<'_>,
    place: &Place,
    file: &File,
    kind: Kind,
) -> ControlFlow<()> {
    let length = match length(file, kind) {
        Ok(length) => length,
        Err(error) => {
            scan.missed((place, ""), None, Why::from(&error));
            return ControlFlow::Continue(());
        }
    };
    scan.new_space();
    let ranges = dumps::ranges(scan, place, file, length);
    let mut position = 0;
    for memory in ranges {
        if position < memory.start {
            part(
                scan,
                place,
                file,
                &plain(place, kind, position..memory.start),
            )?;
        }
        position = memory.start + memory.length;
        part(scan, place, file, &dumped(place, memory))?;
    }
    if position < length || length == 0 {
        part(scan, place, file, &plain(place, kind, position..length))?;
    }
    if kind == Kind::File {
        changed(scan, place, file, length)?;
    }
    dumps::guest(scan, place, file)?;
    containers::open(scan, place, file, length)
}

fn length(mut file: &File, kind: Kind) -> io::Result<u64> {
    match kind {
        // Its metadata tell no length.
        Kind::BlockDevice => file.seek(SeekFrom::End(0)),
        _ => file.metadata().map(|found| found.len()),
    }
}

fn plain(place: &Place, kind: Kind, range: Range<u64>) -> Region {
    Region {
        place: place.clone(),
        kind,
        permissions: None,
        name: String::new(),
        start: range.start,
        length: Some(range.end.saturating_sub(range.start)),
        address: None,
        paged: true,
    }
}

fn dumped(place: &Place, memory: dumps::Memory) -> Region {
    Region {
        permissions: memory.permissions,
        address: Some(memory.address),
        paged: memory.physical,
        ..plain(
            place,
            Kind::Dumped,
            memory.start..memory.start + memory.length,
        )
    }
}

/// Hand over one region of the file.
fn part(scan: &mut Scan<'_>, place: &Place, file: &File, region: &Region) -> ControlFlow<()> {
    let length = region.length.unwrap_or(0);
    scan.region(region)?;
    let range = region.start..region.start + length;
    holes::spans(file, range, &mut |span, data| {
        if !data {
            return scan.hole(span);
        }
        let mut read =
            |position, buffer: &mut [u8]| read_at(file, position, buffer).map_err(Fault::Here);
        // Where bytes are missing at the end, `changed` tells it.
        scan.read((place, &region.name), span, &mut read)?;
        ControlFlow::Continue(())
    })
}

/// Whether the file is still as long as it was; what it gained is read once.
fn changed(scan: &mut Scan<'_>, place: &Place, file: &File, before: u64) -> ControlFlow<()> {
    let Ok(now) = length(file, Kind::File) else {
        return ControlFlow::Continue(());
    };
    if now < before {
        scan.missed((place, ""), Some(now..before), Why::Shrank);
    } else if now > before {
        let grew = Note::Grew {
            from: before,
            to: now,
        };
        scan.note(place, grew);
        part(scan, place, file, &plain(place, Kind::File, before..now))?;
        let end = length(file, Kind::File).unwrap_or(now);
        if end > now {
            scan.missed((place, ""), Some(now..end), Why::Growing);
        } else if end < now {
            scan.missed((place, ""), Some(end..now), Why::Shrank);
        }
    }
    ControlFlow::Continue(())
}

/// `pread`: bytes at `position`, 0 behind the end.
pub(in crate::sources) fn read_at(
    file: &File,
    position: u64,
    buffer: &mut [u8],
) -> io::Result<usize> {
    loop {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, buffer, position);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, buffer, position);
        match read {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}
