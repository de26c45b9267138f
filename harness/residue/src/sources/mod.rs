//! Everything that can be searched for residue, as one sequence of regions and their bytes.
//!
//! [`walk`] reads a live process or a path (file, directory tree, dump, disk image, block device) and hands over each
//! [`Region`] followed by its [`Chunk`]s. It judges nothing, knows no pattern, prints no byte and writes nothing to a
//! disk. Whatever could not be read is in the [`Report`] with its reason: not searched is never clean.
//! Called by the scanner and the terminal agent, which feed the chunks to the search; [`Snapshot`] tells which pages of
//! a process changed between two walks.
//!
//! # Memory
//! A walk holds one chunk, the list of a process's mappings or of a dump's memory ranges (at most
//! [`dumps::MOST_RANGES`]), the paths of directories still to be read, and the report, whose lists end at
//! [`Report::LONGEST`] entries and count the rest. Its chunk buffer is wiped when the walk ends.

mod containers;
mod dumps;
mod files;
mod harmless;
mod item;
mod options;
#[cfg(any(target_os = "linux", windows))]
pub mod process;
mod report;
mod scan;
mod snapshot;
#[cfg(all(test, target_os = "linux"))]
mod tests;

use std::ops::ControlFlow;
use std::path::PathBuf;

pub use dumps::MOST_RANGES;
#[cfg(windows)]
pub use files::{stream_path, streams};
pub use item::{Chunk, Item, Kind, Permissions, Place, Region};
pub use options::Options;
pub use report::{NotSearched, Note, Report, Special, Why};
pub use snapshot::{PAGE, Snapshot};

/// What to walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The memory of one live process. Its children are processes of their own; those that it
    /// starts meanwhile are told as not searched.
    #[cfg(any(target_os = "linux", windows))]
    Process(process::Identity),
    /// A file, directory tree, dump, disk image or block device. A link given here is followed, none below it is.
    Path(PathBuf),
}

/// Hand every region of `source` and its bytes to `on`, until all is read or `on` breaks.
///
/// Errors never end a walk: what they kept from being read is listed in the report.
pub fn walk(
    source: &Source,
    options: &Options,
    mut on: impl FnMut(Item<'_>) -> ControlFlow<()>,
) -> Report {
    let mut scan = scan::Scan::new(options, &mut on);
    let flow = match source {
        #[cfg(any(target_os = "linux", windows))]
        Source::Process(identity) => process::walk(&mut scan, *identity),
        Source::Path(path) => files::walk(&mut scan, path),
    };
    scan.finish(flow)
}
