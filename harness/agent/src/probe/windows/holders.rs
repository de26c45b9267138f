//! Which target holds which socket: Windows names sockets by their process.

use std::collections::HashMap;

use crate::processes::Running;

/// Targets by the number of the process that holds a socket.
pub struct Holders {
    processes: HashMap<u64, String>,
    /// Processes whose sockets could not be told; Windows tells all.
    pub hidden: Vec<String>,
}

impl Holders {
    /// Of these processes of targets.
    pub fn of(running: &[(String, Running)]) -> Self {
        let number = |(target, process): &(String, Running)| (process.pid().into(), target.clone());
        Self {
            processes: running.iter().map(number).collect(),
            hidden: Vec::new(),
        }
    }

    /// The target that holds a socket.
    pub fn target(&self, pid: u64) -> Option<&str> {
        self.processes.get(&pid).map(String::as_str)
    }
}
