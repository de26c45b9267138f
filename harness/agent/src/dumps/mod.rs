//! Tries every way of the system to get at a target's memory, with a technician's rights and with an administrator's.
//!
//! Each attempt is real, made by a child of the agent (`shinsa-agent attempt`) that first takes on the rights: it reads a few bytes
//! of the target and throws them away. The target goes on running. Called by `service`. Judges nothing: that an administrator
//! succeeds is for the criteria to weigh.

pub mod attempt;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;

use std::process::{Command, Stdio};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shinsa_wire::v1;

use crate::config::Config;
use crate::processes;
use crate::refused::Refused;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "linux")]
pub use linux::PATTERN;
#[cfg(windows)]
use windows as system;
#[cfg(windows)]
pub use windows::{DEBUGGER, REPORTING};

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

/// With whose rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rights {
    /// The target's own user, nothing more.
    Technician,
    /// The agent's own.
    Administrator,
}

/// Tries everything on every process of a target.
///
/// # Errors
/// Unknown target, nothing runs, or a process of it ended meanwhile: what was refused then may have been refused for that.
pub fn try_all(config: &Config, target: &str) -> Result<v1::TryDumpsReply, Refused> {
    let mut attempts = Vec::new();
    for process in processes::running(config, target)? {
        let rights = ["technician", "administrator"];
        for (rights, tried) in rights.into_iter().zip(system::tried_on(&process)) {
            attempts.extend(tried.into_iter().map(|tried| v1::DumpAttempt {
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

/// What a child with the wished rights answers.
fn ask<T: DeserializeOwned>(wish: &impl Serialize) -> Result<T, String> {
    let said = run(wish).map_err(|error| format!("the attempting child: {error}"))?;
    serde_json::from_slice::<Result<T, String>>(&said).map_err(|error| {
        format!(
            "the attempting child answered {} bytes: {error}",
            said.len()
        )
    })?
}

fn run(wish: &impl Serialize) -> std::io::Result<Vec<u8>> {
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
