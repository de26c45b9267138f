//! The reader's software on the terminal, and the reader's radio: started, stopped, killed. A crash is noticed, not mended.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use tokio::net::UnixStream;
use tokio::process::Command;

use super::process::{self, Process, told};

/// The Windows that the simulated terminal stands for.
pub const OS_EDITION: &str = "Windows 10 IoT Enterprise 2019 LTSC";
/// Working and temporary folders of the reader's two processes, below the run's.
pub const SOFTWARE_SCRATCH: &str = "terminal/scratch";
pub const DEVICE_SCRATCH: &str = "device/scratch";
const START: Duration = Duration::from_secs(15);
const STOP: Duration = Duration::from_secs(10);
/// A socket file has no event of its own.
const LOOK: Duration = Duration::from_millis(20);

/// Software and radio.
pub struct Software {
    pub run_dir: PathBuf,
    pub binaries: PathBuf,
    pub defects: Vec<String>,
    pub vpcd_port: u16,
    pub device: Option<Process>,
    pub running: Option<Process>,
    pub ran_before_power_cut: bool,
}

impl Software {
    /// Is it running?
    pub fn is_running(&self) -> bool {
        self.running
            .as_ref()
            .is_some_and(|process| process.status().is_none())
    }

    /// How the last run ended, where there was one.
    pub fn last_exit(&self) -> String {
        let status = self.running.as_ref().and_then(Process::status);
        status.map(told).unwrap_or_default()
    }

    /// Starts it and waits until it can be managed. No-op when running.
    pub async fn start(&mut self) -> Result<()> {
        if self.is_running() {
            return Ok(());
        }
        let socket = self.run_dir.join("management.sock");
        remove(&socket)?;
        let mut command = self.command("virtual-reader-software");
        command
            .arg("run")
            .args(self.arguments())
            .env("PCSCLITE_CSOCK_NAME", self.run_dir.join("pcscd.comm"))
            .env("VIRTUAL_OS_EDITION", OS_EDITION);
        self.scratch(&mut command, SOFTWARE_SCRATCH)?;
        let process = process::spawn("reader-software", command, &self.run_dir)?;
        let process = self.running.insert(process);
        let manageable = async {
            while UnixStream::connect(&socket).await.is_err() {
                process.must_live()?;
                tokio::time::sleep(LOOK).await;
            }
            Ok(())
        };
        tokio::time::timeout(START, manageable)
            .await
            .context("the reader's software did not open its management within 15 s")?
    }

    /// Ends it, gracefully or as a crash does.
    pub async fn end(&mut self, signal: Signal) -> Result<()> {
        let Some(process) = self.running.as_ref().filter(|_| self.is_running()) else {
            return Ok(());
        };
        process.signal(signal);
        if process.ended(STOP).await.is_none() {
            bail!("the reader's software did not end within 10 s");
        }
        Ok(())
    }

    /// Cuts the supply of radio and terminal software, or gives it back.
    pub async fn power(&mut self, on: bool) -> Result<()> {
        if on {
            if self
                .device
                .as_ref()
                .is_none_or(|device| device.status().is_some())
            {
                self.start_device().await?;
            }
            if std::mem::take(&mut self.ran_before_power_cut) {
                self.start().await?;
            }
            return Ok(());
        }
        self.ran_before_power_cut |= self.is_running();
        self.end(Signal::KILL).await?;
        if let Some(device) = self.device.take() {
            device.signal(Signal::KILL);
            device.ended(STOP).await;
        }
        Ok(())
    }

    /// Starts the radio and waits for its antenna.
    pub async fn start_device(&mut self) -> Result<()> {
        let antenna = self.run_dir.join("antenna.sock");
        remove(&antenna)?;
        let mut command = self.command("virtual-reader-device");
        command
            .args(self.arguments())
            .args(["--vpcd", &format!("127.0.0.1:{}", self.vpcd_port)]);
        self.scratch(&mut command, DEVICE_SCRATCH)?;
        let device = process::spawn("reader-device", command, &self.run_dir)?;
        device.report_end();
        while !antenna.exists() {
            device.must_live()?;
            tokio::time::sleep(LOOK).await;
        }
        self.device = Some(device);
        Ok(())
    }

    /// Writes the catalogue of the reader's screens.
    pub async fn write_screens(&self) -> Result<()> {
        let mut command = self.command("virtual-reader-software");
        command
            .args(["screens", "--out"])
            .arg(self.run_dir.join("screens"));
        let output = command.output().await.context("virtual-reader-software")?;
        anyhow::ensure!(
            output.status.success(),
            "catalogue of screens: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }

    fn command(&self, binary: &str) -> Command {
        Command::new(self.binaries.join(binary))
    }

    /// Gives it a folder of its own to work in and for what is temporary, below what the agent watches: the machine's are shared.
    fn scratch(&self, command: &mut Command, below: &str) -> Result<()> {
        let folder = self.run_dir.join(below);
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        command.current_dir(&folder).env("TMPDIR", &folder);
        Ok(())
    }

    fn arguments(&self) -> Vec<std::ffi::OsString> {
        let mut arguments = vec!["--run-dir".into(), self.run_dir.clone().into_os_string()];
        for defect in &self.defects {
            arguments.extend(["--defect".into(), defect.into()]);
        }
        arguments
    }
}

/// Removes what an earlier life left.
pub fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| path.display().to_string())
        }
        _ => Ok(()),
    }
}
