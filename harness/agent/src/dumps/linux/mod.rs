//! Linux: ptrace, `/proc/PID/mem`, `process_vm_readv`, gcore, earlier dumps, and what would become of a core.
//!
//! A technician is somebody at the PC as the target's own user: no capability is in effect, and none is permitted beyond the
//! target's own. An administrator has the agent's rights.

mod core;
mod gdb;
mod rights;
mod ways;

use procfs::process::MMapPath;
use serde::{Deserialize, Serialize};

use super::{Outcome, Rights, Tried};
use crate::identify::is_administrator;
use crate::processes::Running;
pub use core::PATTERN;

/// Tries everything on one process, with each sort of rights.
pub fn tried_on(process: &Running) -> [Vec<Tried>; 2] {
    let technician = tried(process, Rights::Technician);
    let dumpable = core::dumpable(process, &technician);
    let administrator = tried(process, Rights::Administrator);
    [technician, administrator].map(|seen| {
        let cores = core::tried(process, dumpable, &seen);
        seen.tried.into_iter().chain(cores).collect()
    })
}

/// What the child is to do.
#[derive(Debug, Serialize, Deserialize)]
pub struct Wish {
    /// With whose rights.
    pub rights: Rights,
    /// On which process.
    pub pid: u32,
    /// Its real user.
    pub user: u32,
    /// Its real group.
    pub group: u32,
    /// Capabilities permitted to it.
    pub capabilities: u64,
    /// An address on its stack, as the agent knows it; none where the agent may not look.
    pub stack: Option<u64>,
    /// File name of its program.
    pub name: String,
}

/// Does it. `Err`: the rights could not be taken on, so that nothing was tried.
///
/// # Errors
/// In words.
pub fn attempt(wish: &Wish) -> Result<Seen, String> {
    // Another process would be tried with the agent's rights.
    let all = wish.rights == Rights::Administrator;
    if !all {
        rights::become_technician(wish)
            .map_err(|error| format!("taking on a technician's rights: {error}"))?;
    }
    let mut tried = ways::live(wish);
    let pattern_writable = std::fs::File::options().write(true).open(PATTERN).is_ok();
    if !all {
        // A program started as root would take back into effect what is still permitted.
        rights::give_up_all().map_err(|error| format!("giving up capabilities: {error}"))?;
    }
    tried.push(gdb::tried(wish));
    tried.push(ways::coredumpctl(wish));
    Ok(Seen {
        tried,
        pattern_writable: Some(pattern_writable),
    })
}

/// What a child with the wished rights saw.
#[derive(Debug, Serialize, Deserialize)]
pub struct Seen {
    /// Attempts on the live process, and with the tools.
    pub tried: Vec<Tried>,
    /// Whether where cores go can be changed; none when nothing could be tried at all.
    pub pattern_writable: Option<bool>,
}

impl Seen {
    fn nothing(why: &str) -> Self {
        let ways = ways::LIVE.iter().chain(&ways::TOOLS);
        let tried = ways.map(|way| Tried::new(way, Outcome::NotAvailable, why));
        Self {
            tried: tried.collect(),
            pattern_writable: None,
        }
    }
}

fn tried(process: &Running, rights: Rights) -> Seen {
    if rights == Rights::Administrator && !is_administrator() {
        return Seen::nothing("the agent itself does not run as administrator");
    }
    match child(process, rights) {
        Ok(seen) => seen,
        Err(why) => Seen::nothing(&why),
    }
}

fn child(process: &Running, rights: Rights) -> Result<Seen, String> {
    let status = process.proc.status().map_err(|error| error.to_string())?;
    let ours = rustix::process::geteuid().as_raw();
    if rights == Rights::Technician && ours != status.ruid && ours != 0 {
        return Err(
            "needs the target's user: run the agent as administrator or as that user".into(),
        );
    }
    let wish = Wish {
        rights,
        pid: process.pid(),
        user: status.ruid,
        group: status.rgid,
        capabilities: status.capprm,
        stack: stack(process),
        name: process.name.clone(),
    };
    super::ask(&wish)
}

/// An address on the first thread's stack that surely has bytes: the program's arguments lie at its end.
fn stack(process: &Running) -> Option<u64> {
    let maps = process.proc.maps().ok()?;
    let stack = maps.0.iter().find(|map| map.pathname == MMapPath::Stack)?;
    stack.address.1.checked_sub(64)
}
