//! What a target's processes use, summed over them. Asks the system.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;

use shinsa_wire::v1;

use crate::config::Config;
use crate::processes;
use crate::refused::Refused;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(windows)]
use windows as system;

/// The answer to Resources; the caller adds the time.
///
/// # Errors
/// Unknown target, nothing runs, or the rights do not suffice: a sum with parts left out would be a wrong figure.
pub fn read(config: &Config, name: &str) -> Result<v1::ResourcesReply, Refused> {
    let mut sum = v1::ResourcesReply::default();
    for process in processes::running(config, name)? {
        system::add(&mut sum, &process).map_err(|error| {
            Refused::System(format!(
                "process {} of target {name}: {error}: it ended, or the agent needs administrator's rights",
                process.pid()
            ))
        })?;
    }
    Ok(sum)
}
