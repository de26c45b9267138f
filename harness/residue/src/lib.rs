//! Residue of secrets: what an authentication leaves in memory, dumps and files.
//!
//! Works on bytes that the caller has read: no device, process, file or network access. Nothing in this package prints, logs or
//! keeps bytes of what it searches; findings are positions, lengths and tags. Called by `shinsa scan` and the terminal agent.

pub mod search;
