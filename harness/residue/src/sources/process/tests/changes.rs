//! A process that changes while it is walked: exec, exit, fork, mappings that come and go.

use super::child::Target;
use crate::sources::process::Identity;
use crate::sources::tests::Mapped;
use crate::sources::{Item, Note, Options, Report, Source, Why, walk};
use std::ops::{ControlFlow, Range};
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
    let forked: Vec<_> = report.notes.into_iter().map(|note| note.1).collect();
    assert!(forked.contains(&Note::Forked(vec![child])), "{forked:?}");
}

fn covers<'a>(mut ranges: impl Iterator<Item = &'a Range<u64>>, part: &Range<u64>) -> bool {
    ranges.any(|range| range.start <= part.start && part.end <= range.end)
}

#[test]
fn mappings_that_come_and_go_are_told() {
    let old = Mapped::anonymous(64 << 10);
    let vanishing = old.addresses();
    let mut new = None;
    let id = Identity::of(std::process::id()).unwrap();
    let options = Options {
        only: Some(vec![vanishing.clone()]),
        ..Options::default()
    };
    let mut old = Some(old);
    let report = walk(&Source::Process(id), &options, |_| {
        // First the new one, or it would take the old one's place.
        new.get_or_insert_with(|| Mapped::anonymous(64 << 10));
        drop(old.take());
        ControlFlow::Continue(())
    });
    let appeared = new.unwrap().addresses();
    let missed = report
        .not_searched
        .iter()
        .filter(|missed| missed.why == Why::Appeared);
    assert!(covers(
        missed.filter_map(|missed| missed.range.as_ref()),
        &appeared
    ));
    let vanished = report.notes.iter().filter_map(|note| match &note.1 {
        Note::Vanished(range) => Some(range),
        _ => None,
    });
    assert!(covers(vanished, &vanishing));
}
