//! The agent itself keeps and prints no secret.

use shinsa_wire::v1::SearchRequest;

use crate::support::{Agent, fresh, open_folder, set, stored, utf_16};
use crate::victim::Victim;

/// Whether a process's writable memory or `printed` holds `text`, plain or in UTF-16.
fn holds(bytes: &[u8], text: &str) -> bool {
    [text.as_bytes(), &utf_16(text)]
        .iter()
        .any(|form| memchr::memmem::find(bytes, form).is_some())
}

fn writable_memory(pid: u32) -> Vec<u8> {
    use std::os::unix::fs::FileExt;
    let memory = std::fs::File::open(format!("/proc/{pid}/mem")).unwrap();
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let mut all = Vec::new();
    for line in maps.lines() {
        let mut fields = line.split_ascii_whitespace();
        let (range, rights) = (fields.next().unwrap(), fields.next().unwrap());
        let (start, end) = range.split_once('-').unwrap();
        let number = |text| u64::from_str_radix(text, 16).unwrap();
        if rights.starts_with("rw") {
            let mut region = vec![0; (number(end) - number(start)) as usize];
            if memory.read_exact_at(&mut region, number(start)).is_ok() {
                all.append(&mut region);
            }
        }
    }
    all
}

#[tokio::test]
async fn secrets_are_neither_printed_nor_kept() {
    let (absent, on_heap, in_file) = (fresh(24), fresh(24), fresh(24));
    let mut victim = Victim::start("hygiene");
    victim.tell(&format!("hold {}", hex::encode(&on_heap)));
    let (_folder, path) = open_folder();
    std::fs::write(path.join("a.log"), &in_file).unwrap();
    std::fs::write(path.join("b.log"), format!("  {in_file}")).unwrap();
    let targets = [victim.target("reader"), stored("storage", "files", &path)];
    let agent = Agent::start(&targets, "").await;
    let canaries = || {
        set(&[
            ("t1/absent", "text", absent.as_bytes()),
            ("t1/heap", "text", on_heap.as_bytes()),
            ("t1/file", "text", in_file.as_bytes()),
            ("t1/pin", "pin", b"4711"),
        ])
    };
    let request = SearchRequest {
        count_pins: true,
        seed_form: "ascii".into(),
        ..Default::default()
    };
    let reply = agent.search_for(canaries(), request).await.unwrap();
    assert!(reply.findings.iter().any(|found| found.canary == "t1/heap"));
    let said = format!("{reply:?}");
    let memory = writable_memory(agent.pid());
    // The look itself must be able to find: the folder's name is in the agent's configuration.
    assert!(
        holds(&memory, path.to_str().unwrap()),
        "the agent's memory was not read"
    );
    let kept: Vec<_> = [("absent", &absent), ("heap", &on_heap), ("file", &in_file)]
        .into_iter()
        .filter(|(_, secret)| holds(&memory, secret))
        .map(|(id, _)| id)
        .collect();
    assert!(kept.is_empty(), "still in the agent's memory: {kept:?}");
    let (status, printed) = agent.end();
    assert!(status.success());
    for secret in [&absent, &on_heap, &in_file] {
        assert!(!holds(&printed, secret) && !said.contains(secret.as_str()));
    }
    assert!(printed.is_empty(), "{}", String::from_utf8_lossy(&printed));
}
