//! Makes a target crash and looks whether a dump of its memory was left.
//!
//! Every process of the target is made to crash by its handle, so never a recycled number; then the folders where dumps go are compared
//! with what they held before. Dumps that appeared are told by name and removed again; folders and files that could not be looked at are
//! told, too. Called by `service`.

mod folders;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;

use std::path::PathBuf;
use std::time::Duration;

use shinsa_wire::v1;

use crate::config::Config;
use crate::processes;
use crate::refused::Refused;
use folders::{Folders, Places};
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(windows)]
use windows as system;

/// How long a crash may take; writing a dump of gigabytes takes its time.
const PATIENCE: Duration = Duration::from_secs(60);

/// Crashes a target. The caller adds the time.
///
/// # Errors
/// Unknown target, nothing runs, the system refused, or the target did not end.
pub fn crash(config: &Config, target: &str) -> Result<v1::CrashReply, Refused> {
    let running = processes::running(config, target)?;
    let names: Vec<&str> = running
        .iter()
        .map(|process| process.name.as_str())
        .collect();
    let mut places = Places::of_system(&config.dump_folders, &names);
    for process in &running {
        // Dumps go to the folder it stands in, which is not known any more when it is gone.
        match processes::working_folder(process) {
            Ok(folder) => places.add(folder),
            Err(error) => places.unknown(format!(
                "working folder of process {}: {error}",
                process.pid()
            )),
        }
    }
    let before = Folders::look(&places);
    let mut ended = Vec::new();
    for process in &running {
        let failed = |why: String| {
            let pid = process.pid();
            Refused::System(format!(
                "process {pid} of target {target} was to crash: {why}"
            ))
        };
        ended.push(system::crashed(process).map_err(failed)?);
    }
    let found = before.dumps_since(&mut places);
    let paths = |paths: &[PathBuf]| {
        paths
            .iter()
            .map(|path| path.display().to_string())
            .collect()
    };
    Ok(v1::CrashReply {
        at: None,
        ended: ended.join(", "),
        dumps: found,
        looked_in: paths(places.folders()),
        not_looked: places.into_unknown(),
    })
}
