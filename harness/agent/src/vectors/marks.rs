//! Marks: what memory was like, as hashes.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use shinsa_residue::sources::process::Identity;
use shinsa_residue::sources::{PAGE, Report, Snapshot};
use shinsa_wire::v1;

use super::look::{Run, look};
use super::{MARKS, Vectors};
use crate::config::Config;
use crate::freezer::Freezer;
use crate::held::Held;
use crate::missed::Missed;
use crate::processes;
use crate::refused::Refused;

/// Vectors remembered of one process, 8 bytes each.
const REMEMBERED: usize = 1 << 20;

/// A snapshot.
pub struct Mark {
    pub(super) name: String,
    processes: HashMap<Identity, Known>,
}

/// Hashes of one process.
#[derive(Default)]
struct Known {
    pages: Snapshot,
    vectors: HashSet<u64>,
}

impl Mark {
    /// Addresses of a process's pages that changed since, and what could not be read to tell; none where the mark does not know
    /// the process. Only a process that stands still does not go on changing.
    pub fn changed(&self, process: Identity) -> Option<(Vec<Range<u64>>, Report)> {
        let known = self.processes.get(&process)?;
        let mut now = Snapshot::new();
        let report = look(process, None, |at, bytes| now.add(at, bytes), |_| {});
        Some((now.changed_since(&known.pages), report))
    }

    /// Whether these numbers stood there.
    pub(super) fn knows(&self, process: Identity, run: &Run<'_>, key: u64) -> bool {
        let known = self.processes.get(&process);
        known.is_some_and(|known| known.vectors.contains(&run.hash(key)))
    }
}

/// Sets a mark. The caller adds the time.
///
/// # Errors
/// No name, an unknown target, no random numbers. What cannot be read is no error: it is told.
pub fn snapshot(
    config: &Config,
    freezer: &Freezer,
    vectors: &mut Vectors,
    request: &v1::SnapshotPagesRequest,
) -> Result<v1::SnapshotPagesReply, Refused> {
    if request.mark.is_empty() {
        return Err(Refused::Invalid("a mark needs a name".into()));
    }
    let key = vectors.keys()?.hashes;
    let mut missed = Missed::default();
    let targets = processes::chosen_running(config, &request.targets)?;
    let held = Held::of(&targets, freezer, request.freeze, &mut missed)?;
    let mut reply = v1::SnapshotPagesReply::default();
    let mut processes = HashMap::new();
    for (target, process) in &held.running {
        let mut known = Known::default();
        let (pages, of) = (&mut known.pages, &mut known.vectors);
        let mut more = 0;
        let report = look(
            process.identity,
            None,
            |at, bytes| pages.add(at, bytes),
            |run| {
                if of.len() < REMEMBERED {
                    of.insert(run.hash(key));
                } else {
                    more += 1;
                }
            },
        );
        missed.of(&target.name, None, &report);
        if more > 0 {
            let why = format!("{more} vectors were not remembered: they will seem new");
            missed.say(&target.name, &format!("process {}", process.pid()), &why);
        }
        reply.processes += 1;
        reply.pages += report.searched / PAGE as u64;
        reply.vectors += known.vectors.len() as u64;
        processes.insert(process.identity, known);
    }
    held.let_go(&mut missed);
    let name = request.mark.clone();
    vectors.marks.retain(|mark| mark.name != name);
    vectors.marks.truncate(MARKS - 1);
    vectors.marks.push_front(Mark { name, processes });
    Ok(v1::SnapshotPagesReply {
        not_searched: missed.list,
        more_not_searched: missed.more,
        ..reply
    })
}
