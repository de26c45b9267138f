//! A rig of one command driver, made for each test: real processes, no device. Its `manage` verb is a shell script.

#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A folder with rig, scenario and script.
pub struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// `script`: what answers `manage` (JSON on stdin, JSON on stdout). `trials`: how many.
    pub fn new(script: &str, trials: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        put("answer.sh", script);
        put(
            "dut.yaml",
            "format: 1\nmake: none\nmodel: none\nscreens: screens.yaml\nlog_kinds: {}\n",
        );
        put(
            "rig.yaml",
            "rig: desk\nformat: 1\ntitle: { ja: 机上, en: Desk }\nplace: test\nrun_dir: unused\ndut: dut.yaml\ncards: []\n\
             drivers:\n  m: { driver: command, provides: [management], deadline: 2 s, commands: { manage: [sh, \"${rig}/answer.sh\"] } }\n",
        );
        put(
            "scenario.yaml",
            &format!(
                "scenario: managed\nformat: 1\ntitle: {{ ja: 管理, en: Managed }}\ncriteria: [3-21]\nrequires: [management]\n\
                 deadline: 3 s\nrepeat: {{ times: {trials} }}\nsteps:\n  - manage: {{ function: version }}\n    decides: [3-21]\n    expect: {{ ok: true }}\n\
                 teardown:\n  - manage: {{ function: end }}\n"
            ),
        );
        Self { folder }
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The run's folder.
    pub fn out(&self) -> PathBuf {
        self.path("run")
    }

    /// `shinsa` with the checkout as working directory.
    pub fn shinsa(arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shinsa"));
        command
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    /// `shinsa run`.
    pub fn run(&self) -> Command {
        let mut command = Self::shinsa(&["run"]);
        command.arg(self.path("scenario.yaml"));
        self.on_rig(&mut command);
        command.arg("--out").arg(self.out());
        command
    }

    /// `shinsa resume`.
    pub fn resume(&self) -> Command {
        let mut command = Self::shinsa(&["resume"]);
        command.arg(self.out());
        self.on_rig(&mut command);
        command
    }

    fn on_rig(&self, command: &mut Command) {
        command
            .arg("--rig")
            .arg(self.path("rig.yaml"))
            .arg("--rig-dir")
            .arg(self.path("rig"));
    }

    /// `shinsa judge`.
    pub fn judge(&self) -> Command {
        let mut command = Self::shinsa(&["judge"]);
        command.arg(self.out());
        command
    }

    /// Journal lines, as they are.
    pub fn events(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.out().join("journal.jsonl")).unwrap_or_default();
        text.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .map(|line: Value| line["event"].clone())
            .collect()
    }

    /// Events of one kind.
    pub fn of_kind(&self, kind: &str) -> Vec<Value> {
        self.events()
            .into_iter()
            .filter(|event| event["kind"] == kind)
            .collect()
    }

    /// Verdict and English reason of an item.
    pub fn verdict(&self, item: &str) -> (String, String) {
        let text = fs::read_to_string(self.out().join("verdicts.json")).unwrap();
        let judged: Value = serde_json::from_str(&text).unwrap();
        let found = judged["criteria"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["criterion"] == item)
            .unwrap()
            .clone();
        (
            found["verdict"].as_str().unwrap().into(),
            found["reason"]["en"].as_str().unwrap().into(),
        )
    }
}

/// Output of a finished command, both streams.
pub fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Waits for a child that may be killed.
pub fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}
