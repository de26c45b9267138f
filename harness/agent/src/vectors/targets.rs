//! The processes that are looked at, standing still together.

use crate::config::{Config, Target, What};
use crate::freezer::{Freezer, Hold};
use crate::processes::{self, Running};
use crate::refused::Refused;

use super::missed::Missed;

/// Processes of targets, held still.
pub struct Held<'a> {
    pub running: Vec<(&'a Target, Running)>,
    hold: Hold<'a>,
}

impl<'a> Held<'a> {
    /// Of targets by name, all of kind process for none.
    ///
    /// # Errors
    /// An unknown target, or one of another kind. That nothing runs, or does not stop, is told as missed.
    pub fn of(
        config: &'a Config,
        freezer: &'a Freezer,
        names: &[String],
        freeze: bool,
        missed: &mut Missed,
    ) -> Result<Self, Refused> {
        let mut running = Vec::new();
        for target in chosen(config, names)? {
            let found = processes::of(target)?;
            if found.is_empty() {
                missed.say(&target.name, "", "no process of this target runs");
            }
            running.extend(found.into_iter().map(|process| (target, process)));
        }
        let mut hold = freezer.hold();
        for (target, process) in running.iter().filter(|_| freeze) {
            if let Err(error) = hold.freeze(process.identity) {
                let place = format!("process {}", process.pid());
                let why = format!("read, but while it ran: {error}");
                missed.say(&target.name, &place, &why);
            }
        }
        Ok(Self { running, hold })
    }

    /// Lets them go on; tells if they were let go before.
    pub fn let_go(self, missed: &mut Missed) {
        if !self.hold.stood_still() {
            let why = "read, but the processes were let go (MakeSafe) before the end";
            missed.say("", "", why);
        }
    }
}

fn chosen<'a>(config: &'a Config, names: &[String]) -> Result<Vec<&'a Target>, Refused> {
    let is_process = |target: &&Target| matches!(target.what, What::Process { .. });
    if names.is_empty() {
        return Ok(config.targets.iter().filter(is_process).collect());
    }
    let mut chosen: Vec<&Target> = Vec::new();
    for name in names {
        let target = processes::target(config, name)?;
        if !is_process(&target) {
            return Err(Refused::Invalid(format!(
                "target {name} is of kind {}: this request needs those of kind process",
                target.kind()
            )));
        }
        if !chosen.contains(&target) {
            chosen.push(target);
        }
    }
    Ok(chosen)
}
