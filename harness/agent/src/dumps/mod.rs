//! Tries every way of the system to get at a target's memory, with a technician's rights and with an administrator's.
//!
//! Each attempt is real, made by a child of the agent (`shinsa-agent attempt`) that first takes on the rights: it reads a few bytes
//! of the target's stack and throws them away. The target goes on running. A technician is somebody at the PC as the target's own
//! user: no capability is in effect, and none is permitted beyond the target's own. An administrator has the agent's rights.
//! Called by `service`. Judges nothing: that an administrator succeeds is for the criteria to weigh.

pub mod attempt;
mod core;
mod gdb;
mod rights;
mod ways;

use std::process::{Command, Stdio};
use std::time::Duration;

use procfs::process::MMapPath;
use serde::{Deserialize, Serialize};
use shinsa_wire::v1;

use crate::config::Config;
use crate::identify::is_administrator;
use crate::processes::{self, Running};
use crate::refused::Refused;
use attempt::{Rights, Wish};
pub use core::PATTERN;

/// How long all attempts on one process with one sort of rights may take; a debugger needs seconds.
const PATIENCE: Duration = Duration::from_secs(90);

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The system said no.
    Refused,
    /// Memory could be had.
    Succeeded,
    /// The way does not exist here, or could not be tried.
    NotAvailable,
}

impl Outcome {
    /// As the wire names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Succeeded => "succeeded",
            Self::NotAvailable => "not-available",
        }
    }
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// As `DumpAttempt.way`.
    pub way: String,
    /// What came of it.
    pub outcome: Outcome,
    /// For people; no bytes of the target.
    pub detail: String,
}

impl Tried {
    /// An attempt at `way`.
    pub fn new(way: &str, outcome: Outcome, detail: impl Into<String>) -> Self {
        Self {
            way: way.into(),
            outcome,
            detail: detail.into(),
        }
    }
}

/// Tries everything on every process of a target.
///
/// # Errors
/// Unknown target, nothing runs, or a process of it ended meanwhile: what was refused then may have been refused for that.
pub fn try_all(config: &Config, target: &str) -> Result<v1::TryDumpsReply, Refused> {
    let mut attempts = Vec::new();
    for process in processes::running(config, target)? {
        let technician = tried(&process, Rights::Technician);
        let dumpable = core::dumpable(&process, &technician);
        let administrator = tried(&process, Rights::Administrator);
        for (rights, seen) in [("technician", technician), ("administrator", administrator)] {
            let cores = core::tried(&process, dumpable, &seen);
            let all = seen.tried.into_iter().chain(cores);
            attempts.extend(all.map(|tried| v1::DumpAttempt {
                way: tried.way,
                rights: rights.into(),
                outcome: tried.outcome.name().into(),
                detail: format!("process {}: {}", process.pid(), tried.detail),
            }));
        }
        process.identity.check().map_err(|why| {
            Refused::State(format!(
                "process {} of target {target}: {why}; the attempts say nothing, start it and try again",
                process.pid()
            ))
        })?;
    }
    Ok(v1::TryDumpsReply { attempts })
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
    let said = run(&wish).map_err(|error| format!("the attempting child: {error}"))?;
    serde_json::from_slice::<Result<Seen, String>>(&said).map_err(|error| {
        format!(
            "the attempting child answered {} bytes: {error}",
            said.len()
        )
    })?
}

fn run(wish: &Wish) -> std::io::Result<Vec<u8>> {
    let wish = serde_json::to_string(wish)?;
    let mut child = Command::new(std::env::current_exe()?)
        .args(["attempt", &wish])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    // The answer fits into a pipe: nobody needs to read before the end.
    if !crate::waiting::ended(child.id(), PATIENCE)? {
        child.kill()?;
    }
    Ok(child.wait_with_output()?.stdout)
}

/// An address on the first thread's stack that surely has bytes: the program's arguments lie at its end.
fn stack(process: &Running) -> Option<u64> {
    let maps = process.proc.maps().ok()?;
    let stack = maps.0.iter().find(|map| map.pathname == MMapPath::Stack)?;
    stack.address.1.checked_sub(64)
}
