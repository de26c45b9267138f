//! What may break on a whole rig, each for real: the run ends as `error` with what to do or goes on, no fault of the rig is
//! ever the reader's `fail`, and the evidence so far stays judgeable.

mod rig;

use std::net::TcpListener;
use std::path::Path;
use std::process::Child;

use rig::{VirtualRun, finish, shinsa};

const PIN_LENGTH: &str = "scenarios/certification/3-10-pin-length.yaml";
const TRIAL_ENDED: &str = r#"{"kind":"trial-ended""#;

/// A run that goes on while the test breaks something.
struct Broken {
    run: VirtualRun,
    child: Child,
}

impl Broken {
    /// Starts `scenarios` and waits until the journal holds `text`.
    fn at(name: &str, scenarios: &str, text: &str) -> Self {
        let run = VirtualRun::new(name);
        let command = run.command_on(scenarios, ["--max-trials".into(), "30".into()]);
        let mut child = rig::start(command, &run.log());
        while !run.journal().contains(text) {
            assert!(
                child.try_wait().unwrap().is_none(),
                "{}",
                std::fs::read_to_string(run.log()).unwrap()
            );
            std::thread::yield_now();
        }
        Self { run, child }
    }

    /// Kills one of the rig's processes at once.
    fn kill(&self, program: &str) {
        rig::kill_of(&self.run.rig_dir(), program);
    }

    /// Exit code and output at the end. What was recorded gives the same verdicts again, and the chain holds.
    fn end(mut self) -> (i32, String, Vec<rig::ItemVerdict>) {
        let status = self.child.wait().unwrap();
        let output = std::fs::read_to_string(self.run.log()).unwrap();
        for command in ["judge", "verify"] {
            let again = finish(shinsa(&[Path::new(command), &self.run.out()]));
            assert_ne!(again.code, 5, "{command}: {}", again.output);
        }
        let verdicts = self.run.verdicts().unwrap();
        (status.code().unwrap_or(-1), output, verdicts)
    }
}

fn fails(verdicts: &[rig::ItemVerdict]) -> Vec<&str> {
    let failed = verdicts.iter().filter(|item| item.verdict == "fail");
    failed.map(|item| item.criterion.as_str()).collect()
}

/// The rig's own process dies in the middle of a run.
fn dies(name: &str, program: &str) {
    let broken = Broken::at(name, PIN_LENGTH, TRIAL_ENDED);
    broken.kill(program);
    let (code, output, verdicts) = broken.end();
    assert_eq!(code, 4, "{output}");
    assert_eq!(fails(&verdicts), Vec::<&str>::new(), "{output}");
    let item = verdicts
        .iter()
        .find(|item| item.criterion == "3-10")
        .unwrap();
    assert_eq!(item.verdict, "error", "{output}");
}

#[test]
fn pcscd_dies() {
    dies("pcscd", "pcscd");
}

#[test]
fn the_bench_dies() {
    dies("world", "virtual-world");
}

#[test]
fn the_back_end_dies() {
    dies("back-end", "virtual-eligibility");
}

/// The reader's own software crashes: the next trial starts it again, and what was asked of it is not forgiven.
#[test]
fn the_readers_software_crashes() {
    let patient = r#""trial":"pin-length#2","attempt":1,"step":"steps[0].choose-pin[1]""#;
    let broken = Broken::at("crash", PIN_LENGTH, patient);
    broken.kill("virtual-reader-software");
    let (code, output, verdicts) = broken.end();
    assert!([1, 3].contains(&code), "{code}: {output}");
    let item = verdicts
        .iter()
        .find(|item| item.criterion == "3-10")
        .unwrap();
    assert!(
        ["fail", "inconclusive"].contains(&item.verdict.as_str()),
        "{output}"
    );
}

#[test]
fn vpcds_port_is_busy() {
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port();
    let run = VirtualRun::new("busy");
    let arguments = [
        "--launch-arg=--vpcd-port".into(),
        format!("--launch-arg={port}"),
    ];
    let finished = finish(run.command_on("scenarios/smoke/face.yaml", arguments));
    assert_eq!(finished.code, 4, "{}", finished.output);
    assert!(
        finished.output.contains(&format!("port {port}")),
        "{}",
        finished.output
    );
}

#[test]
fn nobody_is_there() {
    let run = VirtualRun::new("absent");
    let mut command = shinsa(&[
        "run",
        "scenarios/smoke/face.yaml",
        "--rig",
        "rigs/virtual/rig.yaml",
    ]);
    command
        .arg("--rig-dir")
        .arg(run.rig_dir())
        .arg("--out")
        .arg(run.out());
    let finished = finish(command);
    assert_eq!(finished.code, 4, "{}", finished.output);
    assert!(
        finished.output.contains("is the rig up?"),
        "{}",
        finished.output
    );
}

#[test]
fn pcscd_is_not_installed() {
    let run = VirtualRun::new("no-pcscd");
    let path = tempfile::tempdir().unwrap();
    for tool in ["sh", "opj_compress"] {
        let real = ["/bin", "/usr/bin"].map(|folder| Path::new(folder).join(tool));
        let real = real.iter().find(|real| real.exists()).expect("ci/setup");
        std::os::unix::fs::symlink(real, path.path().join(tool)).unwrap();
    }
    let mut command = run.command_on("scenarios/smoke/face.yaml", []);
    command.env("PATH", path.path());
    let finished = finish(command);
    assert_eq!(finished.code, 4, "{}", finished.output);
    assert!(finished.output.contains("pcscd"), "{}", finished.output);
}

/// A card that stops answering, and one that leaves in the middle of a command: the card is the rig's, not the reader's.
#[test]
fn a_card_that_never_answers_or_leaves_in_a_command_fails_nobody() {
    for fault in ["--silent-after=4", "--drop-after=4"] {
        let run = VirtualRun::new("card");
        let arguments = [
            "--launch-arg=--card-arg".into(),
            format!("--launch-arg={fault}"),
        ];
        let finished =
            finish(run.command_on("scenarios/certification/2-01-standalone.yaml", arguments));
        assert!(
            [3, 4].contains(&finished.code),
            "{fault}: {}",
            finished.output
        );
        let verdicts = run.verdicts().unwrap();
        assert_eq!(
            fails(&verdicts),
            Vec::<&str>::new(),
            "{fault}: {}",
            finished.output
        );
    }
}

/// The civil clock jumps back an hour in the middle of a run: intervals do not feel it, and the journal says so.
#[test]
fn the_civil_clock_is_set_back() {
    let run = VirtualRun::new("clock");
    let offset = run.log().with_extension("time");
    std::fs::write(&offset, "+0").unwrap();
    let mut command = run.command_on(PIN_LENGTH, ["--max-trials".into(), "1".into()]);
    command
        .env(
            "LD_PRELOAD",
            "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        )
        .env("FAKETIME_TIMESTAMP_FILE", &offset)
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let mut child = rig::start(command, &run.log());
    while !run.journal().contains(TRIAL_ENDED) && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    std::fs::write(&offset, "-3600").unwrap();
    let status = child.wait().unwrap();
    let output = std::fs::read_to_string(run.log()).unwrap();
    assert_eq!(status.code(), Some(3), "{output}");
    assert!(
        run.journal().contains(r#"{"kind":"clock-stepped""#),
        "{output}"
    );
    let verdicts = run.verdicts().unwrap();
    let item = verdicts
        .iter()
        .find(|item| item.criterion == "3-10")
        .unwrap();
    assert_ne!(item.verdict, "error", "{output}");
    assert_eq!(fails(&verdicts), Vec::<&str>::new(), "{output}");
}
