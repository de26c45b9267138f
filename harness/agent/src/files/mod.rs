//! What was written between two moments: marks, and what differs from them.
//!
//! Watched are the targets of kind "files", each with all below it; on Linux also, at the moment of asking, what processes of targets
//! have open or mapped elsewhere. No other place is looked at: a working or temporary folder of a target that is not watched is told as
//! not searched. Reads every watched file to hash it; changes nothing, follows no link. Names are told as they are and may hold
//! personal data: the caller treats the answer as it treats the files. Called by `service`.

pub mod content;
#[cfg(target_os = "linux")]
mod linux;
mod listing;
mod places;
mod seen;
#[cfg(windows)]
mod windows;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use shinsa_wire::v1;

use crate::config::{Config, Target, What};
use crate::processes::{self, Running};
use crate::refused::Refused;
use content::Content;
#[cfg(target_os = "linux")]
use linux as system;
use listing::{Entry, Kind, Listing};
use seen::Held;
use system::{Opened, Watch};
pub use system::{Version, version};
#[cfg(windows)]
use windows as system;

/// Marks kept at most.
const MOST: usize = 64;

/// All marks, by name.
#[derive(Debug, Default)]
pub struct Marks(BTreeMap<String, Mark>);

/// One mark.
#[derive(Debug)]
struct Mark {
    roots: Vec<Root>,
    opened: Opened,
    /// Folders that targets may write to and nobody watches.
    unwatched: Vec<v1::NotSearched>,
}

/// One target as it was at a mark.
#[derive(Debug)]
struct Root {
    target: String,
    path: PathBuf,
    then: Listing,
    watch: Watch,
}

impl Marks {
    /// Remembers every watched file; replaces an earlier mark of that name. The caller adds the time.
    ///
    /// # Errors
    /// An empty name, or too many marks; the system gives no list of processes.
    pub fn mark(&mut self, config: &Config, name: &str) -> Result<v1::MarkFilesReply, Refused> {
        if name.is_empty() {
            return Err(Refused::Invalid(
                "mark is empty: give it a name, ChangedFiles asks by it".into(),
            ));
        }
        if self.0.len() >= MOST && !self.0.contains_key(name) {
            return Err(Refused::State(format!(
                "{MOST} marks are kept already: use one of their names again"
            )));
        }
        // Its watches are given back before new ones are taken.
        self.0.remove(name);
        let mut reply = v1::MarkFilesReply::default();
        let (running, watched) = (running(config)?, watched(config));
        let opened = Opened::mark(&running, &watched);
        let unwatched = places::unwatched(&running, &watched);
        reply.not_searched.clone_from(&unwatched);
        let mut roots = Vec::new();
        for target in &config.targets {
            let What::Files(path) = &target.what else {
                continue;
            };
            // First the watch: what comes between the two is in both, and lost in neither.
            let watch = Watch::start(path);
            let then = Listing::of(path);
            reply.files += then.entries.len() as u64;
            reply.not_searched.extend(told(&target.name, &then.missed));
            reply
                .not_searched
                .extend(told(&target.name, &watch.seen().missed));
            roots.push(Root {
                target: target.name.clone(),
                path: path.clone(),
                then,
                watch,
            });
        }
        let mark = Mark {
            roots,
            opened,
            unwatched,
        };
        self.0.insert(name.to_owned(), mark);
        Ok(reply)
    }

