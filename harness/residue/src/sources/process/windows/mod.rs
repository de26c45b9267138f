//! A live Windows process: its regions by `VirtualQueryEx`, their bytes by `ReadProcessMemory`; held still by suspending its threads.
//!
//! Unsafe code is in these files alone, each a thin cover of calls of the system. Nothing of the process is changed: pages that a
//! read would disarm (`PAGE_GUARD`) are not read.
#![allow(unsafe_code)]

pub(super) mod children;
mod freeze;
mod handle;
mod identity;
pub(super) mod maps;
pub(super) mod memory;
mod stacks;
mod toolhelp;

pub use freeze::Frozen;
pub use identity::Identity;
pub use toolhelp::{Listed, processes};
