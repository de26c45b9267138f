//! Driver `command`: a lab's own executable per verb. One JSON object on stdin, one JSON object on stdout.
//!
//! Exit code 0: done. Exit code 1 with a JSON object: the device answered and refused (`ok` is false in the answer).
//! Anything else is a fault. At the deadline the whole process group is killed.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Map, Value};
use shinsa_model::event::{Fault, FaultKind};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command as Process};

use crate::fault::{fault, garbage, incapable, timeout};

/// Longest answer read, bytes.
const LONGEST_ANSWER: u64 = 4 << 20;
/// Characters of stderr that a fault quotes.
const TAIL: usize = 400;

/// The driver: program and arguments by verb, placeholders already replaced.
pub struct Command {
    /// Driver's name in the rig file.
    pub name: String,
    /// Programs.
    pub verbs: BTreeMap<String, Vec<String>>,
}

/// What the program answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Exit code 0?
    pub accepted: bool,
    /// The object on stdout.
    pub values: Map<String, Value>,
}

impl Command {
    /// Calls the program of a verb.
    pub async fn call(
        &self,
        verb: &str,
        request: &Map<String, Value>,
        within: Duration,
    ) -> Result<Answer, Fault> {
        let Some((program, arguments)) = self.verbs.get(verb).and_then(|words| words.split_first())
        else {
            return Err(incapable(
                format!("driver {} has no command for {verb:?}", self.name),
                format!("add `{verb}:` to its `commands:` in the rig file"),
            ));
        };
        let mut child = Process::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                fault(
                    FaultKind::Unreachable,
                    format!("{verb}: cannot start {program}: {error}"),
                    "is the program there and executable? see `commands:` in the rig file",
                )
            })?;
        let group = Group(child.id());
        let work = converse(&mut child, Value::Object(request.clone()).to_string());
        let Ok(result) = tokio::time::timeout(within, work).await else {
            drop(group);
            return Err(timeout(&format!("{verb} ({program})"), within));
        };
        let (status, stdout, stderr) = result
            .map_err(|error| garbage(format!("{verb}: the program's pipes broke: {error}")))?;
        let object = serde_json::from_slice::<Map<String, Value>>(&stdout);
        match (status.code(), object) {
            (Some(code @ (0 | 1)), Ok(values)) => Ok(Answer {
                accepted: code == 0,
                values,
            }),
            (Some(0), Err(_)) => Err(garbage(format!(
                "{verb}: expected one JSON object on stdout, got {} bytes that are none",
                stdout.len()
            ))),
            (code, _) => Err(fault(
                FaultKind::Device,
                format!(
                    "{verb}: {program} ended with {}: {}",
                    code.map_or("a signal".into(), |code| format!("exit code {code}")),
                    tail(&stderr)
                ),
                "read the program's message above; run it by hand with the same JSON on stdin",
            )),
        }
    }
}

/// Kills the process group when dropped: children that the program left behind must not survive it.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        let leader = self.0.and_then(|id| Pid::from_raw(id as i32));
        if let Some(leader) = leader {
            // The group may be gone already.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

async fn converse(
    child: &mut Child,
    request: String,
) -> std::io::Result<(std::process::ExitStatus, Vec<u8>, Vec<u8>)> {
    let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async move {
        if let Some(mut input) = input {
            // A program that does not read its stdin is no fault of its own.
            let _ = input.write_all(request.as_bytes()).await;
        }
    };
    let ((), output, errors, status) =
        tokio::join!(write, read(output), read(errors), child.wait());
    Ok((status?, output?, errors?))
}

async fn read(pipe: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(LONGEST_ANSWER).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

fn tail(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim();
    let skip = text.chars().count().saturating_sub(TAIL);
    text.chars().skip(skip).collect()
}
