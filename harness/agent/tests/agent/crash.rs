//! A forced crash, with a core file and without.

use std::os::unix::process::ExitStatusExt;

use shinsa_wire::v1::{CrashReply, CrashRequest};
use tonic::Code;

use crate::support::{Agent, open_folder, stored};
use crate::victim::Victim;

async fn crash(victim: &Victim) -> CrashReply {
    let agent = Agent::start(&[victim.target("reader")], "").await;
    let request = CrashRequest {
        target: "reader".into(),
    };
    agent.inspector().crash(request).await.unwrap().into_inner()
}

/// Whether cores go to files here; a program that takes them would have to be asked in its own way.
fn cores_are_files() -> bool {
    let pattern = std::fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
    let files = !pattern.starts_with('|') && !pattern.starts_with('/');
    if !files {
        eprintln!(
            "skipped: core_pattern is {pattern:?}, cores do not go to the folder of the process"
        );
    }
    files
}

#[tokio::test]
async fn a_core_file_is_found_and_removed() {
    if !cores_are_files() {
        return;
    }
    let (_folder, path) = open_folder();
    let mut victim = Victim::start_unprivileged("dumps", &path);
    victim.tell("core");
    let reply = crash(&victim).await;
    assert_eq!(victim.wait().signal(), Some(6));
    assert_eq!(reply.dumps.len(), 1, "{reply:?}");
    assert!(
        reply.dumps[0].starts_with(path.to_str().unwrap()),
        "{reply:?}"
    );
    assert!(
        reply.ended.contains("signal 6") && reply.not_looked.is_empty(),
        "{reply:?}"
    );
    assert_eq!(
        std::fs::read_dir(&path).unwrap().count(),
        0,
        "the core is removed"
    );
}

#[tokio::test]
async fn a_target_without_cores_leaves_none() {
    if !cores_are_files() {
        return;
    }
    let (_folder, path) = open_folder();
    let mut victim = Victim::start_unprivileged("clean", &path);
    victim.tell("no-core");
    victim.tell("undumpable");
    let reply = crash(&victim).await;
    assert_eq!(victim.wait().signal(), Some(6));
    assert!(reply.dumps.is_empty(), "{reply:?}");
    assert!(
        reply.looked_in.contains(&path.display().to_string()),
        "{reply:?}"
    );
}

#[tokio::test]
async fn only_processes_can_crash() {
    let (_folder, path) = open_folder();
    let agent = Agent::start(&[stored("storage", "files", &path)], "").await;
    let code = async |target: &str| {
        let request = CrashRequest {
            target: target.into(),
        };
        agent.inspector().crash(request).await.unwrap_err().code()
    };
    assert_eq!(code("storage").await, Code::InvalidArgument);
    assert_eq!(code("1").await, Code::NotFound);
}
