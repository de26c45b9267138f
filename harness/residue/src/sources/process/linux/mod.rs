//! A live Linux process: its mappings, read by `process_vm_readv` and, where that refuses, `/proc/PID/mem`; held still by SIGSTOP.

pub(super) mod children;
mod freeze;
mod identity;
pub(super) mod maps;
pub(super) mod memory;

pub use freeze::Frozen;
pub use identity::Identity;
