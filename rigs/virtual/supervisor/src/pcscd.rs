//! A private pcscd beside any other: configuration of its own, its socket handed over as systemd does (descriptor 3).

use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::Path;

use anyhow::{Context, Result};
use tokio::process::Command;

use super::process::{self, Process};

/// Where Debian puts vpcd's driver.
const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// Starts it with one reader (vpcd at `port`), or with none.
pub fn start(run_dir: &Path, port: Option<u16>) -> Result<Process> {
    let readers = run_dir.join("readers");
    std::fs::create_dir_all(&readers)?;
    if let Some(port) = port {
        anyhow::ensure!(
            Path::new(DRIVER).exists(),
            "{DRIVER} is missing: install vsmartcard-vpcd (ci/setup does)"
        );
        let text = format!(
            "FRIENDLYNAME \"Shinsa reference reader\"\nDEVICENAME /dev/null:{port}\nLIBPATH {DRIVER}\nCHANNELID {port}\n"
        );
        std::fs::write(readers.join("vpcd"), text)?;
    }
    let socket = run_dir.join("pcscd.comm");
    let listener = UnixListener::bind(&socket).with_context(|| socket.display().to_string())?;
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            "LISTEN_FDS=1 LISTEN_PID=$$ exec pcscd --foreground --config \"$0\"",
        ])
        .arg(&readers);
    hand_over(&mut command, OwnedFd::from(listener));
    process::spawn("pcscd", command, run_dir)
}

#[allow(
    unsafe_code,
    reason = "dup2 and fcntl in the child before exec: async-signal-safe"
)]
fn hand_over(command: &mut Command, listener: OwnedFd) {
    unsafe {
        command.pre_exec(move || {
            // dup2 onto itself would leave close-on-exec set.
            if libc::dup2(listener.as_raw_fd(), 3) == 3 && libc::fcntl(3, libc::F_SETFD, 0) == 0 {
                Ok(())
            } else {
                Err(std::io::Error::last_os_error())
            }
        });
    }
}
