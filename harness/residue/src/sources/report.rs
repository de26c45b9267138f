//! What a walk did not search, and why; what it noticed; how much it read.
//!
//! Holds places and reasons, never searched bytes, and draws no conclusion from them.

use super::item::Place;
use std::collections::HashSet;
use std::ops::Range;
use std::path::PathBuf;

/// The end of a walk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Regions handed over.
    pub regions: u64,
    /// Bytes handed over.
    pub searched: u64,
    /// Bytes known to be zero without reading: holes of sparse files, memory never touched. The first and last page
    /// of each hole is handed over all the same, and counted here.
    pub zeros: u64,
    /// Bytes outside [`Options::only`](super::Options::only).
    pub left_out: u64,
    /// What was not searched.
    pub not_searched: Vec<NotSearched>,
    /// Entries beyond [`Report::LONGEST`] that `not_searched` and `notes` do not hold.
    pub not_listed: u64,
    /// What else was noticed.
    pub notes: Vec<(Place, Note)>,
    /// Whether the caller broke the walk off; what came after is not listed.
    pub broken_off: bool,
}

impl Report {
    /// Entries each list holds at most; the rest is counted.
    pub const LONGEST: usize = 1 << 16;

    /// Lists something that was not searched, or counts it.
    pub fn missed(&mut self, missed: NotSearched) {
        if self.not_searched.len() < Self::LONGEST {
            self.not_searched.push(missed);
        } else {
            self.not_listed += 1;
        }
    }

    /// What another walk of the same source did not search: what both missed counts once. What the lists do not hold may be the same.
    pub fn also(&mut self, other: Self) {
        let known: HashSet<NotSearched> = self.not_searched.iter().cloned().collect();
        self.not_listed = self.not_listed.max(other.not_listed);
        let missed = other.not_searched.into_iter();
        missed
            .filter(|one| !known.contains(one))
            .for_each(|one| self.missed(one));
    }
}

/// Something that was not searched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NotSearched {
    /// Where.
    pub place: Place,
    /// Name of the mapping or entry, where it has one.
    pub name: String,
    /// Which positions; all or an unknown number of them when absent.
    pub range: Option<Range<u64>>,
    /// Why.
    pub why: Why,
}

/// Why something was not searched.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Why {
    /// The rights do not suffice.
    #[error("permission denied")]
    Denied,
    /// Reading failed.
    #[error("unreadable: {0}")]
    Unreadable(String),
    /// It is not, or no longer, there.
    #[error("not there, or gone during the search")]
    Gone,
    /// The process number belongs to another process now.
    #[error("the process ended and its number was given to another")]
    Recycled,
    /// The process runs another program now.
    #[error("the process replaced its program during the search")]
    Replaced,
    /// The process has no memory of its own: a kernel thread, or one that ended.
    #[error("no memory: a kernel thread or an ended process")]
    NoMemory,
    /// Pages the kernel shows to every process.
    #[error("kernel's pages, the process cannot write them")]
    KernelPages,
    /// Children at the end of the walk that were not there at its start: what the process held may be theirs by now.
    #[error("children {0:?}, started during the search")]
    Forked(Vec<u32>),
    /// Mapped after the search had begun.
    #[error("appeared during the search")]
    Appeared,
    /// The file lost these bytes while it was read.
    #[error("the file shrank while it was read")]
    Shrank,
    /// The file grew faster than it was read.
    #[error("the file kept growing while it was read")]
    Growing,
    /// A link; its target is searched where it lies, if it lies inside the tree.
    #[error("link to {}", .0.display())]
    Link(PathBuf),
    /// No regular file.
    #[error("{0}")]
    Special(Special),
    /// A file system made of the kernel's answers: reading it has effects and no end.
    #[error("pseudo file system")]
    Pseudo,
    /// Replaced between looking and opening.
    #[error("replaced by something else while it was opened")]
    Swapped,
    /// Encrypted entry of an archive.
    #[error("encrypted")]
    Encrypted,
    /// A packing this search cannot undo; the packed bytes were searched.
    #[error("{0} is not unpacked")]
    Packed(&'static str),
    /// Deeper than [`Options::nesting`](super::Options::nesting); the packed bytes were searched.
    #[error("container in a container in a container: too deep")]
    TooDeep,
    /// Unpacks to more than the caps of [`Options`](super::Options), or has more entries than are read.
    #[error("unpacks to more than the cap")]
    TooLarge,
    /// The packing contradicts itself or ends early.
    #[error("damaged: {0}")]
    Damaged(String),
    /// Bytes of memory the dump was made without.
    #[error("{0} bytes of memory are not in the dump")]
    NotDumped(u64),
    /// A tool is missing.
    #[error("needs {0}, which is not installed")]
    NeedsTool(&'static str),
    /// Another file this one builds on; a hostile image could name any.
    #[error("builds on another file, which is not opened")]
    Backed,
    /// Searched, but for copies of a picture that are not byte-exact: too much looks like pictures.
    #[error("looks like a picture, and was not compared with those looked for: too many of them")]
    NotCompared,
}

impl From<&std::io::Error> for Why {
    fn from(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::PermissionDenied => Self::Denied,
            std::io::ErrorKind::NotFound => Self::Gone,
            _ => Self::Unreadable(error.to_string()),
        }
    }
}

/// What is no regular file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Special {
    /// A named pipe: reading waits, and takes bytes from their reader.
    #[error("FIFO")]
    Fifo,
    /// A socket.
    #[error("socket")]
    Socket,
    /// A character device: reading has effects.
    #[error("character device")]
    CharacterDevice,
    /// A block device inside a tree; searched when it is given as the source.
    #[error("block device")]
    BlockDevice,
    /// Something else.
    #[error("neither file nor directory")]
    Other,
}

/// Something noticed that left no known byte unsearched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Note {
    /// Addresses that were mapped at the start and no longer at the end.
    #[error("{0:x?} vanished during the search")]
    Vanished(Range<u64>),
    /// The file grew, and was read to its new length.
    #[error("grew from {from} to {to} bytes while it was read")]
    Grew {
        /// Bytes when it was opened.
        from: u64,
        /// Bytes when it had been read.
        to: u64,
    },
    /// A dump's header contradicts the file; what it does not name rightly was searched as plain bytes.
    #[error("{0}")]
    Header(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn missed(n: u64) -> NotSearched {
        NotSearched {
            place: Place::file(Path::new("x")),
            name: String::new(),
            range: Some(n..n + 1),
            why: Why::Denied,
        }
    }

    #[test]
    fn what_both_walks_missed_is_listed_once_and_a_full_list_counts() {
        let of = |range: Range<u64>, not_listed| Report {
            not_searched: range.map(missed).collect(),
            not_listed,
            ..Report::default()
        };
        let mut report = of(0..3, 1);
        report.also(of(1..5, 2));
        assert_eq!((report.not_searched.len(), report.not_listed), (5, 2));
        let mut full = of(0..Report::LONGEST as u64, 0);
        full.also(of(0..Report::LONGEST as u64 + 7, 0));
        assert_eq!(full.not_searched.len(), Report::LONGEST);
        assert_eq!(full.not_listed, 7);
    }
}
