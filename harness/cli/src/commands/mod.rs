//! One module for each subcommand.

pub mod check;
pub mod judge;
pub mod plan;
pub mod rig;
pub mod run;
pub mod scan;
pub mod session;
pub mod stats;
