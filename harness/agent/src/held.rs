//! The processes that are looked at, standing still together: what one hands to the other is in one of them.
//! Called by `search` and `vectors`.

use crate::config::Target;
use crate::freezer::{Freezer, Hold};
use crate::missed::Missed;
use crate::processes::{self, Running};
use crate::refused::Refused;

/// Processes of targets, held still.
pub struct Held<'a> {
    /// With the targets that they are of.
    pub running: Vec<(&'a Target, Running)>,
    hold: Hold<'a>,
}

impl<'a> Held<'a> {
    /// Of those among `targets` that are processes; stopped where `freeze` says so.
    ///
    /// # Errors
    /// The system gives no list of processes. That nothing runs, or does not stop, is told as missed.
    pub fn of(
        targets: &[&'a Target],
        freezer: &'a Freezer,
        freeze: bool,
        missed: &mut Missed,
    ) -> Result<Self, Refused> {
        let mut running = Vec::new();
        for target in targets
            .iter()
            .filter(|target| processes::is_process(target))
        {
            let found = processes::of(target)?;
            if found.is_empty() {
                missed.say(&target.name, "", "no process of this target runs");
            }
            running.extend(found.into_iter().map(|process| (*target, process)));
        }
        let mut hold = freezer.hold();
        for (target, process) in running.iter().filter(|_| freeze) {
            if let Err(error) = hold.freeze(process.identity) {
                let place = format!("process {}", process.pid());
                let why = format!("looked at while it ran: {error}");
                missed.say(&target.name, &place, &why);
            }
        }
        Ok(Self { running, hold })
    }

    /// Lets them go on; tells if they were let go before.
    pub fn let_go(self, missed: &mut Missed) {
        if !self.hold.stood_still() {
            let why = "looked at, but the processes were let go (MakeSafe) before the end";
            missed.say("", "", why);
        }
    }
}
