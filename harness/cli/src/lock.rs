//! One run on one rig: a lock file in the rig's run folder, held by the kernel, so that it cannot outlive its holder.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use crate::exit::Stop;

/// The rig is ours until this is dropped.
pub struct RigLock {
    _file: File,
}

impl RigLock {
    /// Takes the rig, or says who has it and since when.
    pub fn take(run_dir: &Path, run: &str) -> Result<Self, Stop> {
        let failed =
            |error: std::io::Error| Stop::rig(format!("rig folder {}: {error}", run_dir.display()));
        std::fs::create_dir_all(run_dir).map_err(failed)?;
        let path = run_dir.join("rig.lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            let mut holder = String::new();
            // What the holder wrote is for the message only.
            let _ = file.read_to_string(&mut holder);
            return Err(Stop::rig(format!(
                "the rig is in use by {}\nwait for its end, or use another rig folder (--rig-dir)",
                if holder.is_empty() {
                    "another run"
                } else {
                    holder.trim()
                }
            )));
        }
        let holder = format!(
            "run {run}, process {}, since {}\n",
            std::process::id(),
            jiff::Zoned::now().strftime("%F %T %:z")
        );
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(holder.as_bytes()))
            .map_err(failed)?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rig_has_one_run_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = RigLock::take(folder.path(), "first").unwrap();
        let refused = RigLock::take(folder.path(), "second").err().unwrap();
        assert_eq!(refused.code, crate::exit::RIG);
        assert!(
            refused.message.contains("run first, process"),
            "{}",
            refused.message
        );
        drop(first);
        RigLock::take(folder.path(), "second").unwrap();
    }
}
