//! Makes a target crash and looks whether a dump of its memory was left.
//!
//! SIGABRT to every process of the target by its handle, so never to a recycled number; then the folders where dumps go are compared
//! with what they held before. Dumps that appeared are told by name and removed again. Called by `service`.

mod folders;

use std::path::PathBuf;
use std::time::Duration;

use rustix::fd::OwnedFd;
use rustix::process::{Signal, pidfd_send_signal};
use shinsa_wire::v1;

use crate::config::Config;
use crate::processes::{self, Running};
use crate::refused::Refused;
use crate::waiting;
use folders::{Folders, Places};

/// How long a crash may take; writing a dump of gigabytes takes its time.
const PATIENCE: Duration = Duration::from_secs(60);

/// Crashes a target. The caller adds the time.
///
/// # Errors
/// Unknown target, nothing runs, the signal was refused, or the target did not end.
pub fn crash(config: &Config, target: &str) -> Result<v1::CrashReply, Refused> {
    let running = processes::running(config, target)?;
    let mut places = Places::of_system(&config.dump_folders);
    for process in &running {
        // Dumps go to the folder it stands in, which is not known any more when it is gone.
        match process.proc.cwd() {
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
        ended.push(abort(process, target)?);
    }
    let found = before.dumps_since(&places);
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

fn abort(process: &Running, target: &str) -> Result<String, Refused> {
    let pid = process.pid();
    let failed = |why: String| {
        Refused::System(format!(
            "process {pid} of target {target} was to crash: {why}"
        ))
    };
    let handle = handle(process).map_err(&failed)?;
    pidfd_send_signal(&handle, Signal::ABORT).map_err(|error| failed(error.to_string()))?;
    match waiting::handle_ended(&handle, PATIENCE) {
        // Only its parent learns what it ended with.
        Ok(true) => Ok(format!("process {pid} ended after signal 6")),
        Ok(false) => Err(failed(format!(
            "still there {} s after signal 6: it catches the signal; end it by hand",
            PATIENCE.as_secs()
        ))),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// A handle that is surely of the process that was looked at.
fn handle(process: &Running) -> Result<OwnedFd, String> {
    let handle = waiting::handle(process.pid()).map_err(|error| error.to_string())?;
    process.identity.check().map_err(|why| why.to_string())?;
    Ok(handle)
}
