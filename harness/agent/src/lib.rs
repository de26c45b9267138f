//! The agent on the terminal PC: answers `Inspector` and `Instrument` of `shinsa.v1`.
//!
//! It searches targets for residue in place, collects sketches of vectors in memory, marks and compares files, reads resources, tries what a memory dump would need, makes a
//! target crash and looks for ways in. A closed set of requests: nothing that comes over the wire is executed, opened as a path or
//! searched outside the targets of its own configuration. It tells what it saw; it judges nothing and keeps nothing.
//!
//! Called by `main.rs` and by this package's tests; the harness talks to it over the wire alone. What asks the
//! system lies in modules `linux` and `windows` of the same functions, each beside what is common to both.
#![cfg(any(target_os = "linux", windows))]

mod clock;
pub mod config;
pub mod crash;
pub mod dumps;
pub mod files;
pub mod freezer;
mod held;
pub mod hold;
pub mod identify;
pub mod keys;
mod missed;
pub mod probe;
pub mod processes;
mod random;
pub mod refused;
pub mod resources;
pub mod search;
pub mod serve;
pub mod service;
mod stop;
mod told;
pub mod vectors;
pub mod waiting;
#[cfg(windows)]
mod windows;
