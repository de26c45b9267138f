//! What a walk hands over: regions, and chunks of their bytes.
//!
//! Positions are addresses in a process and offsets from the start everywhere else. Nothing here owns searched bytes.

use super::snapshot::PAGE;
use std::fmt;
use std::path::PathBuf;

/// One step of a walk.
#[derive(Debug)]
pub enum Item<'a> {
    /// A region begins; the chunks up to the next region are its own. It may have none.
    Region(&'a Region),
    /// Bytes of the region last begun.
    Chunk(Chunk<'a>),
}

/// Bytes of a region, 1 MiB at most.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'a> {
    /// Where the first byte lies: address (process) or offset (file, stream, disk).
    pub position: u64,
    /// The bytes; the next chunk overwrites them.
    pub bytes: &'a [u8],
    /// Whether the first byte directly follows the last byte handed over, be it in the region before: a search then
    /// goes on. Otherwise it starts afresh, for something in between was not there or not readable.
    pub joins: bool,
}

/// A stretch of bytes of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// What it is a part of.
    pub place: Place,
    /// What it is.
    pub kind: Kind,
    /// What the process, or the dumped process, may do with it.
    pub permissions: Option<Permissions>,
    /// The file, mapping name or dump note behind it; empty when it has none.
    pub name: String,
    /// Position of its first byte.
    pub start: u64,
    /// Bytes; unknown for a stream that is unpacked while it is read.
    pub length: Option<u64>,
    /// In a dump: the address (virtual or physical) the first byte had in the dumped memory.
    pub address: Option<u64>,
    /// Whether it is cut into pages (physical memory, page files) or blocks (disks) that need not have followed one another for whoever
    /// wrote them. So is a file that tells nothing of itself: memory dumped raw has no header.
    pub paged: bool,
}

impl Region {
    /// One that nothing tells the length of beforehand, with bytes that follow one another.
    pub(super) fn stream(place: Place, kind: Kind) -> Self {
        Self {
            place,
            kind,
            permissions: None,
            name: String::new(),
            start: 0,
            length: None,
            address: None,
            paged: false,
        }
    }

    /// What is added to a position to tell its place in the pages; none where there are none.
    pub fn phase(&self) -> Option<u64> {
        let address = self.address.unwrap_or(self.start);
        self.paged
            .then(|| address.wrapping_sub(self.start) % PAGE as u64)
    }
}

/// What a region is a part of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The memory of a live process.
    Process {
        /// Its number.
        pid: u32,
    },
    /// A file, directory or device.
    File {
        /// Its path.
        path: PathBuf,
        /// The containers opened on the way to the bytes, outermost first: `gzip`, `disk`, an entry of an archive.
        inside: Vec<String>,
    },
}

/// For people: `process 12`, `/tmp/a.zip > zip > entry`.
impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process { pid } => write!(out, "process {pid}"),
            Self::File { path, inside } => {
                write!(out, "{}", path.display())?;
                inside
                    .iter()
                    .try_for_each(|layer| write!(out, " > {layer}"))
            }
        }
    }
}

impl Place {
    pub(super) fn file(path: &std::path::Path) -> Self {
        Self::File {
            path: path.to_owned(),
            inside: Vec::new(),
        }
    }

    pub(super) fn inner(&self, layer: impl Into<String>) -> Self {
        let mut inner = self.clone();
        if let Self::File { inside, .. } = &mut inner {
            inside.push(layer.into());
        }
        inner
    }
}

/// What a region is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `[heap]` of a process.
    Heap,
    /// `[stack]` of its first thread; other threads' stacks are [`Kind::Anonymous`].
    Stack,
    /// Private memory with no file behind it.
    Anonymous,
    /// Memory processes share: memfd, `/dev/shm`, System V.
    Shared,
    /// A file mapped into a process, also one deleted since.
    Mapped,
    /// Memory of a device mapped into a process.
    Device,
    /// Code the kernel lends to every process.
    Vdso,
    /// Names of a directory's entries and targets of its links, one a line; the offset means nothing.
    Names,
    /// A file's own bytes.
    File,
    /// A block device's own bytes.
    BlockDevice,
    /// Memory recorded in a dump.
    Dumped,
    /// What a packed stream unpacks to.
    Unpacked,
    /// The disk a guest sees in a disk image.
    Disk,
}

/// What a process may do with a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "rights do not depend on each other"
)]
pub struct Permissions {
    /// Read it.
    pub read: bool,
    /// Write it.
    pub write: bool,
    /// Run it.
    pub execute: bool,
    /// Writes reach the file or the other processes behind it.
    pub shared: bool,
}
