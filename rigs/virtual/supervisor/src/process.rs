//! A child process: its trace, its death with ours, its end.

use std::fs::OpenOptions;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Command;
use tokio::sync::watch;

/// Lines of a trace that an error quotes.
const QUOTED: usize = 6;

/// A running child.
pub struct Process {
    name: &'static str,
    pid: Option<Pid>,
    ended: watch::Receiver<Option<ExitStatus>>,
    trace: PathBuf,
}

/// Starts a child; stdout and stderr go to `RUN/trace/NAME.log`. An end that nobody asked for is reported on stderr.
pub fn spawn(name: &'static str, mut command: Command, run_dir: &Path) -> Result<Process> {
    let trace = run_dir.join(format!("trace/{name}.log"));
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&trace)
        .with_context(|| trace.display().to_string())?;
    command
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file);
    die_with_us(&mut command);
    let program = command.as_std().get_program().to_owned();
    let mut child = command.spawn().with_context(|| {
        format!(
            "{name}: {} cannot be started: run ci/setup and build all binaries",
            program.display()
        )
    })?;
    let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    let (tell, ended) = watch::channel(None);
    tokio::spawn(async move {
        let status = child.wait().await.unwrap_or(ExitStatus::from_raw(0x7F00));
        tell.send_replace(Some(status));
    });
    Ok(Process {
        name,
        pid,
        ended,
        trace,
    })
}

impl Process {
    /// How it ended; `None` while it lives.
    pub fn status(&self) -> Option<ExitStatus> {
        *self.ended.borrow()
    }

    /// Sends a signal; one that has ended needs none.
    pub fn signal(&self, signal: Signal) {
        if self.status().is_none()
            && let Some(pid) = self.pid
        {
            // It may end at this very moment.
            let _ = kill_process(pid, signal);
        }
    }

    /// Waits for its end.
    pub async fn ended(&self, within: Duration) -> Option<ExitStatus> {
        let mut ended = self.ended.clone();
        let ended = tokio::time::timeout(within, ended.wait_for(Option::is_some)).await;
        ended.ok()?.ok().and_then(|status| *status)
    }

    /// Fails with status and the trace's last lines when it has ended.
    pub fn must_live(&self) -> Result<()> {
        let Some(status) = self.status() else {
            return Ok(());
        };
        let trace = std::fs::read_to_string(&self.trace).unwrap_or_default();
        let lines: Vec<&str> = trace.lines().collect();
        let last = lines[lines.len().saturating_sub(QUOTED)..].join("\n  ");
        bail!(
            "{} ended at start ({}); {}:\n  {last}",
            self.name,
            told(status),
            self.trace.display()
        )
    }

    /// Reports on stderr when it ends by itself.
    pub fn report_end(&self) {
        let (name, mut ended) = (self.name, self.ended.clone());
        tokio::spawn(async move {
            if let Ok(status) = ended.wait_for(Option::is_some).await
                && let Some(status) = *status
            {
                eprintln!("{name} ended: {}", told(status));
            }
        });
    }
}

/// `exit 0`, `signal 9`.
pub fn told(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit {code}"),
        (_, Some(signal)) => format!("signal {signal}"),
        _ => "unknown".into(),
    }
}

#[allow(
    unsafe_code,
    reason = "prctl in the child before exec: async-signal-safe"
)]
fn die_with_us(command: &mut Command) {
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            Ok(())
        });
    }
}
