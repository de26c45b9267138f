//! Children of a process; empty where the kernel was built without the list (`CONFIG_PROC_CHILDREN`).

use std::collections::BTreeSet;

pub(in super::super) fn of(pid: u32) -> Vec<u32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    let lists = threads
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    let numbers: BTreeSet<u32> = lists
        .flat_map(|list| {
            let numbers = list
                .split_ascii_whitespace()
                .map(str::parse)
                .filter_map(Result::ok);
            numbers.collect::<Vec<u32>>()
        })
        .collect();
    numbers.into_iter().collect()
}
