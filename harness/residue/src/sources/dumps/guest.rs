//! Disk images as the guest sees them: qcow2, VHD, VHDX, VMDK, VDI.
//!
//! `qemu-nbd` serves the disk read-only on a socket in a private folder and its bytes are read from there: no raw copy
//! of a disk full of secrets is ever written, and none has to fit. The image is handed over as the file already
//! opened, by its descriptor, and no backing file is opened: a hostile image could name any file of this machine.

use super::bytes::Bytes;
use super::image::{Format, format};
use super::nbd::Disk;
use crate::sources::item::{Kind, Place, Region};
use crate::sources::report::Why;
use crate::sources::scan::Scan;
use std::fs::File;
use std::ops::ControlFlow;
use std::os::fd::AsRawFd;

pub(in crate::sources) fn guest(
    scan: &mut Scan<'_>,
    place: &Place,
    file: &File,
) -> ControlFlow<()> {
    let length = file.metadata().map_or(0, |found| found.len());
    let bytes = Bytes::new(file, length);
    let Some(format) = format(&bytes) else {
        return ControlFlow::Continue(());
    };
    let inner = place.inner("disk");
    if scan.options.nesting == 0 {
        scan.missed((&inner, ""), None, Why::TooDeep);
        return ControlFlow::Continue(());
    }
    if backed(&bytes, &format) {
        scan.missed((&inner, ""), None, Why::Backed);
    }
    // Its blocks lie in another file altogether.
    if external(&bytes, &format) {
        return ControlFlow::Continue(());
    }
    let own = format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd());
    let mut image = serde_json::json!({
        "driver": format.name,
        "read-only": true,
        "force-share": true,
        "file": { "driver": "file", "filename": own, "locking": "off" },
    });
    if format.backing {
        image["backing"] = serde_json::Value::Null;
    }
    let mut disk = match Disk::open(&format!("json:{image}")) {
        Ok(disk) => disk,
        Err(why) => {
            scan.missed((&inner, ""), None, why);
            return ControlFlow::Continue(());
        }
    };
    scan.new_space();
    scan.region(&Region {
        place: inner.clone(),
        kind: Kind::Disk,
        permissions: None,
        name: format.name.to_owned(),
        start: 0,
        length: Some(disk.length()),
        address: None,
        paged: true,
    })?;
    let range = 0..disk.length();
    scan.read((&inner, ""), range, &mut |position, buffer| {
        disk.read(position, buffer)
    })?;
    ControlFlow::Continue(())
}

fn backed(bytes: &Bytes<'_>, format: &Format) -> bool {
    match format.name {
        "qcow2" => {
            bytes.array::<8>(8).is_some_and(|offset| offset != [0; 8]) || external(bytes, format)
        }
        "vmdk" => {
            let mut start = vec![0; 64 << 10];
            bytes.fill(0, &mut start);
            let hint = b"parentFileNameHint";
            start.windows(hint.len()).any(|window| window == hint)
        }
        // QEMU refuses these when they build on another.
        _ => false,
    }
}

/// qcow2 only: incompatible feature 2, the guest's data in another file.
fn external(bytes: &Bytes<'_>, format: &Format) -> bool {
    let version = bytes.array(4).map(u32::from_be_bytes);
    let features = bytes.array(72).map(u64::from_be_bytes);
    format.name == "qcow2" && version >= Some(3) && features.is_some_and(|bits| bits & 4 != 0)
}
