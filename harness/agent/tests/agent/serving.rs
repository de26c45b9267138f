//! Starting, saying who it is, ending.

use std::process::Command;

use sha2::Digest;
use shinsa_wire::v1::{
    DescribeRequest, IdentifyRequest, ListProcessesRequest, MakeSafeRequest, ReadClockRequest,
    ResourcesRequest,
};

use crate::support::{Agent, is_root, open_folder, stored};
use crate::victim::Victim;

#[tokio::test]
async fn it_says_who_it_is_and_what_runs() {
    let victim = Victim::start("listed");
    let (_folder, path) = open_folder();
    let agent = Agent::start(
        &[victim.target("reader"), stored("storage", "files", &path)],
        "",
    )
    .await;
    let identity = agent
        .inspector()
        .identify(IdentifyRequest {})
        .await
        .unwrap()
        .into_inner();
    let own = std::fs::read(env!("CARGO_BIN_EXE_shinsa-agent")).unwrap();
    assert_eq!(
        identity.program_sha256,
        hex::encode(sha2::Sha256::digest(own))
    );
    assert_eq!(identity.rights == "administrator", is_root());
    let targets: Vec<_> = identity
        .targets
        .iter()
        .map(|target| (target.name.as_str(), target.kind.as_str()))
        .collect();
    assert_eq!(targets, [("reader", "process"), ("storage", "files")]);

    let list = agent
        .inspector()
        .list_processes(ListProcessesRequest {})
        .await
        .unwrap()
        .into_inner();
    let own = list
        .processes
        .iter()
        .find(|process| process.pid == victim.pid())
        .unwrap();
    assert_eq!(
        (own.target.as_str(), own.parent),
        ("reader", std::process::id())
    );
    assert!(
        own.modules.iter().any(|module| module.contains("libc.so")),
        "{own:?}"
    );
    let others = list
        .processes
        .iter()
        .filter(|process| process.pid != victim.pid());
    assert!(
        others
            .into_iter()
            .all(|process| process.target.is_empty() && process.modules.is_empty())
    );

    let request = ResourcesRequest {
        target: "reader".into(),
    };
    let used = agent
        .inspector()
        .resources(request)
        .await
        .unwrap()
        .into_inner();
    assert!(
        used.resident_bytes > 100_000 && used.virtual_bytes > used.resident_bytes,
        "{used:?}"
    );
    assert!(used.handles >= 3 && used.threads >= 1, "{used:?}");
}

#[tokio::test]
async fn it_is_an_instrument() {
    let (_folder, path) = open_folder();
    let agent = Agent::start(&[stored("storage", "files", &path)], "").await;
    let mut instrument = agent.instrument();
    let described = instrument
        .describe(DescribeRequest { protocol_minor: 1 })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(described.equipment[0].service, "Inspector");
    assert!(!described.equipment[0].simulated);
    let first = instrument
        .read_clock(ReadClockRequest {})
        .await
        .unwrap()
        .into_inner()
        .now
        .unwrap();
    let done = instrument
        .make_safe(MakeSafeRequest {})
        .await
        .unwrap()
        .into_inner()
        .done
        .unwrap();
    assert!(done.at_ns > first.at_ns && done.clock == first.clock);
}

#[test]
fn what_cannot_be_served_is_said_in_words() {
    let (_folder, path) = open_folder();
    let config = path.join("agent.yaml");
    let said = |text: &str| {
        std::fs::write(&config, text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_shinsa-agent"))
            .args(["serve", "--config"])
            .arg(&config)
            .output()
            .unwrap();
        assert!(!output.status.success() && output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said("format: 1\nlisten: unix:a\ntargets: []\nspeed: 3\n").contains("line 4"));
    assert!(said("format: 1\nlisten: http://0.0.0.0:1\ntargets: []\n").contains("without TLS"));
    assert!(said("format: 1\nlisten: https://0.0.0.0:1\ntargets: []\n").contains("needs tls"));
    let tls = "tls: { certificate: a, key: b, clients: c }\n";
    assert!(
        said(&format!(
            "format: 1\nlisten: https://0.0.0.0:1\n{tls}targets: []\n"
        ))
        .contains("tls: ")
    );
    assert!(
        said(&format!("format: 1\nlisten: unix:a\n{tls}targets: []\n")).contains("https:// alone")
    );
}
