//! What one process uses, from `/proc`.

use procfs::ProcError;
use shinsa_wire::v1;

use crate::processes::Running;

/// Adds one process to the sum.
///
/// # Errors
/// It ended, or the rights do not suffice.
pub fn add(sum: &mut v1::ResourcesReply, process: &Running) -> Result<(), ProcError> {
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
