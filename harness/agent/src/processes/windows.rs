//! Processes of Windows: the system's list, and what each process's own parameters block says.

use std::path::PathBuf;

use shinsa_residue::sources::process::{Identity, Listed, processes};

use super::Running;
use crate::windows::{modules as loaded, parameters};

/// What the system's list says beside the rest.
#[derive(Debug)]
pub struct Proc {
    /// Its threads.
    pub threads: u32,
}

/// The process of this number; none when it is gone or has ended.
pub fn of(pid: u32) -> Option<Running> {
    let mut list = processes().ok()?.into_iter();
    look(list.find(|process| process.pid == pid)?)
}

/// All of them but number 0, which is no process.
pub fn all() -> Result<Vec<Running>, String> {
    let list = processes().map_err(|error| format!("list of processes: {error}"))?;
    Ok(list.into_iter().filter_map(look).collect())
}

fn look(listed: Listed) -> Option<Running> {
    let identity = Identity::of(listed.pid).ok()?;
    Some(Running {
        identity,
        proc: Proc {
            threads: listed.threads,
        },
        name: listed.name,
        parent: listed.parent,
        arguments: parameters::arguments(identity).unwrap_or_default(),
    })
}

/// Whether two names are of one file: Windows does not tell large letters from small ones.
pub fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Files loaded as code, each once; empty where the rights do not reach.
pub fn modules(process: &Running) -> Vec<String> {
    let mut files = loaded::of(process.identity).unwrap_or_default();
    files.sort_unstable();
    files.dedup();
    files
}

/// Names and values of its environment.
///
/// # Errors
/// In words.
pub fn environment(process: &Running) -> Result<Vec<(String, String)>, String> {
    parameters::environment(process.identity)
}

/// The folder it stands in.
///
/// # Errors
/// In words.
pub fn working_folder(process: &Running) -> Result<PathBuf, String> {
    parameters::folder(process.identity)
}
