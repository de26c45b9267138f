//! The rig as the runner sees it: one [`Bench`] that opens the drivers of a rig file and performs scenario steps.
//!
//! Resource (the rig file), driver (`pcsc`, `wire`, `operator`, `command`) and verb (`verbs`) are three things.
//! Nothing here judges, retries or guesses: a reading that was not taken is absent, a fault of the rig is a
//! [`Fault`](shinsa_model::event::Fault) that says what to do. Called by the CLI's runner and by `rig probe`.

pub mod apdu;
pub mod bench;
pub mod clock;
pub mod command;
pub mod fault;
pub mod interlock;
pub mod operator;
pub mod options;
pub mod pcsc;
pub mod photo;
pub mod preflight;
pub mod screen;
pub mod secrets;
pub mod texts;
mod verbs;
pub mod wire;

pub use bench::{Bench, NewFile, Performed, SafeState, TrialContext};
pub use options::OpenOptions;
