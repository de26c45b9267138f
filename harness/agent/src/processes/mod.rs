//! Running processes, those of a target, and what they have loaded. Asks the system; changes nothing.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;

use std::path::Path;

use shinsa_residue::sources::process::Identity;
use shinsa_wire::v1;

use crate::config::{Config, Target, What};
use crate::refused::Refused;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(windows)]
use windows as system;

pub use system::{Proc, environment, same, working_folder};

/// A process as it was when it was looked at.
#[derive(Debug)]
pub struct Running {
    /// Which process its number means.
    pub identity: Identity,
    /// What only one system has.
    pub proc: Proc,
    /// Program's file name without its folder.
    pub name: String,
    /// Number of its parent.
    pub parent: u32,
    /// Command line; empty for kernel threads, for ended processes, and where the rights do not reach.
    pub arguments: Vec<String>,
}

impl Running {
    /// The process of this number; none when it is gone or has ended.
    pub fn of(pid: u32) -> Option<Self> {
        system::of(pid)
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.identity.pid()
    }

    /// Whether it is one of `target`'s. The agent itself is nobody's.
    pub fn is(&self, target: &Target) -> bool {
        let What::Process { program, arguments } = &target.what else {
            return false;
        };
        let first = self.arguments.first().map(Path::new);
        let started_as = first.and_then(Path::file_name);
        // The file may have been replaced since, or its name hidden from us; the command line may have been rewritten.
        let named = system::same(self.name.trim_end_matches(" (deleted)"), program)
            || started_as.is_some_and(|name| system::same(&name.to_string_lossy(), program));
        let has = |wanted: &String| {
            self.arguments
                .iter()
                .any(|argument| argument.contains(wanted))
        };
        named && self.pid() != std::process::id() && arguments.iter().all(has)
    }
}

/// All processes; those that end meanwhile are left out.
///
/// # Errors
/// The system gives no list.
pub fn all() -> Result<Vec<Running>, Refused> {
    system::all().map_err(Refused::System)
}

/// The processes of a target, lowest number first; may be none.
///
/// # Errors
/// The system gives no list.
pub fn of(target: &Target) -> Result<Vec<Running>, Refused> {
    let mut running: Vec<Running> = all()?
        .into_iter()
        .filter(|process| process.is(target))
        .collect();
    running.sort_by_key(Running::pid);
    Ok(running)
}

/// A target by its name.
///
/// # Errors
/// The configuration has none of that name.
pub fn target<'a>(config: &'a Config, name: &str) -> Result<&'a Target, Refused> {
    let found = config.targets.iter().find(|target| target.name == name);
    found.ok_or_else(|| {
        let names: Vec<_> = config
            .targets
            .iter()
            .map(|target| target.name.as_str())
            .collect();
        Refused::Unknown(format!(
            "target {name:?}: expected one of {}",
            names.join(", ")
        ))
    })
}

/// Targets by name, each once; all for none.
///
/// # Errors
/// The configuration has none of a name.
pub fn chosen<'a>(config: &'a Config, names: &[String]) -> Result<Vec<&'a Target>, Refused> {
    if names.is_empty() {
        return Ok(config.targets.iter().collect());
    }
    let mut chosen: Vec<&Target> = Vec::new();
    for name in names {
        let target = target(config, name)?;
        if !chosen.contains(&target) {
            chosen.push(target);
        }
    }
    Ok(chosen)
}

/// The same of targets that are processes.
///
/// # Errors
/// As [`chosen`], and a name of another kind.
pub fn chosen_running<'a>(
    config: &'a Config,
    names: &[String],
) -> Result<Vec<&'a Target>, Refused> {
    let mut chosen = chosen(config, names)?;
    if names.is_empty() {
        chosen.retain(|target| is_process(target));
    }
    chosen
        .iter()
        .try_for_each(|target| must_be_process(target))?;
    Ok(chosen)
}

/// Is the target one whose processes are looked at?
pub fn is_process(target: &Target) -> bool {
    matches!(target.what, What::Process { .. })
}

fn must_be_process(target: &Target) -> Result<(), Refused> {
    if is_process(target) {
        return Ok(());
    }
    Err(Refused::Invalid(format!(
        "target {} is of kind {}: this request needs one of kind process",
        target.name,
        target.kind()
    )))
}

/// The processes of a target that must be processes, at least one.
///
/// # Errors
/// Unknown target, another kind, or nothing runs.
pub fn running(config: &Config, name: &str) -> Result<Vec<Running>, Refused> {
    let target = target(config, name)?;
    must_be_process(target)?;
    let running = of(target)?;
    if running.is_empty() {
        return Err(Refused::State(format!(
            "no process of target {name} runs: start it, or correct `program` and `arguments` in the agent's configuration"
        )));
    }
    Ok(running)
}

/// The list that the wire asks for.
///
/// # Errors
/// The system gives no list.
pub fn list(config: &Config) -> Result<v1::ListProcessesReply, Refused> {
    let processes = all()?.into_iter().map(|process| {
        let target = config.targets.iter().find(|target| process.is(target));
        v1::Process {
            pid: process.pid(),
            name: process.name.clone(),
            parent: process.parent,
            target: target.map(|target| target.name.clone()).unwrap_or_default(),
            modules: target
                .map(|_| system::modules(&process))
                .unwrap_or_default(),
        }
    });
    Ok(v1::ListProcessesReply {
        processes: processes.collect(),
    })
}