    /// What was written since. The caller adds the time.
    ///
    /// # Errors
    /// No such mark; the system gives no list of processes.
    pub fn changed(&self, config: &Config, name: &str) -> Result<v1::ChangedFilesReply, Refused> {
        let mark = self.0.get(name).ok_or_else(|| {
            let known: Vec<_> = self.0.keys().map(String::as_str).collect();
            Refused::Unknown(format!(
                "mark {name:?}: expected one of [{}]; call MarkFiles first",
                known.join(", ")
            ))
        })?;
        let mut reply = v1::ChangedFilesReply::default();
        for root in &mark.roots {
            // First what came: what is listed afterwards is surely still there.
            let seen = root.watch.seen();
            let now = Listing::of(&root.path);
            reply.files.extend(root.differences(&now, &seen.came));
            reply.not_searched.extend(told(&root.target, &now.missed));
            reply.not_searched.extend(told(&root.target, &seen.missed));
        }
        let (running, watched) = (running(config)?, watched(config));
        mark.opened.since(&running, &watched, &mut reply);
        // Processes come and go: those of the mark count too.
        reply.not_searched.extend(mark.unwatched.iter().cloned());
        for place in places::unwatched(&running, &watched) {
            if !reply.not_searched.contains(&place) {
                reply.not_searched.push(place);
            }
        }
        Ok(reply)
    }
}

/// What runs, each with its target's name.
fn running(config: &Config) -> Result<Vec<(String, Running)>, Refused> {
    let mut running = Vec::new();
    for target in config
        .targets
        .iter()
        .filter(|one| processes::is_process(one))
    {
        let found = processes::of(target)?.into_iter();
        running.extend(found.map(|process| (target.name.clone(), process)));
    }
    Ok(running)
}

/// Files and folders that are searched or watched as targets of their own.
fn watched(config: &Config) -> Vec<PathBuf> {
    let path = |target: &Target| match &target.what {
        What::Process { .. } => None,
        What::Files(path) | What::Image(path) | What::Swap(path) => {
            Some(path.canonicalize().unwrap_or_else(|_| path.clone()))
        }
    };
    config.targets.iter().filter_map(path).collect()
}

impl Root {
    fn differences(&self, now: &Listing, came: &BTreeMap<PathBuf, Held>) -> Vec<v1::ChangedFile> {
        let (then, now) = (&self.then.entries, &now.entries);
        let mut changed = Vec::new();
        for (path, entry) in now {
            let change = match then.get(path) {
                Some(before) if before == entry => continue,
                Some(_) => "changed",
                None => "new",
            };
            // What was a picture and is overwritten now was one.
            let was = came.get(path).and_then(Held::picture);
            let content = was.or_else(|| self.content(path, entry));
            changed.push(self.changed(path, change, entry.bytes, content));
        }
        let gone = then.keys().filter(|path| !now.contains_key(*path));
        changed.extend(gone.map(|path| self.changed(path, "deleted", 0, None)));
        let short = came
            .iter()
            .filter(|(path, held)| !now.contains_key(*path) || held.is_lost());
        // A folder is no file: it shows as the files in it.
        let short = short.filter(|(path, _)| !self.path.join(path).is_dir());
        changed.extend(
            short.map(|(path, held)| self.changed(path, "came-and-went", 0, held.content())),
        );
        changed.sort_by(|one, other| one.path.cmp(&other.path));
        changed
    }

    fn content(&self, path: &Path, entry: &Entry) -> Option<Content> {
        match entry.kind {
            Kind::Link => Some(Content::Link),
            Kind::Special => Some(Content::Special),
            // It may have gone since: then nobody can say.
            Kind::File => content::of_file(&listing::full(&self.path, path)).ok(),
        }
    }

    fn changed(
        &self,
        path: &Path,
        change: &str,
        bytes: u64,
        content: Option<Content>,
    ) -> v1::ChangedFile {
        v1::ChangedFile {
            target: self.target.clone(),
            path: slashed(path),
            change: change.into(),
            bytes,
            content: content.map_or("", Content::name).into(),
        }
    }
}

/// With forward slashes, as the wire has it.
fn slashed(path: &Path) -> String {
    let parts = path.iter().map(|part| part.to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

fn told(target: &str, missed: &[(PathBuf, String)]) -> Vec<v1::NotSearched> {
    let one = |(path, why): &(PathBuf, String)| v1::NotSearched {
        target: target.into(),
        place: slashed(path),
        bytes: 0,
        why: why.clone(),
        harmless: false,
    };
    missed.iter().map(one).collect()
}
