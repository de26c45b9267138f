//! Files of the system whose memory is partly packed with Xpress, which this search does not undo.

use super::bytes::Bytes;
use crate::sources::item::Place;
use crate::sources::report::Why;

pub(super) fn why(bytes: &Bytes<'_>, place: &Place) -> Option<Why> {
    let Place::File { path, .. } = place else {
        return None;
    };
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    let hibernated = [&b"hibr"[..], b"HIBR", b"wake", b"WAKE", b"rstr", b"RSTR"];
    // Four letters begin many a text; the header goes on with binary numbers.
    let binary = || bytes.array::<64>(0).is_some_and(|start| start.contains(&0));
    if name == "hiberfil.sys"
        || (hibernated.iter().any(|magic| bytes.starts_with(magic)) && binary())
    {
        return Some(Why::Packed("Xpress-packed memory of a hibernation file"));
    }
    let paging = name == "pagefile.sys" || name == "swapfile.sys";
    paging.then_some(Why::Packed("Xpress-packed pages of a page file"))
}
