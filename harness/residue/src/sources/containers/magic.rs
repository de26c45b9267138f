//! Packings by the first bytes of what they pack.

/// Bytes that tell a packing.
pub(super) const LENGTH: usize = 8;

/// A way of packing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zip,
    /// Read by `dumps` where it is a file of its own.
    DiskImage,
    /// Known, but not unpacked.
    Other(&'static str),
}

const KNOWN: [(&[u8], Packing); 20] = [
    (b"\x1f\x8b\x08", Packing::Gzip),
    (b"PK\x03\x04", Packing::Zip),
    (b"PK\x05\x06", Packing::Zip),
    (b"QFI\xfb", Packing::DiskImage),
    (b"vhdxfile", Packing::DiskImage),
    (b"conectix", Packing::DiskImage),
    (b"KDMV", Packing::DiskImage),
    (b"\x28\xb5\x2f\xfd", Packing::Other("zstd")),
    (b"\xfd7zXZ\0", Packing::Other("xz")),
    (b"BZh", Packing::Other("bzip2")),
    (b"7z\xbc\xaf\x27\x1c", Packing::Other("7z")),
    (b"\x04\x22\x4d\x18", Packing::Other("lz4")),
    (b"Rar!\x1a\x07", Packing::Other("rar")),
    (b"LZIP", Packing::Other("lzip")),
    (b"\x1f\x9d", Packing::Other("compress")),
    (b"MSCF", Packing::Other("cab")),
    (b"hsqs", Packing::Other("squashfs")),
    (b"%PDF-", Packing::Other("packed streams of a PDF")),
    (
        b"LPKSHHRH",
        Packing::Other("packed entries of a systemd journal"),
    ),
    (b"MSWIM\0\0\0", Packing::Other("wim")),
];

pub(super) fn packing(head: &[u8]) -> Option<Packing> {
    let mut known = KNOWN.iter();
    known
        .find(|(magic, _)| head.starts_with(magic))
        .map(|found| found.1)
}
