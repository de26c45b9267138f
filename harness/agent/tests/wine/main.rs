//! The agent built for Windows, run under wine and asked over the wire from here. What only real Windows has is not tested by this:
//! see README.md, "Windows".
#![cfg(target_os = "linux")]

mod support;

use sha2::{Digest, Sha256};
use shinsa_wire::v1::{
    ChangedFilesRequest, CrashRequest, IdentifyRequest, ListProcessesRequest, MarkFilesRequest,
    ProbeRequest, ResourcesRequest, SearchRequest, TryDumpsRequest,
};
use support::{Lab, agent_program, fresh, windows_path};

#[tokio::test]
#[ignore = "needs wine and the Windows build: ci/windows runs it"]
async fn it_says_who_it_is_and_what_runs() {
    let mut lab = Lab::start("who").await;
    let mut inspector = lab.inspector();
    let who = inspector.identify(IdentifyRequest {}).await.unwrap();
    let who = who.into_inner();
    let own = std::fs::read(agent_program()).unwrap();
    assert_eq!(who.program_sha256, hex::encode(Sha256::digest(own)));
    println!("{} | {} | {}", who.os_edition, who.os_build, who.rights);
    assert!(who.os_edition.contains("Windows"), "{}", who.os_edition);
    assert!(
        who.os_build
            .starts_with(|digit: char| digit.is_ascii_digit())
    );
    let list = inspector.list_processes(ListProcessesRequest {}).await;
    let list = list.unwrap().into_inner().processes;
    // Named in other letters in the configuration: Windows does not tell them apart.
    let victim: Vec<_> = list
        .iter()
        .filter(|process| process.target == "reader")
        .collect();
    assert_eq!(victim.len(), 1, "{list:?}");
    let has = |name: &str| {
        let mut modules = victim[0].modules.iter();
        modules.any(|module| module.to_lowercase().ends_with(name))
    };
    assert!(has(r"\ntdll.dll") && has("victim.exe"), "{victim:?}");
    let used = inspector.resources(ResourcesRequest {
        target: "reader".into(),
    });
    let used = used.await.unwrap().into_inner();
    println!("{used:?}");
    // Wine 8 counts no handles and no committed memory.
    assert!(used.resident_bytes > 0 && used.threads > 0 && used.cpu_ns > 0);
    assert_eq!(lab.victim.tell("hello"), "hello");
}

#[tokio::test]
#[ignore = "needs wine and the Windows build: ci/windows runs it"]
async fn secrets_in_a_frozen_process_and_in_files_are_found() {
    let mut lab = Lab::start("search").await;
    let (on_heap, wide, in_file, absent) = (fresh(20), fresh(20), fresh(20), fresh(20));
    lab.victim.tell(&format!("hold {}", hex::encode(&on_heap)));
    let units: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
    lab.victim.tell(&format!("hold {}", hex::encode(units)));
    std::fs::create_dir(lab.stored("log")).unwrap();
    std::fs::write(lab.stored("log/a.log"), format!("name={in_file}\n")).unwrap();
    let canaries = [
        ("t1/heap", "text", on_heap.as_bytes()),
        ("t1/wide", "text", wide.as_bytes()),
        ("t1/file", "text", in_file.as_bytes()),
        ("t1/absent", "text", absent.as_bytes()),
        ("t1/pin", "pin", b"4711"),
    ];
    let request = SearchRequest {
        freeze: true,
        count_pins: true,
        seed_form: "utf-16le".into(),
        ..Default::default()
    };
    let reply = lab.search(&canaries, request).await;
    let found = |canary: &str, encoding: &str, target: &str| {
        reply.findings.iter().find(|found| {
            found.canary == canary && found.encoding == encoding && found.target == target
        })
    };
    for missed in &reply.not_searched {
        println!("not searched: {missed:?}");
    }
    println!("{:?}", reply.searched);
    assert!(found("t1/heap", "ascii", "reader").is_some());
    assert!(found("t1/wide", "utf-16le", "reader").is_some());
    let file = found("t1/file", "ascii", "storage").expect("the file");
    assert_eq!((file.place.as_str(), file.position), ("log/a.log", 5));
    assert!(
        reply
            .findings
            .iter()
            .all(|found| found.canary != "t1/absent")
    );
    // Frozen: else it would be told that it was searched while it ran.
    let ran = |why: &str| why.contains("while it ran") || why.contains("let go");
    assert!(!reply.not_searched.iter().any(|missed| ran(&missed.why)));
    let seeded = reply.pin_counts.iter().filter(|counts| {
        counts.target == "seeded" && counts.form == "utf-16le" && counts.counts[4711] > 0
    });
    assert!(seeded.count() > 0, "the seed was not seen");
    assert_eq!(lab.victim.tell("hello"), "hello", "it goes on");
}

