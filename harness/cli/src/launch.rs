//! Brings a rig's own processes up (`launch:` of the rig file) and ends them with the run.
//!
//! No shell. The command says `ready` in a line of its own when the rig can be used. It is told to end by SIGTERM, and
//! killed when it does not; it also gets SIGTERM when this process dies, so that nothing is left behind.

use std::process::Stdio;
use std::time::Duration;

use shinsa_model::rig::Launch;
use shinsa_rig::OpenOptions;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::exit::Stop;

/// How long the rig's processes may take to end.
const END_WITHIN: Duration = Duration::from_secs(15);

/// A launched rig.
pub struct Launched(Child);

impl Launched {
    /// Starts the command and waits until it is ready.
    pub async fn start(
        launch: &Launch,
        options: &OpenOptions,
        extra: &[String],
    ) -> Result<Self, Stop> {
        let words: Vec<String> = launch
            .command
            .iter()
            .map(|word| options.fill(word))
            .chain(extra.iter().cloned())
            .collect();
        let [program, arguments @ ..] = words.as_slice() else {
            return Err(Stop::usage("the rig file's launch command is empty"));
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        end_with_parent(&mut command);
        let mut child = command.spawn().map_err(|error| {
            Stop::rig(format!(
                "the rig's command {program} cannot be started: {error}"
            ))
        })?;
        let output = child
            .stdout
            .take()
            .ok_or_else(|| Stop::rig("the rig's command has no output"))?;
        let mut lines = BufReader::new(output).lines();
        let ready = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if line.trim() == "ready" {
                    return true;
                }
                println!("rig: {line}");
            }
            false
        };
        let within = launch.ready_within.duration();
        let problem = match tokio::time::timeout(within, ready).await {
            Ok(true) => {
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Self(child));
            }
            Ok(false) => "ended before it was ready".to_owned(),
            Err(_) => format!("was not ready within {} s", within.as_secs_f64()),
        };
        Self(child).end().await;
        Err(Stop::rig(format!(
            "the rig's command {program} {problem}; its own messages stand above, its traces in the rig folder"
        )))
    }

    /// Ends the rig's processes.
    pub async fn end(mut self) {
        if let Some(pid) = self
            .0
            .id()
            .and_then(|pid| i32::try_from(pid).ok())
            .and_then(rustix::process::Pid::from_raw)
        {
            // It may have ended by itself in this instant.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        if tokio::time::timeout(END_WITHIN, self.0.wait())
            .await
            .is_err()
        {
            // Nothing more can be done for a process that survives SIGKILL.
            let _ = self.0.kill().await;
        }
    }

    /// Has it ended by itself?
    pub fn has_ended(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(Some(_)))
    }
}

#[allow(
    unsafe_code,
    reason = "prctl in the child before exec; async-signal-safe, touches no memory of ours"
)]
fn end_with_parent(command: &mut Command) {
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
            Ok(())
        });
    }
}
