//! What files pack: gzip (several members too, so rotated logs) and zip, one inside the other.
//!
//! Unpacks to chunks in memory, never to a disk. How much is unpacked from one file is capped (zip bombs), and so is
//! the nesting; whatever is left out or packed in another way is listed, and its packed bytes were searched as the
//! file's own. Only a file that begins with a packing is opened; what lies in its middle, or what an archive no longer
//! lists, is searched as packed bytes. `SQLite` needs no opening: its pages are not packed, and the file's own bytes
//! include its free pages; its `-wal` and `-journal` are files beside it.
//! Called for each file by `files`.

mod magic;
#[cfg(test)]
mod tests;
mod window;
mod zip;

use super::item::{Kind, Place, Region};
use super::report::Why;
use super::scan::Scan;
use flate2::bufread::MultiGzDecoder;
use magic::Packing;
use std::fs::File;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;
use window::{Base, Window};
use zeroize::Zeroizing;

/// Most bytes of an archive inside another container, which must be held to be read in its own order.
const HELD: u64 = 16 << 20;

/// Runs a function over a stream from its start, as often as asked.
type Open<'a> = &'a mut dyn FnMut(&mut dyn FnMut(&mut dyn Read));

/// How deep a container lies, and how much may still be unpacked.
struct Depth<'a> {
    level: usize,
    left: &'a mut u64,
}

impl Depth<'_> {
    fn inner(&mut self) -> Depth<'_> {
        Depth {
            level: self.level + 1,
            left: self.left,
        }
    }
}

pub(super) fn open(
    scan: &mut Scan<'_>,
    place: &Place,
    file: &File,
    length: u64,
) -> ControlFlow<()> {
    let base = Base::File(file);
    let mut head = [0; magic::LENGTH];
    let known = base.read(0, &mut head);
    let mut left = scan.options.budget(length);
    let mut depth = Depth {
        level: 0,
        left: &mut left,
    };
    match magic::packing(&head[..known]) {
        Some(Packing::Zip) if deeper(scan, place, &depth) => {
            zip::walk(scan, place, base, length, &mut depth)
        }
        Some(Packing::Gzip) if deeper(scan, place, &depth) => {
            let mut open = |on: &mut dyn FnMut(&mut dyn Read)| {
                let packed = BufReader::new(Window::new(base, 0..length));
                on(&mut MultiGzDecoder::new(packed));
            };
            unpack(scan, &place.inner("gzip"), &mut depth.inner(), &mut open)
        }
        Some(Packing::Other(name)) => {
            scan.missed((place, ""), None, Why::Packed(name));
            ControlFlow::Continue(())
        }
        // A disk image in a file is opened by `dumps`.
        _ => ControlFlow::Continue(()),
    }
}

fn deeper(scan: &mut Scan<'_>, place: &Place, depth: &Depth<'_>) -> bool {
    let deeper = depth.level < scan.options.nesting;
    if !deeper {
        scan.missed((place, ""), None, Why::TooDeep);
    }
    deeper
}

/// Hand over what a stream unpacks to, then what that packs in turn.
fn unpack(
    scan: &mut Scan<'_>,
    place: &Place,
    depth: &mut Depth<'_>,
    open: Open<'_>,
) -> ControlFlow<()> {
    scan.new_space();
    scan.region(&Region {
        place: place.clone(),
        kind: Kind::Unpacked,
        permissions: None,
        name: String::new(),
        start: 0,
        length: None,
        address: None,
        paged: true,
    })?;
    let mut head = Vec::new();
    let mut flow = ControlFlow::Continue((0, Ok(true)));
    open(&mut |stream| {
        // The head is read twice: the stream's own bytes go on where it ended.
        let mut first = stream.take(magic::LENGTH as u64);
        let failed = first.read_to_end(&mut head).err();
        let stream = first.into_inner();
        flow = match failed {
            Some(error) => ControlFlow::Continue((0, Err(error))),
            None => scan.stream(0, *depth.left, &mut head.as_slice().chain(stream)),
        };
    });
    let (read, ended) = flow?;
    *depth.left -= read;
    match ended {
        Ok(true) => {}
        Ok(false) => scan.missed((place, ""), Some(read..u64::MAX), Why::TooLarge),
        Err(error) => {
            let why = Why::Damaged(error.to_string());
            scan.missed((place, ""), Some(read..u64::MAX), why);
        }
    }
    nested(scan, place, depth, magic::packing(&head), open)
}

fn nested(
    scan: &mut Scan<'_>,
    place: &Place,
    depth: &mut Depth<'_>,
    packing: Option<Packing>,
    open: Open<'_>,
) -> ControlFlow<()> {
    match packing {
        Some(Packing::Gzip) if deeper(scan, place, depth) => {
            let mut inner = |on: &mut dyn FnMut(&mut dyn Read)| {
                open(&mut |stream| on(&mut MultiGzDecoder::new(BufReader::new(stream))));
            };
            unpack(scan, &place.inner("gzip"), &mut depth.inner(), &mut inner)
        }
        Some(Packing::Zip) if deeper(scan, place, depth) => {
            let mut held = Zeroizing::new(Vec::new());
            let mut read = Ok(0);
            open(&mut |stream| read = stream.take(HELD + 1).read_to_end(&mut held));
            let length = held.len() as u64;
            if length > HELD {
                scan.missed((place, ""), None, Why::TooLarge);
                return ControlFlow::Continue(());
            }
            // A stream that failed was listed when it was handed over; what came of it is tried.
            drop(read);
            zip::walk(scan, place, Base::Held(&held), length, depth)
        }
        Some(Packing::Other(name)) => {
            scan.missed((place, ""), None, Why::Packed(name));
            ControlFlow::Continue(())
        }
        Some(Packing::DiskImage) => {
            let why = Why::Packed("a disk image in a container");
            scan.missed((place, ""), None, why);
            ControlFlow::Continue(())
        }
        _ => ControlFlow::Continue(()),
    }
}
