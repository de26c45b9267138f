//! What was written below the agent's roots between two moments: marks, and what differs from them.
//!
//! Roots are the targets of kind "files". Reads every file to hash it; changes nothing, follows no link. Names are told as they
//! are and may hold personal data: the caller treats the answer as it treats the files. Called by `service`.

pub mod content;
#[cfg(target_os = "linux")]
mod linux;
mod listing;
mod seen;
#[cfg(windows)]
mod windows;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use shinsa_wire::v1;

use crate::config::{Config, What};
use crate::refused::Refused;
#[cfg(target_os = "linux")]
use linux as system;
use listing::{Entry, Kind, Listing};
use system::Watch;
pub use system::{Version, version};
#[cfg(windows)]
use windows as system;

/// Marks kept at most.
const MOST: usize = 64;

/// All marks, by name.
#[derive(Debug, Default)]
pub struct Marks(BTreeMap<String, Vec<Root>>);

/// One target as it was at a mark.
#[derive(Debug)]
struct Root {
    target: String,
    path: PathBuf,
    then: Listing,
    watch: Watch,
}

impl Marks {
    /// Remembers every file; replaces an earlier mark of that name. The caller adds the time.
    ///
    /// # Errors
    /// An empty name, or too many marks.
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
        self.0.insert(name.to_owned(), roots);
        Ok(reply)
    }

    /// What was written since. The caller adds the time.
    ///
    /// # Errors
    /// No such mark.
    pub fn changed(&self, name: &str) -> Result<v1::ChangedFilesReply, Refused> {
        let roots = self.0.get(name).ok_or_else(|| {
            let known: Vec<_> = self.0.keys().map(String::as_str).collect();
            Refused::Unknown(format!(
                "mark {name:?}: expected one of [{}]; call MarkFiles first",
                known.join(", ")
            ))
        })?;
        let mut reply = v1::ChangedFilesReply::default();
        for root in roots {
            // First what came: what is listed afterwards is surely still there.
            let seen = root.watch.seen();
            let now = Listing::of(&root.path);
            reply.files.extend(root.differences(&now, &seen.came));
            reply.not_searched.extend(told(&root.target, &now.missed));
            reply.not_searched.extend(told(&root.target, &seen.missed));
        }
        Ok(reply)
    }
}

impl Root {
    fn differences(&self, now: &Listing, came: &BTreeSet<PathBuf>) -> Vec<v1::ChangedFile> {
        let (then, now) = (&self.then.entries, &now.entries);
        let mut changed = Vec::new();
        for (path, entry) in now {
            match then.get(path) {
                Some(before) if before == entry => {}
                Some(_) => changed.push(self.changed(path, "changed", Some(entry))),
                None => changed.push(self.changed(path, "new", Some(entry))),
            }
        }
        let gone = then.keys().filter(|path| !now.contains_key(*path));
        changed.extend(gone.map(|path| self.changed(path, "deleted", None)));
        let short = came
            .iter()
            .filter(|path| !now.contains_key(*path) && !then.contains_key(*path));
        // A folder is no file: it shows as the files in it.
        let short = short.filter(|path| !self.path.join(path).is_dir());
        changed.extend(short.map(|path| self.changed(path, "came-and-went", None)));
        changed.sort_by(|one, other| one.path.cmp(&other.path));
        changed
    }

    fn changed(&self, path: &Path, change: &str, entry: Option<&Entry>) -> v1::ChangedFile {
        let content = entry.map_or("", |entry| match entry.kind {
            Kind::Link => "link",
            Kind::Special => "special",
            // It may have gone since: then nobody can say.
            Kind::File => content::of_file(&listing::full(&self.path, path))
                .map_or("", content::Content::name),
        });
        v1::ChangedFile {
            target: self.target.clone(),
            path: slashed(path),
            change: change.into(),
            bytes: entry.map_or(0, |entry| entry.bytes),
            content: content.into(),
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
