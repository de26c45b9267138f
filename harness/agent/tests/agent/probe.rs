//! Ways in: found, and told whether they are declared.

use shinsa_wire::v1::{Entrance, ProbeReply, ProbeRequest};

use crate::support::{Agent, is_root, open_folder};
use crate::victim::Victim;

async fn probe(victim: &Victim, more: &str) -> ProbeReply {
    let agent = Agent::start(&[victim.target("reader")], more).await;
    agent
        .inspector()
        .probe(ProbeRequest {})
        .await
        .unwrap()
        .into_inner()
}

fn find<'a>(reply: &'a ProbeReply, kind: &str, place: &str) -> Option<&'a Entrance> {
    reply
        .entrances
        .iter()
        .find(|entrance| entrance.kind == kind && entrance.r#where == place)
}

#[tokio::test]
async fn undeclared_sockets_are_told_apart_from_declared_ones() {
    let (_folder, path) = open_folder();
    let mut victim = Victim::start("sockets");
    let (open, known, datagrams) = (victim.tell("tcp"), victim.tell("tcp"), victim.tell("udp"));
    let management = path.join("management.sock").display().to_string();
    victim.tell(&format!("unix {management}"));
    let declared = format!(
        "entrances:\n  declared: [ \"tcp:{known}\", \"unix:{management}\" ]\n  only_targets: true\n"
    );
    let reply = probe(&victim, &declared).await;
    for (kind, place, declared) in [
        ("tcp", &open, false),
        ("tcp", &known, true),
        ("udp", &datagrams, false),
        ("unix", &management, true),
    ] {
        let entrance =
            find(&reply, kind, place).unwrap_or_else(|| panic!("{kind} {place}: {reply:?}"));
        assert_eq!(
            (entrance.target.as_str(), entrance.declared),
            ("reader", declared),
            "{place}"
        );
    }
    assert_eq!(
        reply.entrances.len(),
        4,
        "the target holds nothing else: {reply:?}"
    );
}

#[tokio::test]
async fn a_management_page_is_an_endpoint() {
    let mut victim = Victim::start("http");
    let address = victim.tell("http");
    let reply = probe(&victim, "entrances: { only_targets: true }").await;
    let endpoints: Vec<_> = reply
        .entrances
        .iter()
        .filter(|entrance| entrance.kind == "endpoint")
        .collect();
    assert_eq!(endpoints.len(), 1, "{reply:?}");
    assert_eq!(
        endpoints[0].r#where,
        format!("GET /debug -> 200 at {address}")
    );
}

#[tokio::test]
async fn sockets_of_others_are_told_unless_only_targets_are_wanted() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let victim = Victim::start("quiet");
    let all = probe(&victim, "").await;
    assert_eq!(find(&all, "tcp", &address).unwrap().target, "");
    let only = probe(&victim, "entrances: { only_targets: true }").await;
    assert!(only.entrances.is_empty(), "{only:?}");
    assert!(
        only.out_of_scope.iter().any(|what| what.contains("USB")),
        "{only:?}"
    );
    assert!(
        only.not_probed.is_empty(),
        "left out is not missed: {only:?}"
    );
    assert!(all.out_of_scope.is_empty(), "{all:?}");
}

#[tokio::test]
async fn a_target_that_does_not_run_is_not_probed() {
    let mut victim = Victim::start("gone");
    victim.kill();
    victim.wait();
    let reply = probe(&victim, "entrances: { only_targets: true }").await;
    assert_eq!(
        reply.not_probed,
        ["target reader: no process of it runs"],
        "{reply:?}"
    );
}

#[tokio::test]
async fn a_target_that_cannot_be_looked_into_is_not_probed() {
    if !is_root() {
        return;
    }
    let victim = Victim::start("hidden");
    let more = "entrances: { only_targets: true }";
    let agent = Agent::start_as(&[victim.target("reader")], more, Some(65_534)).await;
    let reply = agent.inspector().probe(ProbeRequest {}).await.unwrap();
    let missed = reply.into_inner().not_probed;
    for what in ["descriptors of process", "environment of process"] {
        let told = missed.iter().any(|missed| missed.starts_with(what));
        assert!(told, "{what}: {missed:?}");
    }
}

#[tokio::test]
async fn debug_switches_are_told_by_name() {
    let victim = Victim::start_with("switched", |command| {
        command.env("SSLKEYLOGFILE", "/tmp/keys-of-a-patient");
    });
    let reply = probe(&victim, "entrances: { only_targets: true }").await;
    assert!(
        find(&reply, "debug-switch", "environment SSLKEYLOGFILE").is_some(),
        "{reply:?}"
    );
    assert!(!format!("{reply:?}").contains("keys-of-a-patient"));
}
