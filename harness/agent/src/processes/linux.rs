//! Processes of Linux, from `/proc`.

use std::path::{Path, PathBuf};

use procfs::process::{MMPermissions, MMapPath, Process, all_processes};
use shinsa_residue::sources::process::Identity;

use super::Running;

/// The process's folder below `/proc`, held open: never another process's.
pub type Proc = Process;

/// The process of this number; none when it is gone or has ended.
pub fn of(pid: u32) -> Option<Running> {
    look(Process::new(i32::try_from(pid).ok()?).ok()?)
}

/// All of them.
pub fn all() -> Result<Vec<Running>, String> {
    let list = all_processes().map_err(|error| format!("/proc: {error}: is it mounted?"))?;
    Ok(list.flatten().filter_map(look).collect())
}

fn look(proc: Process) -> Option<Running> {
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
    Some(Running {
        identity,
        proc,
        name: name.or(started_as).unwrap_or(stat.comm),
        parent: u32::try_from(stat.ppid).unwrap_or(0),
        arguments,
    })
}

/// Whether two names are of one file.
pub fn same(one: &str, other: &str) -> bool {
    one == other
}

/// Files mapped for execution, each once; empty where the rights do not reach.
pub fn modules(process: &Running) -> Vec<String> {
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

/// Names and values of its environment.
///
/// # Errors
/// In words.
pub fn environment(process: &Running) -> Result<Vec<(String, String)>, String> {
    let all = process.proc.environ().map_err(|error| error.to_string())?;
    let text = |text: &std::ffi::OsString| text.to_string_lossy().into_owned();
    Ok(all
        .iter()
        .map(|(name, value)| (text(name), text(value)))
        .collect())
}

/// The folder it stands in.
///
/// # Errors
/// In words.
pub fn working_folder(process: &Running) -> Result<PathBuf, String> {
    process.proc.cwd().map_err(|error| error.to_string())
}
