//! Dump attempts: real, with the right rights, and harmless.

use std::collections::BTreeMap;

use shinsa_wire::v1::TryDumpsRequest;

use crate::support::{Agent, is_root, open_folder};
use crate::victim::Victim;

/// Outcomes by way and rights.
async fn tried(victim: &Victim) -> BTreeMap<(String, String), String> {
    let agent = Agent::start(&[victim.target("reader")], "").await;
    let request = TryDumpsRequest {
        target: "reader".into(),
    };
    let reply = agent
        .inspector()
        .try_dumps(request)
        .await
        .unwrap()
        .into_inner();
    for attempt in &reply.attempts {
        eprintln!(
            "{} {}: {} ({})",
            attempt.rights, attempt.way, attempt.outcome, attempt.detail
        );
    }
    reply
        .attempts
        .into_iter()
        .map(|attempt| ((attempt.rights, attempt.way), attempt.outcome))
        .collect()
}

const LIVE: [&str; 3] = ["ptrace", "proc-mem", "process-vm-readv"];

fn outcome<'a>(tried: &'a BTreeMap<(String, String), String>, rights: &str, way: &str) -> &'a str {
    &tried[&(rights.to_owned(), way.to_owned())]
}

#[tokio::test]
async fn an_open_target_is_read_by_its_own_user() {
    let (_folder, path) = open_folder();
    let mut victim = Victim::start_unprivileged("open", &path);
    victim.tell("core");
    let tried = tried(&victim).await;
    if yama() {
        eprintln!(
            "skipped in part: Yama keeps a technician from tracing here, whatever the target does"
        );
    } else {
        for way in LIVE {
            assert_eq!(outcome(&tried, "technician", way), "succeeded", "{way}");
        }
        let gcore = outcome(&tried, "technician", "gcore");
        assert!(["succeeded", "not-available"].contains(&gcore), "{gcore}");
    }
    assert_eq!(outcome(&tried, "technician", "core-limit"), "succeeded");
    let administrator = if is_root() {
        "succeeded"
    } else {
        "not-available"
    };
    for way in LIVE {
        assert_eq!(
            outcome(&tried, "administrator", way),
            administrator,
            "{way}"
        );
    }
    assert!(victim.is_well());
}

#[tokio::test]
async fn a_closed_target_refuses_its_own_user() {
    let (_folder, path) = open_folder();
    let mut victim = Victim::start_unprivileged("closed", &path);
    victim.tell("no-core");
    victim.tell("undumpable");
    let tried = tried(&victim).await;
    for way in LIVE.into_iter().chain(["core-limit", "core-pattern"]) {
        assert_eq!(outcome(&tried, "technician", way), "refused", "{way}");
    }
    assert_ne!(outcome(&tried, "technician", "gcore"), "succeeded");
    if is_root() {
        // Nothing stops an administrator from reading live memory; a core there is none even for him.
        for way in LIVE {
            assert_eq!(outcome(&tried, "administrator", way), "succeeded", "{way}");
        }
        for way in ["core-limit", "core-pattern"] {
            assert_eq!(outcome(&tried, "administrator", way), "refused", "{way}");
        }
    }
    assert!(victim.is_well());
}

#[tokio::test]
async fn a_target_that_runs_as_root_is_told_apart_too() {
    if !is_root() {
        eprintln!("skipped: needs a target that runs as root");
        return;
    }
    let mut victim = Victim::start("root");
    victim.tell("core");
    if !yama() {
        let open = tried(&victim).await;
        assert_eq!(
            outcome(&open, "technician", "process-vm-readv"),
            "succeeded"
        );
        assert_eq!(outcome(&open, "technician", "core-limit"), "succeeded");
    }
    victim.tell("undumpable");
    let closed = tried(&victim).await;
    for way in LIVE.into_iter().chain(["core-limit"]) {
        assert_eq!(outcome(&closed, "technician", way), "refused", "{way}");
    }
    assert!(victim.is_well());
}

fn yama() -> bool {
    std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope")
        .is_ok_and(|scope| scope.trim() != "0")
}
