//! Marks, and what was written since.

use std::fs;
use std::io::Write;

use rustix::process::{Pid, Signal, kill_process};
use shinsa_wire::v1::{ChangedFile, ChangedFilesRequest, MarkFilesReply, MarkFilesRequest};

use crate::support::{Agent, is_root, open_folder, stored};
use crate::victim::{JPEG, Victim};

#[tokio::test]
async fn new_changed_deleted_and_short_lived_files_are_told() {
    let (_folder, path) = open_folder();
    for name in ["same", "edited", "gone"] {
        fs::write(path.join(name), name).unwrap();
    }
    std::os::unix::fs::symlink("/etc/passwd", path.join("link")).unwrap();
    let agent = Agent::start(&[stored("storage", "files", &path)], "").await;
    let mark = MarkFilesRequest {
        mark: "before".into(),
    };
    let marked = agent
        .inspector()
        .mark_files(mark)
        .await
        .unwrap()
        .into_inner();
    assert_eq!((marked.files, marked.not_searched.len()), (4, 0));

    fs::write(path.join("edited"), "EDITED").unwrap();
    fs::remove_file(path.join("gone")).unwrap();
    fs::create_dir(path.join("log")).unwrap();
    // A picture that calls itself a text.
    fs::write(path.join("log/new.txt"), b"\xFF\xD8\xFF\xE0\0\x10JFIF").unwrap();
    fs::write(path.join("short"), "a patient's face").unwrap();
    fs::remove_file(path.join("short")).unwrap();

    let changed = ask(&agent, "before").await.unwrap();
    // Seen, if the agent was quick enough.
    let short = changed.last().unwrap().content.as_str();
    assert!(["", "empty", "text"].contains(&short), "{short}");
    let told: Vec<_> = changed
        .iter()
        .map(|file| {
            (
                file.path.as_str(),
                file.change.as_str(),
                file.bytes,
                file.content.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("edited", "changed", 6, "text"),
            ("gone", "deleted", 0, ""),
            ("log/new.txt", "new", 10, "jpeg"),
            ("short", "came-and-went", 0, short),
        ]
    );
    // Asked again, it says the same: a mark stands until it is replaced.
    assert_eq!(ask(&agent, "before").await.unwrap().len(), 4);
    let mark = MarkFilesRequest {
        mark: "before".into(),
    };
    agent.inspector().mark_files(mark).await.unwrap();
    assert_eq!(ask(&agent, "before").await.unwrap().len(), 0);
    assert!(
        ask(&agent, "other")
            .await
            .unwrap_err()
            .contains("expected one of [before]")
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_told() {
    let (_folder, path) = open_folder();
    fs::create_dir(path.join("closed")).unwrap();
    fs::set_permissions(
        path.join("closed"),
        std::os::unix::fs::PermissionsExt::from_mode(0o0),
    )
    .unwrap();
    let user = is_root().then_some(65_534);
    let agent = Agent::start_as(&[stored("storage", "files", &path)], "", user).await;
    let mark = MarkFilesRequest { mark: "m".into() };
    let marked = agent
        .inspector()
        .mark_files(mark)
        .await
        .unwrap()
        .into_inner();
    assert!(
        marked
            .not_searched
            .iter()
            .any(|missed| missed.place == "closed"),
        "{marked:?}"
    );
}

/// A mark of that name.
async fn mark(agent: &Agent, mark: &str) -> MarkFilesReply {
    let request = MarkFilesRequest { mark: mark.into() };
    let reply = agent.inspector().mark_files(request).await;
    reply.unwrap().into_inner()
}

fn told(files: &[ChangedFile]) -> Vec<(&str, &str, &str)> {
    let files = files.iter();
    files
        .map(|file| {
            (
                file.path.as_str(),
                file.change.as_str(),
                file.content.as_str(),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_short_lived_picture_is_told_as_one() {
    let (_folder, path) = open_folder();
    let agent = Agent::start(&[stored("storage", "files", &path)], "").await;
    mark(&agent, "m").await;
    let (first, second) = (path.join("frame"), path.join("later"));
    let mut frame = fs::File::create(&first).unwrap();
    // All that happened is looked at before the answer.
    ask(&agent, "m").await.unwrap();
    fs::remove_file(&first).unwrap();
    frame.write_all(JPEG).unwrap();
    drop(frame);
    // Renamed by its writer before it is closed.
    let mut result = fs::File::create(path.join("result.new")).unwrap();
    ask(&agent, "m").await.unwrap();
    result.write_all(b"text").unwrap();
    fs::rename(path.join("result.new"), path.join("result")).unwrap();
    drop(result);
    // Overwritten, but it stays.
    fs::write(&second, JPEG).unwrap();
    ask(&agent, "m").await.unwrap();
    fs::write(&second, [0; 10]).unwrap();
    let changed = ask(&agent, "m").await.unwrap();
    assert_eq!(
        told(&changed),
        [
            ("frame", "came-and-went", "jpeg"),
            ("later", "new", "jpeg"),
            ("result", "new", "text"),
            ("result.new", "came-and-went", "text"),
        ]
    );
}

fn stands_still(pid: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    threads.flatten().all(|thread| {
        let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        // The state stands behind the name, which may hold anything.
        let state = stat.rsplit_once(") ");
        state.is_some_and(|(_, rest)| rest.starts_with('T'))
    })
}

#[tokio::test]
async fn what_a_late_agent_did_not_see_stays_unknown() {
    let (_folder, path) = open_folder();
    let agent = Agent::start(&[stored("storage", "files", &path)], "").await;
    mark(&agent, "m").await;
    let pid = Pid::from_raw(agent.pid().cast_signed()).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    // A signal takes its time: until every thread stands still the watch may see.
    while !stands_still(agent.pid()) {
        std::thread::yield_now();
    }
    fs::write(path.join("frame"), JPEG).unwrap();
    fs::remove_file(path.join("frame")).unwrap();
    // One that is there again: which was looked at is not known.
    fs::write(path.join("twice"), JPEG).unwrap();
    fs::remove_file(path.join("twice")).unwrap();
    fs::write(path.join("twice"), "text").unwrap();
    // Written aside and renamed: it is still there to be looked at.
    fs::write(path.join("result.new"), "text").unwrap();
    fs::rename(path.join("result.new"), path.join("result")).unwrap();
    kill_process(pid, Signal::CONT).unwrap();
    let changed = ask(&agent, "m").await.unwrap();
    assert_eq!(
        told(&changed),
        [
            ("frame", "came-and-went", ""),
            ("result", "new", "text"),
            ("result.new", "came-and-went", "text"),
            ("twice", "new", "text"),
            ("twice", "came-and-went", ""),
        ]
    );
}

#[tokio::test]
async fn what_a_target_has_open_elsewhere_is_told() {
    let (_folder, path) = open_folder();
    let (_other, elsewhere) = open_folder();
    let mut victim = Victim::start_with("opener", |command| {
        command.current_dir(&path).env("TMPDIR", &path);
    });
    let place = |name: &str| elsewhere.join(name).display().to_string();
    victim.tell(&format!("write {}", place("before")));
    let targets = [victim.target("reader"), stored("storage", "files", &path)];
    let agent = Agent::start(&targets, "").await;
    let marked = mark(&agent, "m").await;
    assert!(marked.not_searched.is_empty(), "{marked:?}");
    victim.tell(&format!("write {}", place("kept")));
    victim.tell(&format!("write {}", place("unlinked")));
    fs::remove_file(place("unlinked")).unwrap();
    victim.tell("memory-file frame");
    // Nobody's who is a target.
    fs::write(place("other"), JPEG).unwrap();
    let mut changed = ask(&agent, "m").await.unwrap();
    changed.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(changed.iter().all(|file| file.target == "reader"));
    // Whoever runs the tests may have given them a file below /tmp to write to.
    let ours = |path: &str| {
        path.starts_with("/memfd:") || std::path::Path::new(path).starts_with(&elsewhere)
    };
    changed.retain(|file| ours(&file.path));
    let (kept, unlinked) = (place("kept"), place("unlinked"));
    assert_eq!(
        told(&changed),
        [
            ("/memfd:frame", "new", "jpeg"),
            (&kept, "new", "jpeg"),
            (&unlinked, "came-and-went", "jpeg"),
        ]
    );
}

#[tokio::test]
async fn folders_that_a_target_may_write_to_and_nobody_watches_are_told() {
    let (_folder, path) = open_folder();
    let (_other, elsewhere) = open_folder();
    let victim = Victim::start_with("writer", |command| {
        command.current_dir(&path).env("TMPDIR", &elsewhere);
    });
    let targets = [victim.target("reader"), stored("storage", "files", &path)];
    let agent = Agent::start(&targets, "").await;
    mark(&agent, "m").await;
    // What no process of the target tells any more is not forgotten.
    drop(victim);
    let request = ChangedFilesRequest { mark: "m".into() };
    let reply = agent.inspector().changed_files(request).await;
    let missed = reply.unwrap().into_inner().not_searched;
    let places: Vec<_> = missed.iter().map(|one| one.place.as_str()).collect();
    assert_eq!(places, [elsewhere.to_str().unwrap()], "{missed:?}");
}

async fn ask(agent: &Agent, mark: &str) -> Result<Vec<shinsa_wire::v1::ChangedFile>, String> {
    let request = ChangedFilesRequest { mark: mark.into() };
    let reply = agent.inspector().changed_files(request).await;
    reply
        .map(|reply| reply.into_inner().files)
        .map_err(|status| status.message().to_owned())
}
