//! A process that changes while it is walked: exec, exit, fork. Mappings: `tests/sources_mappings.rs`.

use super::child::Target;
use crate::sources::process::Identity;
use crate::sources::{Item, Options, Report, Source, Why, walk};
use std::ops::ControlFlow;
use std::process::Command;

/// Walk and do `change` once, in the middle.
fn meanwhile(id: Identity, change: impl FnOnce()) -> Report {
    let mut change = Some(change);
    walk(&Source::Process(id), &Options::default(), |item| {
        if let Item::Chunk(_) = item
            && let Some(change) = change.take()
        {
            change();
        }
        ControlFlow::Continue(())
    })
}

fn shell(script: &str) -> Target {
    let mut shell = Target::run(Command::new("sh").args(["-c", script]));
    assert_eq!(shell.hear(), "ready");
    shell
}

#[test]
fn exec_is_noticed() {
    let mut shell = shell("echo ready; read line; exec cat");
    let report = meanwhile(shell.identity(), || {
        shell.say("go");
        shell.say("new");
        assert_eq!(shell.hear(), "new");
    });
    assert!(
        report
            .not_searched
            .iter()
            .any(|missed| missed.why == Why::Replaced)
    );
}

#[test]
fn exit_is_noticed() {
    let mut shell = shell("echo ready; read line");
    let report = meanwhile(shell.identity(), || {
        shell.child.kill().unwrap();
        shell.child.wait().unwrap();
    });
    assert!(
        report
            .not_searched
            .iter()
            .any(|missed| missed.why == Why::Gone)
    );
}

#[test]
fn fork_is_noticed() {
    let mut shell = shell(
        "echo ready; read line; cat </dev/zero >/dev/null & echo $!; read line; kill $!; echo end",
    );
    let mut child = 0;
    let report = meanwhile(shell.identity(), || {
        shell.say("go");
        child = shell.hear().parse().unwrap();
    });
    shell.say("end");
    assert_eq!(shell.hear(), "end");
    let missed: Vec<_> = report.not_searched.into_iter().map(|one| one.why).collect();
    assert!(missed.contains(&Why::Forked(vec![child])), "{missed:?}");
}
