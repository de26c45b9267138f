//! Marks, and what was written since.

use std::fs;

use shinsa_wire::v1::{ChangedFilesRequest, MarkFilesRequest};

use crate::support::{Agent, is_root, open_folder, stored};

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
            ("short", "came-and-went", 0, ""),
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

async fn ask(agent: &Agent, mark: &str) -> Result<Vec<shinsa_wire::v1::ChangedFile>, String> {
    let request = ChangedFilesRequest { mark: mark.into() };
    let reply = agent.inspector().changed_files(request).await;
    reply
        .map(|reply| reply.into_inner().files)
        .map_err(|status| status.message().to_owned())
}
