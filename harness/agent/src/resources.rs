//! What a target's processes use, summed over them. Reads `/proc`.

use shinsa_wire::v1;

use crate::config::Config;
use crate::processes::{self, Running};
use crate::refused::Refused;

/// The answer to Resources; the caller adds the time.
///
/// # Errors
/// Unknown target, nothing runs, or the rights do not suffice: a sum with parts left out would be a wrong figure.
pub fn read(config: &Config, name: &str) -> Result<v1::ResourcesReply, Refused> {
    let mut sum = v1::ResourcesReply::default();
    for process in processes::running(config, name)? {
        add(&mut sum, &process).map_err(|error| {
            Refused::System(format!(
                "process {} of target {name}: {error}: it ended, or the agent needs administrator's rights",
                process.pid()
            ))
        })?;
    }
    Ok(sum)
}

fn add(sum: &mut v1::ResourcesReply, process: &Running) -> Result<(), procfs::ProcError> {
    let status = process.proc.status()?;
    let stat = process.proc.stat()?;
    let bytes = |kib: Option<u64>| kib.unwrap_or(0) * 1024;
    sum.resident_bytes += bytes(status.vmrss);
    sum.virtual_bytes += stat.vsize;
    sum.swapped_bytes += bytes(status.vmswap);
    sum.locked_bytes += bytes(status.vmlck);
    sum.handles += u32::try_from(process.proc.fd_count()?).unwrap_or(u32::MAX);
    sum.threads += u32::try_from(status.threads).unwrap_or(0);
    sum.cpu_ns += (stat.utime + stat.stime) * 1_000_000_000 / procfs::ticks_per_second();
    Ok(())
}
