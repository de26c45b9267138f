//! Residue of secrets: what to look for after an authentication, where it is found, and what finding it says.
//!
//! `sources` reads processes, files and dumps; `hunt` joins them; everything else works on bytes handed over. No network. Nothing in this package
//! prints, logs or keeps bytes of what it searches; findings are positions, lengths and tags. To be called by `shinsa scan` and
//! the terminal agent.

pub mod canary;
pub mod encodings;
pub mod hunt;
pub mod images;
pub mod likeness;
pub mod search;
pub mod sources;
pub mod templates;
