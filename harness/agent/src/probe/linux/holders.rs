//! Which target holds which socket: by the descriptors of its processes.

use std::collections::HashMap;

use procfs::ProcError;
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
                    for descriptor in open {
                        match descriptor.map(|descriptor| descriptor.target) {
                            Ok(FDTarget::Socket(inode)) => {
                                holders.sockets.insert(inode, target.clone());
                            }
                            // Closed meanwhile, or no socket.
                            Ok(_) | Err(ProcError::NotFound(_)) => {}
                            Err(error) => holders.hide(target, process, &error),
                        }
                    }
                }
                Err(error) => holders.hide(target, process, &error),
            }
        }
        holders
    }

    fn hide(&mut self, target: &str, process: &Running, error: &ProcError) {
        let pid = process.pid();
        let what = format!("descriptors of process {pid} of target {target}: {error}");
        self.hidden.push(what);
    }

    /// The target that holds a socket.
    pub fn target(&self, inode: u64) -> Option<&str> {
        self.sockets.get(&inode).map(String::as_str)
    }
}
