//! Processes that stand still for a search, and letting them all go at once.
//!
//! Whoever froze them holds a [`Hold`]; MakeSafe and the agent's end let everything go, whoever holds it. Called by `search`
//! and `service`. A process stays stopped only while the agent runs: a killed agent leaves it stopped (see README).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shinsa_residue::sources::process::{FreezeError, Frozen, Identity};

/// How long threads may take to stop.
const PATIENCE: Duration = Duration::from_secs(5);

/// All processes that the agent holds still.
#[derive(Debug, Default)]
pub struct Freezer(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Counts holds; also the next one's number.
    holds: u64,
    frozen: Vec<(u64, Frozen)>,
    /// How often everything was let go.
    thaws: u64,
    /// The agent ends: nothing may be stopped any more.
    closed: bool,
}

impl Freezer {
    /// A hold with nothing in it.
    pub fn hold(&self) -> Hold<'_> {
        let mut state = self.state();
        state.holds += 1;
        Hold {
            freezer: self,
            number: state.holds,
            held: 0,
        }
    }

    /// Lets everything go on; says how many.
    pub fn thaw_all(&self) -> usize {
        let mut state = self.state();
        state.thaws += 1;
        std::mem::take(&mut state.frozen).len()
    }

    /// Lets everything go on, for good: nobody would let go what is stopped later.
    pub fn close(&self) {
        self.state().closed = true;
        self.thaw_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves the list as it was.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Processes held still for one search; they go on when it is dropped.
#[derive(Debug)]
pub struct Hold<'a> {
    freezer: &'a Freezer,
    number: u64,
    held: usize,
}

impl Hold<'_> {
    /// Stops a process and keeps it so; one that everything was let go beside, while it was being stopped, goes on too.
    ///
    /// # Errors
    /// It is gone, not ours, or did not stop in time; it then goes on running.
    pub fn freeze(&mut self, process: Identity) -> Result<(), FreezeError> {
        let before = self.freezer.state().thaws;
        let frozen = Frozen::freeze(process, PATIENCE)?;
        let mut state = self.freezer.state();
        if state.closed {
            return Err(FreezeError::Signal("the agent ends".into()));
        }
        self.held += 1;
        if state.thaws == before {
            state.frozen.push((self.number, frozen));
        }
        Ok(())
    }

    /// Whether nothing was let go meanwhile.
    pub fn stood_still(&self) -> bool {
        let state = self.freezer.state();
        let mine = state
            .frozen
            .iter()
            .filter(|(number, _)| *number == self.number);
        mine.count() == self.held
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        let mut state = self.freezer.state();
        state.frozen.retain(|(number, _)| *number != self.number);
    }
}
