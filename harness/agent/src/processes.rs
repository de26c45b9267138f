//! Running processes, those of a target, and what they have loaded. Reads `/proc`; changes nothing.

use std::path::Path;

use procfs::process::{MMapPath, Process, all_processes};
use shinsa_residue::sources::process::Identity;
use shinsa_wire::v1;

use crate::config::{Config, Target, What};
use crate::refused::Refused;

/// A process as it was when it was looked at.
#[derive(Debug)]
pub struct Running {
    /// Which process its number means.
    pub identity: Identity,
    /// Its folder below `/proc`, held open: never another process's.
    pub proc: Process,
    /// Program's file name without its folder.
    pub name: String,
    /// Number of its parent.
    pub parent: u32,
    /// Command line; empty for kernel threads and ended processes.
    pub arguments: Vec<String>,
}

impl Running {
    /// The process of this number; none when it is gone or has ended.
    pub fn of(pid: u32) -> Option<Self> {
        Self::look(Process::new(i32::try_from(pid).ok()?).ok()?)
    }

    fn look(proc: Process) -> Option<Self> {
        let identity = Identity::of(u32::try_from(proc.pid()).ok()?).ok()?;
        let stat = proc.stat().ok()?;
        let arguments = proc.cmdline().unwrap_or_default();
        let file_name = |path: &Path| {
            path.file_name()
                .map(|name| name.to_string_lossy().into_owned())
        };
        let started_as = arguments
            .first()
            .and_then(|first| file_name(Path::new(first)));
        let name = proc.exe().ok().and_then(|exe| file_name(&exe));
        Some(Self {
            identity,
            proc,
            name: name.or(started_as).unwrap_or(stat.comm),
            parent: u32::try_from(stat.ppid).unwrap_or(0),
            arguments,
        })
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
        let named = self.name.trim_end_matches(" (deleted)") == program
            || started_as.is_some_and(|name| name == program.as_str());
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
/// `/proc` cannot be read.
pub fn all() -> Result<Vec<Running>, Refused> {
    let list = all_processes()
        .map_err(|error| Refused::System(format!("/proc: {error}: is it mounted?")))?;
    Ok(list.flatten().filter_map(Running::look).collect())
}

/// The processes of a target, lowest number first; may be none.
///
/// # Errors
/// `/proc` cannot be read.
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

/// The processes of a target that must be processes, at least one.
///
/// # Errors
/// Unknown target, another kind, or nothing runs.
pub fn running(config: &Config, name: &str) -> Result<Vec<Running>, Refused> {
    let target = target(config, name)?;
    if !matches!(target.what, What::Process { .. }) {
        return Err(Refused::Invalid(format!(
            "target {name} is of kind {}: this request needs one of kind process",
            target.kind()
        )));
    }
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
/// `/proc` cannot be read.
pub fn list(config: &Config) -> Result<v1::ListProcessesReply, Refused> {
    let processes = all()?.into_iter().map(|process| {
        let target = config.targets.iter().find(|target| process.is(target));
        v1::Process {
            pid: process.pid(),
            name: process.name.clone(),
            parent: process.parent,
            target: target.map(|target| target.name.clone()).unwrap_or_default(),
            modules: target.map(|_| modules(&process)).unwrap_or_default(),
        }
    });
    Ok(v1::ListProcessesReply {
        processes: processes.collect(),
    })
}

/// Files mapped for execution, each once; empty where the rights do not reach.
fn modules(process: &Running) -> Vec<String> {
    use procfs::process::MMPermissions;
    let maps = process.proc.maps().map(|maps| maps.0).unwrap_or_default();
    let mut files: Vec<String> = maps
        .into_iter()
        .filter(|map| map.perms.contains(MMPermissions::EXECUTE))
        .filter_map(|map| match map.pathname {
            MMapPath::Path(path) => Some(path.display().to_string()),
            _ => None,
        })
        .collect();
    files.sort_unstable();
    files.dedup();
    files
}
