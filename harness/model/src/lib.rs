//! Shinsa's vocabulary and its pure rules.
//!
//! Everything here is a value or a function of values: no I/O, no clock, no randomness but a seed that
//! was recorded. The harness binary reads files and devices and hands their contents in; the same
//! functions re-derive every verdict from a stored run, bit for bit.

pub mod accuracy;
pub mod check;
pub mod criterion;
pub mod decide;
pub mod diagnostic;
pub mod documents;
pub mod event;
pub mod expect;
pub mod handed_in;
pub mod judge;
pub mod measure;
pub mod observation;
pub mod plan;
pub mod planner;
pub mod quantity;
pub mod residue;
pub mod rig;
pub mod scenario;
pub mod schema;
pub mod sketches;
pub mod text;
pub mod verdict;
pub mod yaml;