#[tokio::test]
#[ignore = "needs wine and the Windows build: ci/windows runs it"]
async fn dumps_are_tried_with_both_rights_and_leave_nothing() {
    let mut lab = Lab::start("dumps").await;
    let mut inspector = lab.inspector();
    let tried = inspector.try_dumps(TryDumpsRequest {
        target: "reader".into(),
    });
    let tried = tried.await.unwrap().into_inner().attempts;
    for attempt in &tried {
        println!("{attempt:?}");
    }
    assert_eq!(tried.len(), 16);
    let outcome = |way: &str, rights: &str| {
        let one = tried
            .iter()
            .find(|tried| tried.way == way && tried.rights == rights);
        one.unwrap().outcome.clone()
    };
    assert_eq!(outcome("read-process-memory", "technician"), "succeeded");
    assert_eq!(outcome("minidump", "technician"), "succeeded");
    assert_eq!(lab.victim.tell("hello"), "hello");
    let left = walk(&support::prefix());
    assert!(left.is_empty(), "{left:?}");
}

/// Dumps left anywhere below a folder.
fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut left = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            left.extend(walk(&path));
        } else if path.extension().is_some_and(|end| end == "tmp")
            && entry.file_name().to_string_lossy().starts_with("shinsa-")
        {
            left.push(path);
        }
    }
    left
}

#[tokio::test]
#[ignore = "needs wine and the Windows build: ci/windows runs it"]
async fn written_files_are_told_also_those_that_went() {
    let mut lab = Lab::start("files").await;
    std::fs::create_dir(lab.stored("log")).unwrap();
    for name in ["stays", "changes", "log/goes"] {
        std::fs::write(lab.stored(name), name).unwrap();
    }
    let mut inspector = lab.inspector();
    let mark = || MarkFilesRequest { mark: "m".into() };
    let marked = inspector.mark_files(mark()).await.unwrap().into_inner();
    assert_eq!(marked.files, 3);
    println!("{:?}", marked.not_searched);
    std::fs::write(lab.stored("changes"), "now").unwrap();
    std::fs::remove_file(lab.stored("log/goes")).unwrap();
    let written = windows_path(&lab.stored("log/new.txt"));
    assert_eq!(lab.victim.tell(&format!("write {written}")), "done");
    let short = windows_path(&lab.stored("log/short.txt"));
    assert_eq!(lab.victim.tell(&format!("write {short}")), "done");
    assert_eq!(lab.victim.tell(&format!("remove {short}")), "done");
    let changed = ChangedFilesRequest { mark: "m".into() };
    let changed = inspector.changed_files(changed).await.unwrap().into_inner();
    let told: Vec<_> = changed
        .files
        .iter()
        .map(|file| {
            (
                file.path.as_str(),
                file.change.as_str(),
                file.content.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("changes", "changed", "text"),
            ("log/goes", "deleted", ""),
            ("log/new.txt", "new", "text"),
            ("log/short.txt", "came-and-went", ""),
        ]
    );
}

#[tokio::test]
#[ignore = "needs wine and the Windows build: ci/windows runs it"]
async fn ways_in_are_told() {
    let mut lab = Lab::start("probe").await;
    let port = lab.victim.tell("listen");
    let reply = lab.inspector().probe(ProbeRequest {}).await.unwrap();
    let reply = reply.into_inner();
    for entrance in &reply.entrances {
        println!("{entrance:?}");
    }
    println!("{:#?}", reply.not_probed);
    let told = |kind: &str, place: &str| {
        let mut all = reply.entrances.iter();
        all.find(|entrance| entrance.kind == kind && entrance.r#where == place)
    };
    // Wine's server holds all sockets: which target's one is is not told, and so its endpoints are not asked for.
    assert!(told("tcp", &format!("127.0.0.1:{port}")).is_some());
    let switch = told("debug-switch", "environment NODE_OPTIONS");
    assert_eq!(switch.unwrap().target, "reader");
    assert!(
        reply
            .not_probed
            .iter()
            .any(|what| what.contains("named pipes"))
    );
}

#[tokio::test]
#[ignore = "needs wine and the Windows build: ci/windows runs it"]
async fn a_target_crashes_and_the_agent_goes_on() {
    let mut lab = Lab::start("crash").await;
    let crash = || CrashRequest {
        target: "reader".into(),
    };
    let crashed = lab.inspector().crash(crash()).await.unwrap().into_inner();
    println!("{crashed:#?}");
    assert!(
        crashed.ended.contains("ended with code 0xc0000005"),
        "{}",
        crashed.ended
    );
    lab.victim.wait();
    assert_eq!(lab.victim.hear(), "");
    let again = lab.inspector().crash(crash()).await.unwrap_err();
    assert_eq!(again.code(), tonic::Code::FailedPrecondition);
}
