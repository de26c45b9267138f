//! One search: opens the sealed set, searches the wished targets in place, tells what was found and what was not searched.
//!
//! The set is wiped as soon as the hunt is built from it, the hunt when the search ends. No byte of a target leaves this module.
//! Called by `service` on a thread of its own, one search at a time.

pub(crate) mod tell;
mod wanted;

use std::path::Path;

use shinsa_residue::hunt::{Hunt, Trail, Wanted};
use shinsa_residue::sources::{Options, Source};
use shinsa_wire::sealed::SearchKey;
use shinsa_wire::v1;
use zeroize::Zeroizing;

use crate::config::{Config, SEEDED, Target, What};
use crate::freezer::{Freezer, Hold};
use crate::hold::Holder;
use crate::processes::{self, Running};
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
        for missed in read.into_iter().flat_map(|read| read.not_searched) {
            if !trail.report.not_searched.contains(&missed) {
                trail.report.not_searched.push(missed);
            }
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
    let targets = chosen(config, &request.targets)?;
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
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed)
        .map_err(|error| Refused::System(format!("no random numbers from the system: {error}")))?;
    Hunt::new(wanted, *seed).map_err(|error| Refused::Invalid(error.to_string()))
}

/// Targets by name, all for none.
fn chosen<'a>(config: &'a Config, names: &[String]) -> Result<Vec<&'a Target>, Refused> {
    if names.is_empty() {
        return Ok(config.targets.iter().collect());
    }
    let mut chosen: Vec<&Target> = Vec::new();
    for name in names {
        let target = processes::target(config, name)?;
        if !chosen.contains(&target) {
            chosen.push(target);
        }
    }
    Ok(chosen)
}

fn all(
    how: &How<'_>,
    freezer: &Freezer,
    targets: &[&Target],
    telling: &mut Telling,
) -> Result<(), Refused> {
    let mut running = Vec::new();
    for target in targets {
        if matches!(target.what, What::Process { .. }) {
            let found = processes::of(target)?;
            if found.is_empty() {
                telling.missed(&target.name, "", "no process of this target runs", false);
            }
            running.extend(found.into_iter().map(|process| (*target, process)));
        }
    }
    // All stand still together: what one hands to the other is in one of them.
    let mut hold = freezer.hold();
    if how.freeze {
        stop(&mut hold, &running, telling);
    }
    for (target, process) in &running {
        telling.trail(
            &target.name,
            Some(process.pid()),
            None,
            how.process(process),
        );
    }
    if !hold.stood_still() {
        let why = "searched, but the processes were let go (MakeSafe) before the search ended";
        telling.missed("", "", why, false);
    }
    drop(hold);
    for target in targets {
        match &target.what {
            What::Process { .. } => {}
            What::Swap(path) if !path.exists() => {
                telling.missed(&target.name, "", "not there: no such swap", true);
            }
            What::Files(path) | What::Image(path) | What::Swap(path) => {
                telling.trail(&target.name, None, Some(path), stored(how.hunt, path));
            }
        }
    }
    Ok(())
}

fn stop(hold: &mut Hold<'_>, running: &[(&Target, Running)], telling: &mut Telling) {
    for (target, process) in running {
        if let Err(error) = hold.freeze(process.identity) {
            let place = format!("process {}", process.pid());
            let why = format!("searched, but while it ran: {error}");
            telling.missed(&target.name, &place, &why, false);
        }
    }
}

fn stored(hunt: &Hunt, path: &Path) -> Trail {
    hunt.search(&Source::Path(path.to_owned()), &Options::default())
}
