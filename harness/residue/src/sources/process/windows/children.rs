//! Children of a process, by the parent's number that the system keeps; a number given again may bring in another's.

use super::toolhelp;

pub(in super::super) fn of(pid: u32) -> Vec<u32> {
    let all = toolhelp::processes().unwrap_or_default();
    let own = all.into_iter().filter(|process| process.parent == pid);
    own.map(|process| process.pid).collect()
}
