//! A core of a real process, made by gcore or, without it, by the kernel.

use crate::sources::process::Identity;
use crate::sources::tests::{secret, walked, walked_path};
use crate::sources::{Kind, Options, Source};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

#[test]
fn a_core_holds_what_the_process_held_at_the_same_addresses() {
    let folder = tempfile::tempdir().unwrap();
    let secret = secret();
    let script = "ulimit -c unlimited; exec cat";
    let mut command = Command::new("sh");
    let command = command.args(["-c", script]).current_dir(folder.path());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let text = String::from_utf8(secret.clone()).unwrap();
    writeln!(child.stdin.as_mut().unwrap(), "{text}").unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line.trim_end(), text);

    let running = walked(
        &Source::Process(Identity::of(child.id()).unwrap()),
        &Options::default(),
    );
    let core = core_of(&mut child, folder.path().join("core"));
    let dumped = walked_path(&core);
    let addresses: Vec<u64> = running.find(&secret).iter().map(|hit| hit.0).collect();
    let mut told = Vec::new();
    for (position, _) in dumped.find(&secret) {
        let mut regions = dumped
            .regions
            .iter()
            .filter(|region| region.kind == Kind::Dumped);
        let end = |region: &crate::sources::Region| region.start + region.length.unwrap();
        let region = regions
            .find(|region| (region.start..end(region)).contains(&position))
            .unwrap();
        told.push(region.address.unwrap() + position - region.start);
    }
    assert!(!addresses.is_empty());
    assert_eq!(told, addresses);
}

fn core_of(child: &mut Child, path: PathBuf) -> PathBuf {
    let pid = child.id();
    let gcore = Command::new("gcore")
        .arg("-o")
        .arg(&path)
        .arg(pid.to_string())
        .output();
    let by_gcore = gcore.is_ok_and(|said| said.status.success());
    let raw = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(raw, rustix::process::Signal::ABORT).unwrap();
    let ended = child.wait().unwrap();
    let named = path.with_file_name(format!("core.{pid}"));
    let found = [named, path].into_iter().find(|path| path.exists());
    found.unwrap_or_else(|| {
        panic!(
            "no gcore ({by_gcore}), nor a core by the kernel ({})",
            ended.core_dumped()
        )
    })
}
