//! The command driver against small shell programs: answers, refusals, garbage, exit codes, deadline.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, json};
use shinsa_model::event::{Fault, FaultKind};
use shinsa_rig::command::{Answer, Command};

const LONG: Duration = Duration::from_secs(30);

async fn call(script: &str, within: Duration) -> Result<Answer, Fault> {
    let words = ["/bin/sh", "-c", script].map(String::from).to_vec();
    let command = Command {
        name: "lab".into(),
        verbs: BTreeMap::from([("manage".into(), words)]),
    };
    let request = Map::from_iter([("function".into(), json!("version"))]);
    command.call("manage", &request, within).await
}

#[tokio::test]
async fn the_request_goes_in_and_the_answer_comes_out() {
    let answer = call("printf '{\"got\":%s}' \"$(cat)\"", LONG)
        .await
        .unwrap();
    assert!(answer.accepted);
    assert_eq!(answer.values["got"], json!({"function": "version"}));
}

#[tokio::test]
async fn exit_code_1_with_an_object_is_the_devices_refusal() {
    let answer = call("echo '{\"why\":\"unsupported\"}'; exit 1", LONG)
        .await
        .unwrap();
    assert!(!answer.accepted);
}

#[tokio::test]
async fn faults_say_what_came() {
    let kind = async |script| call(script, LONG).await.unwrap_err().kind;
    assert_eq!(kind("echo hello").await, FaultKind::Garbage);
    assert_eq!(kind("echo '[1]'").await, FaultKind::Garbage);
    assert_eq!(kind("kill -9 $$").await, FaultKind::Device);
    let fault = call("echo lamp is out >&2; exit 7", LONG)
        .await
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::Device);
    assert!(fault.message.contains("lamp is out") && fault.message.contains('7'));
}

#[tokio::test]
async fn a_missing_program_or_verb_is_told() {
    let command = Command {
        name: "lab".into(),
        verbs: BTreeMap::from([("manage".into(), vec!["/nonexistent/program".into()])]),
    };
    let fault = command.call("manage", &Map::new(), LONG).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable);
    let fault = command
        .call("read-text", &Map::new(), LONG)
        .await
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::Incapable);
}

/// The grandchild holds the pipe's write end: its end is seen when it has been killed with its group.
#[tokio::test]
async fn at_the_deadline_the_whole_process_group_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("alive");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &fifo,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RWXU,
        0,
    )
    .unwrap();
    let reader = {
        let fifo = fifo.clone();
        tokio::task::spawn_blocking(move || std::fs::read(fifo))
    };
    let script = format!("exec 9>'{}'; sleep 600 & sleep 600", fifo.display());
    let fault = call(&script, Duration::from_millis(300)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Timeout);
    let ended = tokio::time::timeout(LONG, reader)
        .await
        .expect("the grandchild lives on");
    assert!(ended.unwrap().unwrap().is_empty());
}
