//! What a program of the reader does to itself at start, so that no memory of it reaches a disk or another process: no core
//! dump, no debugger, no swap. Called first thing by both programs.

#![allow(unsafe_code, reason = "prctl, setrlimit, mlockall with plain values")]

use crate::{Defect, Defects};

/// Bit of CAP_IPC_LOCK (capabilities(7)).
const IPC_LOCK: u32 = 14;

/// Hardens this process. What the system did not allow comes back in words for the log.
pub fn harden(defects: &Defects) -> Vec<&'static str> {
    let mut refused = Vec::new();
    let dumps = defects.has(Defect::CoreDumpAllowed);
    // One flag on Linux: a process that may dump may be traced, and the other way round.
    let dumpable = dumps || defects.has(Defect::PtraceAllowed);
    // SAFETY: a flag.
    if unsafe {
        libc::prctl(
            libc::PR_SET_DUMPABLE,
            libc::c_ulong::from(dumpable),
            0,
            0,
            0,
        )
    } != 0
    {
        refused.push("PR_SET_DUMPABLE");
    }
    if !limit_core(dumps) {
        refused.push("RLIMIT_CORE");
    }
    if !lock() {
        refused.push("mlockall");
    }
    refused
}

/// No core file, or as large as the system allows.
fn limit_core(dumps: bool) -> bool {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: a valid place for the answer.
    if dumps && unsafe { libc::getrlimit(libc::RLIMIT_CORE, &raw mut limit) } == 0 {
        limit.rlim_cur = limit.rlim_max;
    }
    // SAFETY: a valid limit.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const limit) == 0 }
}

/// Keeps every page out of swap, those to come too where that cannot make an allocation fail.
fn lock() -> bool {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: a valid place for the answer.
    let known = unsafe { libc::getrlimit(libc::RLIMIT_MEMLOCK, &raw mut limit) } == 0;
    let unlimited = known && limit.rlim_cur == libc::RLIM_INFINITY;
    let future = if unlimited || may_lock() {
        libc::MCL_FUTURE
    } else {
        0
    };
    // As pages are first used: the arenas' reserves would be filled otherwise.
    // SAFETY: flags.
    unsafe { libc::mlockall(libc::MCL_CURRENT | future | libc::MCL_ONFAULT) == 0 && future != 0 }
}

/// With CAP_IPC_LOCK there is no limit.
fn may_lock() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("CapEff:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> IPC_LOCK & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stands() -> (bool, u64) {
        let mut limit = libc::rlimit {
            rlim_cur: 1,
            rlim_max: 1,
        };
        // SAFETY: a valid place for the answer.
        unsafe {
            libc::getrlimit(libc::RLIMIT_CORE, &raw mut limit);
            let dumpable = libc::prctl(libc::PR_GET_DUMPABLE, 0, 0, 0, 0);
            (dumpable == 1, limit.rlim_cur)
        }
    }

    /// From lax to strict: a hard limit cannot be raised again.
    #[test]
    fn dumps_and_debuggers_are_refused_unless_a_defect_allows_them() {
        let harden = |defects| {
            let refused = super::harden(&Defects::new(defects));
            assert!(
                refused.iter().all(|what| *what == "mlockall"),
                "{refused:?}"
            );
            stands()
        };
        assert!(harden(vec![Defect::CoreDumpAllowed]).0);
        assert_eq!(harden(vec![Defect::PtraceAllowed]), (true, 0));
        assert_eq!(harden(vec![]), (false, 0));
    }
}
