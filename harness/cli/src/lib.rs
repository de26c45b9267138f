//! What the binary `shinsa` is made of: it reads files, runs plans on rigs, and has everything else derived.

pub mod commands;
pub mod console;
pub mod documents;
pub mod evidence;
pub mod exit;
pub mod launch;
pub mod load;
pub mod lock;
pub mod runner;
