//! Whether a crash would leave a core file: the limit, the flag "dumpable", and where the system puts cores. Reads, writes nothing.

use std::os::unix::fs::MetadataExt;

use procfs::process::LimitValue;

use super::{Outcome, Seen, Tried};
use crate::processes::Running;

/// Where the kernel says what becomes of cores.
pub const PATTERN: &str = "/proc/sys/kernel/core_pattern";

/// Whether the kernel would dump the process at all (`PR_SET_DUMPABLE`); none when it cannot be told.
pub fn dumpable(process: &Running, technician: &Seen) -> Option<bool> {
    let read = technician
        .tried
        .iter()
        .find(|tried| tried.way == "process-vm-readv")?;
    if read.outcome == Outcome::Succeeded {
        return Some(true);
    }
    let user = process.proc.status().ok()?.euid;
    // What lies in its folder (not the folder itself) belongs to root when the process is not dumpable.
    let owner = std::fs::metadata(format!("/proc/{}/status", process.pid()))
        .ok()?
        .uid();
    match (user, owner) {
        (0, _) if read.outcome == Outcome::Refused && !yama() => Some(false),
        (0, _) => None,
        (user, owner) => Some(user == owner),
    }
}

/// Whether Yama refuses tracing for reasons of its own.
fn yama() -> bool {
    std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope")
        .is_ok_and(|scope| scope.trim() != "0")
}

/// The ways "core-limit" and "core-pattern".
pub fn tried(process: &Running, dumpable: Option<bool>, seen: &Seen) -> [Tried; 2] {
    let (limit, pattern) = ("core-limit", "core-pattern");
    let Some(writable) = seen.pattern_writable else {
        let why = seen
            .tried
            .first()
            .map_or("nothing could be tried", |first| &first.detail);
        return [limit, pattern].map(|way| Tried::new(way, Outcome::NotAvailable, why));
    };
    if dumpable == Some(false) {
        let why = "the process is not dumpable (PR_SET_DUMPABLE 0): no core, whatever the limit";
        return [limit, pattern].map(|way| Tried::new(way, Outcome::Refused, why));
    }
    let told = match dumpable {
        Some(_) => "dumpable",
        None => "whether it is dumpable cannot be told (taken as yes)",
    };
    [
        by_limit(limit, process, told),
        by_pattern(pattern, writable, told),
    ]
}

fn by_limit(way: &str, process: &Running, told: &str) -> Tried {
    let limit = match process.proc.limits() {
        Ok(limits) => limits.max_core_file_size,
        Err(error) => return Tried::new(way, Outcome::NotAvailable, format!("limits: {error}")),
    };
    let bytes = |value: LimitValue| match value {
        LimitValue::Unlimited => "unlimited".to_owned(),
        LimitValue::Value(bytes) => format!("{bytes} bytes"),
    };
    let is_zero = |value: LimitValue| matches!(value, LimitValue::Value(0));
    let (soft, hard) = (limit.soft_limit, limit.hard_limit);
    let detail = format!("{told}; limit {} now, at most {}", bytes(soft), bytes(hard));
    // Whoever is the target's user may raise its limit to the upper one from outside (prlimit).
    let outcome = if is_zero(hard) {
        Outcome::Refused
    } else {
        Outcome::Succeeded
    };
    Tried::new(way, outcome, detail)
}

fn by_pattern(way: &str, writable: bool, told: &str) -> Tried {
    let pattern = match std::fs::read_to_string(PATTERN) {
        Ok(pattern) => pattern.trim().to_owned(),
        Err(error) => return Tried::new(way, Outcome::NotAvailable, format!("{PATTERN}: {error}")),
    };
    let (outcome, why) = if pattern.starts_with('|') {
        (Outcome::Succeeded, "cores go to a program, without a limit")
    } else if writable {
        (
            Outcome::Succeeded,
            "these rights can send cores to a program, without a limit",
        )
    } else {
        (
            Outcome::Refused,
            "cores go to a file, within the limit; these rights cannot change that",
        )
    };
    Tried::new(way, outcome, format!("{told}; pattern {pattern:?}: {why}"))
}
