//! A child process: planted by its environment and input, frozen, recycled, forbidden.

use crate::sources::process::{FreezeError, Frozen, Identity};
use crate::sources::tests::{secret, walked};
use crate::sources::{Kind, Options, Source, Why};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A child that ends with the test.
pub(super) struct Target {
    pub(super) child: Child,
    pub(super) input: ChildStdin,
    pub(super) output: BufReader<ChildStdout>,
}

impl Target {
    pub(super) fn run(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        Self {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    pub(super) fn say(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
    }

    pub(super) fn hear(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    pub(super) fn identity(&self) -> Identity {
        Identity::of(self.child.id()).unwrap()
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(secret: &[u8]) -> &str {
    std::str::from_utf8(secret).unwrap()
}

#[test]
fn finds_what_a_process_was_given_and_lists_the_kernels_pages() {
    let (environment, input) = (secret(), secret());
    let mut cat = Target::run(Command::new("cat").env("GIVEN", text(&environment)));
    cat.say(text(&input));
    assert_eq!(cat.hear().as_bytes(), input);
    let walked = walked(&Source::Process(cat.identity()), &Options::default());
    assert!(walked.kinds(&environment).contains(&Kind::Stack));
    assert!(!walked.find(&input).is_empty());
    let missed = walked.report.not_searched;
    assert!(missed.iter().any(|missed| missed.name == "[vvar]"));
    assert!(
        missed.iter().all(|missed| missed.why == Why::KernelPages),
        "{missed:?}"
    );
    assert!(walked.report.notes.is_empty());
}

#[test]
fn a_frozen_process_stands_still_until_dropped_unless_it_stood_before() {
    let mut cat = Target::run(&mut Command::new("cat"));
    cat.say("awake");
    assert_eq!(cat.hear(), "awake");
    // Only now: right after its start a process may still be taking on its program.
    let id = cat.identity();
    let state = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", id.pid())).unwrap();
        stat.rsplit_once(") ").unwrap().1.chars().next().unwrap()
    };
    let first = Frozen::freeze(id, Duration::from_secs(60)).unwrap();
    let second = Frozen::freeze(id, Duration::from_secs(60)).unwrap();
    assert_eq!(state(), 'T');
    drop(second);
    assert_eq!(state(), 'T', "the first still holds it");
    drop(first);
    cat.say("again");
    assert_eq!(cat.hear(), "again");
}

#[test]
fn a_recycled_number_is_noticed_and_not_stopped() {
    let cat = Target::run(&mut Command::new("cat"));
    let other = cat.identity().recycled();
    assert_eq!(other.check(), Err(Why::Recycled));
    let walked = walked(&Source::Process(other), &Options::default());
    assert_eq!(walked.report.searched, 0);
    assert_eq!(walked.report.not_searched[0].why, Why::Recycled);
    let frozen = Frozen::freeze(other, Duration::from_secs(60));
    assert_eq!(frozen.unwrap_err(), FreezeError::Process(Why::Recycled));
}

#[test]
fn an_ended_process_has_no_memory() {
    let mut cat = Target::run(&mut Command::new("cat"));
    let id = cat.identity();
    cat.child.kill().unwrap();
    // Ended but not yet waited for: its number is still there.
    cat.output.read_to_end(&mut Vec::new()).unwrap();
    cat.child.wait().unwrap();
    assert_eq!(Identity::of(id.pid()), Err(Why::Gone));
    let walked = walked(&Source::Process(id), &Options::default());
    assert_eq!(walked.report.not_searched[0].why, Why::Gone);
}

#[test]
fn without_the_right_nothing_is_searched_and_said_so() {
    // Root may read everything, so the test runs once more as nobody.
    if rustix::process::geteuid().is_root() {
        let folder = tempfile::tempdir_in("/tmp").unwrap();
        let copy = folder.path().join("tests");
        std::fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
        let everyone = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), everyone).unwrap();
        let name = std::thread::current().name().unwrap().to_owned();
        let mut again = Command::new(&copy);
        again.args([&name, "--exact"]).current_dir("/");
        let said = again.uid(65534).gid(65534).output().unwrap();
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(said.contains("1 passed"), "{said}");
        return;
    }
    let walked = walked(
        &Source::Process(Identity::of(1).unwrap()),
        &Options::default(),
    );
    assert_eq!(walked.report.searched, 0);
    assert_eq!(walked.report.not_searched[0].why, Why::Denied);
}
