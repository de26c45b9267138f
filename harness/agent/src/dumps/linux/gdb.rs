//! The way of `gcore`, which is a script around gdb: attach, read memory. Done by gdb itself, so that no core file with the target's
//! secrets is ever written by the agent.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::Wish;
use super::ways::{TOOLS, installed};
use super::{Outcome, Tried};

/// How long gdb may take.
const PATIENCE: Duration = Duration::from_secs(40);
/// Printed by gdb after it read a byte of the stack; the byte itself is multiplied away.
const READ: &str = "shinsa-agent: read 0";

/// Tries it with the rights the caller has.
pub fn tried(wish: &Wish) -> Tried {
    let way = TOOLS[0];
    let (Some(_), Some(gdb)) = (installed("gcore"), installed("gdb")) else {
        return Tried::new(way, Outcome::NotAvailable, "gcore is not installed");
    };
    let mut command = Command::new(gdb);
    command
        .args(["-nx", "-batch", "--readnever", "-iex", "set auto-load no"])
        .args([
            "-iex",
            "set debuginfod enabled off",
            "-ex",
            "set language c",
        ])
        .args(["-ex", &format!("attach {}", wish.pid)])
        .args([
            "-ex",
            "printf \"shinsa-agent: read %d\\n\", (*(char *)$sp) * 0",
        ])
        .args(["-ex", "detach"])
        .env_clear()
        .envs([
            ("HOME", "/nonexistent"),
            ("LC_ALL", "C"),
            ("PATH", "/usr/bin:/bin"),
        ])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    match run(command) {
        Ok(said) if said.contains(READ) => Tried::new(
            way,
            Outcome::Succeeded,
            "gdb attached and read the stack; no core file was written",
        ),
        Ok(said) => Tried::new(way, Outcome::Refused, reason(&said)),
        Err(error) => Tried::new(way, Outcome::NotAvailable, format!("gdb: {error}")),
    }
}

fn run(mut command: Command) -> std::io::Result<String> {
    let child = command.spawn()?;
    if !crate::waiting::ended(child.id(), PATIENCE)? {
        // Asked to end, gdb takes its breakpoints out of the target first; killed, it would leave them in.
        let pid = i32::try_from(child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        if let Some(pid) = pid {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        }
    }
    let output = child.wait_with_output()?;
    let said = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8_lossy(&said).into_owned())
}

/// The line that says why, if gdb said one of the known ones.
fn reason(said: &str) -> String {
    let known = [
        "ptrace: ",
        "Could not attach",
        "No such process",
        "warning: process",
    ];
    let line = said
        .lines()
        .find(|line| known.iter().any(|known| line.contains(known)));
    let line = line.unwrap_or("gdb read nothing");
    line.chars().take(200).collect()
}
