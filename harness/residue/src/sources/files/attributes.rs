//! Extended attributes of Linux: bytes that hang on a file or folder beside its own, and that no listing shows. Handed over as one region for each
//! file that has any: each attribute's name, a line's end, its value, a line's end. Called by this module's walks.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use rustix::fs::{lgetxattr, llistxattr};
use rustix::io::Errno;
use zeroize::Zeroizing;

use crate::sources::item::{Kind, Place, Region};
use crate::sources::report::Why;
use crate::sources::scan::Scan;

/// Bytes of a list of names, and of a value, at most (`XATTR_LIST_MAX`, `XATTR_SIZE_MAX` of Linux).
const LONGEST: usize = 64 << 10;
/// How the region is called among what a file holds.
const NAME: &str = "extended attributes";

/// Reads the attributes of `path`, which is no link.
pub(super) fn read(scan: &mut Scan<'_>, path: &Path) -> ControlFlow<()> {
    let place = Place::file(path).inner(NAME);
    let names = match whole(|buffer| llistxattr(path, buffer)) {
        Ok(names) => names,
        // A file system without them; it has gone, which its own bytes tell.
        Err(Errno::NOTSUP | Errno::NOENT) => return ControlFlow::Continue(()),
        Err(error) => {
            scan.missed((&place, ""), None, Why::from(&io::Error::from(error)));
            return ControlFlow::Continue(());
        }
    };
    if names.is_empty() {
        return ControlFlow::Continue(());
    }
    scan.new_space();
    scan.region(&Region::stream(place.clone(), Kind::File))?;
    let mut position = 0;
    for name in names
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
    {
        let value = match whole(|buffer| lgetxattr(path, name, buffer)) {
            Ok(value) => value,
            Err(error) => {
                scan.missed((&place, ""), None, Why::from(&io::Error::from(error)));
                continue;
            }
        };
        let line = Zeroizing::new([name, b"\n", &value, b"\n"].concat());
        scan.give(position, &line)?;
        position += line.len() as u64;
    }
    ControlFlow::Continue(())
}

/// What a call gives, with as much room as there can be.
fn whole(
    call: impl Fn(&mut [u8]) -> rustix::io::Result<usize>,
) -> rustix::io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; LONGEST]);
    let length = call(&mut bytes)?;
    bytes.truncate(length);
    Ok(bytes)
}
