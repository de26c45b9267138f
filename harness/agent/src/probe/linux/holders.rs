//! Which target holds which socket: by the descriptors of its processes.

use std::collections::HashMap;

use procfs::process::FDTarget;

use crate::processes::Running;

/// Targets by the number of the socket they hold.
pub struct Holders {
    sockets: HashMap<u64, String>,
    /// Processes whose descriptors could not be read, in words.
    pub hidden: Vec<String>,
}

impl Holders {
    /// Of these processes of targets.
    pub fn of(running: &[(String, Running)]) -> Self {
        let mut holders = Self {
            sockets: HashMap::new(),
            hidden: Vec::new(),
        };
        for (target, process) in running {
            match process.proc.fd() {
                Ok(open) => {
                    for descriptor in open.flatten() {
                        if let FDTarget::Socket(inode) = descriptor.target {
                            holders.sockets.insert(inode, target.clone());
                        }
                    }
                }
                Err(error) => holders.hidden.push(format!(
                    "sockets of process {} of target {target}: {error}",
                    process.pid()
                )),
            }
        }
        holders
    }

    /// The target that holds a socket.
    pub fn target(&self, inode: u64) -> Option<&str> {
        self.sockets.get(&inode).map(String::as_str)
    }
}
