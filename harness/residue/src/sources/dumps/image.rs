//! Formats of disk images, by their first bytes.

use super::bytes::Bytes;

/// A format of disk images.
pub(super) struct Format {
    /// As QEMU calls it.
    pub(super) name: &'static str,
    /// Whether QEMU lets a backing file be left out.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "asked of QEMU"))]
    pub(super) backing: bool,
}

pub(super) fn format(bytes: &Bytes<'_>) -> Option<Format> {
    let known = [
        (&b"QFI\xfb"[..], "qcow2", true),
        (b"vhdxfile", "vhdx", false),
        (b"KDMV", "vmdk", true),
        (b"conectix", "vpc", false),
    ];
    let found = known
        .into_iter()
        .find(|(magic, ..)| bytes.starts_with(magic));
    let vdi = || (bytes.array(0x40)? == *b"\x7f\x10\xda\xbe").then_some(("vdi", false));
    let (name, backing) = found.map(|found| (found.1, found.2)).or_else(vdi)?;
    Some(Format { name, backing })
}
