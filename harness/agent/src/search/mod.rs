//! One search: opens the sealed set, searches the wished targets in place, tells what was found and what was not searched.
//!
//! The set is wiped as soon as the hunt is built from it, the hunt when the search ends. No byte of a target leaves this module.
//! Called by `service` on a thread of its own, one search at a time.

mod tell;
mod wanted;

use std::path::Path;

use shinsa_residue::hunt::{Hunt, Trail, Wanted};
use shinsa_residue::sources::{Options, Source};
use shinsa_wire::sealed::SearchKey;
use shinsa_wire::v1;

use crate::config::{Config, SEEDED, Target, What};
use crate::freezer::Freezer;
use crate::held::Held;
use crate::hold::Holder;
use crate::processes::{self, Running};
use crate::random;
use crate::refused::Refused;
use crate::vectors::Mark;
use tell::Telling;

/// What is searched for, and how far.
struct How<'a> {
    hunt: &'a Hunt,
    since: Option<&'a Mark>,
    freeze: bool,
}

impl How<'_> {
    /// Of a process that the mark knows, only what changed since.
    fn process(&self, process: &Running) -> Trail {
        let changed = self.since.and_then(|mark| mark.changed(process.identity));
        let (only, read) = changed.unzip();
        let options = Options {
            only,
            ..Options::default()
        };
        let mut trail = self
            .hunt
            .search(&Source::Process(process.identity), &options);
        // What could not be read to tell whether it changed was not searched either.
        if let Some(read) = read {
            trail.report.also(read);
        }
        trail
    }
}

/// Searches; of processes that the mark `since` knows, only the pages that changed. The caller adds the times.
///
/// # Errors
/// The set does not open or holds what is no canary; an unknown target; seeds that cannot be planted. What of a target cannot be
/// read is no error: it is told as not searched.
pub fn search(
    config: &Config,
    freezer: &Freezer,
    since: Option<&Mark>,
    key: SearchKey,
    request: &v1::SearchRequest,
) -> Result<v1::SearchReply, Refused> {
    let targets = processes::chosen(config, &request.targets)?;
    let set = key
        .open(&request.sealed)
        .map_err(|error| Refused::Invalid(error.to_string()))?;
    let wanted = wanted::wanted(set.reveal(), request.count_pins)?;
    drop(set);
    let holder = match request.seed_form.as_str() {
        "" => None,
        form => Some(Holder::start(&wanted.canaries, form)?),
    };
    let hunt = hunt(&wanted)?;
    drop(wanted);
    let mut telling = Telling::default();
    let how = How {
        hunt: &hunt,
        since,
        freeze: request.freeze,
    };
    all(&how, freezer, &targets, &mut telling)?;
    if let Some(holder) = holder {
        let process = Running::of(holder.pid());
        let process =
            process.ok_or_else(|| Refused::System("the process for seeds ended early".into()))?;
        telling.trail(SEEDED, Some(process.pid()), None, how.process(&process));
    }
    Ok(v1::SearchReply {
        patterns: hunt.patterns(),
        picture_bytes: hunt.picture_bytes(),
        forms_left_out: hunt.left_out().to_vec(),
        ..telling.finish()
    })
}

fn hunt(wanted: &Wanted) -> Result<Hunt, Refused> {
    let seed = random::bytes()?;
    Hunt::new(wanted, *seed).map_err(|error| Refused::Invalid(error.to_string()))
}

fn all(
    how: &How<'_>,
    freezer: &Freezer,
    targets: &[&Target],
    telling: &mut Telling,
) -> Result<(), Refused> {
    let held = Held::of(targets, freezer, how.freeze, &mut telling.missed)?;
    for (target, process) in &held.running {
        let trail = how.process(process);
        telling.trail(&target.name, Some(process.pid()), None, trail);
    }
    held.let_go(&mut telling.missed);
    for target in targets {
        match &target.what {
            What::Process { .. } => {}
            What::Swap(path) if !path.exists() => {
                let missed = &mut telling.missed;
                missed.say_harmless(&target.name, "", "not there: no such swap");
            }
            What::Files(path) | What::Image(path) | What::Swap(path) => {
                telling.trail(&target.name, None, Some(path), stored(how.hunt, path));
            }
        }
    }
    Ok(())
}

fn stored(hunt: &Hunt, path: &Path) -> Trail {
    hunt.search(&Source::Path(path.to_owned()), &Options::default())
}
