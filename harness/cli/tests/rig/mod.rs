//! Runs of the real `shinsa` on the real virtual rig, each in a folder of its own.
//!
//! Needs the workspace's binaries beside the test's own: `cargo build --workspace --bins` (ci/test does it).
//! Says so where they are missing, rather than passing.

#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde::Deserialize;

/// One entry of `rigs/virtual/defects.yaml`.
#[derive(Debug, Deserialize)]
pub struct Defect {
    /// Switch.
    pub name: String,
    /// Item, or items separated by commas where one rests on the other.
    pub item: String,
    /// What it does.
    #[serde(rename = "meaning")]
    pub _meaning: String,
    /// Trials that the finding needs.
    #[serde(default = "one")]
    pub trials: u32,
    /// Scenarios that run.
    #[serde(default)]
    pub suite: Suite,
    /// A figure that the verdicts must have, for nothing but this defect gives it.
    pub shows: Option<String>,
}

/// Which scenarios a run takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suite {
    /// Certification but for what the engine's adapter evaluates: it is another process and knows the engine's defects only.
    #[default]
    Flow,
    /// The flow, and the evaluation of the engine.
    Engine,
    /// The flow, and decisions foretold from the engine's scores.
    Foretold,
    /// All of certification but for what is left of secrets, which has a test of its own.
    Whole,
    /// Presentation attacks and the holder beside them.
    Attacks,
    /// Bona fide presentations.
    BonaFide,
    /// What is left of a patient's secrets, dumps, ways in.
    Residue,
    /// What comes, or is left, a minute later.
    Later,
    /// The statistics of PINs.
    Pins,
    /// The statistics of face vectors.
    Vectors,
    /// No check finds this yet: said in the list, and not run.
    NotYet,
}

impl Suite {
    /// Files below the checkout.
    pub fn files(self) -> Vec<String> {
        let certification = || {
            let files =
                std::fs::read_dir(root().join("scenarios/certification")).expect("scenarios");
            let names = files.map(|file| {
                file.expect("scenario")
                    .file_name()
                    .into_string()
                    .expect("name")
            });
            let mut names: Vec<String> = names.collect();
            names.sort();
            names
                .into_iter()
                .map(|name| format!("scenarios/certification/{name}"))
        };
        let without = |left_out: &[&str]| {
            let kept = |name: &String| !left_out.iter().any(|part| name.contains(part));
            certification().filter(kept).collect()
        };
        // What is left of secrets has defects and a suite of its own: it costs a search after each of many ends.
        let residue = ["3-16-", "3-19-", "3-20-"];
        match self {
            Self::Flow => {
                without(&[&residue[..], &["technology-evaluation", "borderline"]].concat())
            }
            Self::Engine => without(&[&residue[..], &["borderline"]].concat()),
            Self::Foretold => without(&[&residue[..], &["technology-evaluation"]].concat()),
            Self::Whole => without(&["3-16-"]),
            Self::Attacks => vec![
                "scenarios/certification/3-02-face-match.yaml".into(),
                "scenarios/attacks/1-01-attacks.yaml".into(),
            ],
            Self::BonaFide => vec!["scenarios/attacks/1-01-bona-fide.yaml".into()],
            // No scenarios yet: the table leaves these defects out until there are some.
            Self::Residue => [
                "3-16-wiping",
                "3-19-dumps",
                "3-20-entrances",
                "3-20-foreign-device",
            ]
            .map(|name| format!("scenarios/certification/{name}.yaml"))
            .into(),
            Self::Later => vec!["scenarios/long/3-16-later.yaml".into()],
            Self::Pins => vec!["scenarios/certification/3-16-pins.yaml".into()],
            Self::Vectors => vec!["scenarios/certification/3-16-vectors.yaml".into()],
            Self::NotYet => Vec::new(),
        }
    }
}

fn one() -> u32 {
    1
}

impl Defect {
    /// Items that it fails.
    pub fn items(&self) -> impl Iterator<Item = &str> {
        self.item.split(',').map(str::trim)
    }
}

/// The list of planted defects.
pub fn defects() -> Vec<Defect> {
    let text =
        std::fs::read_to_string(root().join("rigs/virtual/defects.yaml")).expect("list of defects");
    serde_yaml::from_str(&text).expect("list of defects is YAML")
}

/// Root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("checkout")
}

/// Folder of the built binaries.
pub fn bin() -> PathBuf {
    let own = Path::new(env!("CARGO_BIN_EXE_shinsa"))
        .parent()
        .expect("binary in a folder")
        .to_owned();
    for name in [
        "virtual-rig",
        "virtual-card",
        "virtual-world",
        "virtual-eligibility",
        "virtual-reader-software",
        "virtual-reader-device",
        "virtual-matcher",
    ] {
        assert!(
            own.join(name).exists(),
            "{name} is not built: run `cargo build --workspace --bins` first"
        );
    }
    own
}

/// One run's folders; removed at the end.
pub struct VirtualRun {
    folder: tempfile::TempDir,
}

/// How a run of shinsa ended.
pub struct Finished {
    /// Exit code; -1 by signal.
    pub code: i32,
    /// Standard output and error.
    pub output: String,
    /// Wall time.
    pub seconds: f64,
}

/// A line of `verdicts.json`.
pub struct ItemVerdict {
    /// 項番.
    pub criterion: String,
    /// kebab-case.
    pub verdict: String,
    /// English.
    pub reason: String,
}

impl VirtualRun {
    /// Fresh folders. Short paths: a socket's path has at most 107 bytes.
    pub fn new(name: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix(&format!("s-{name}-"))
            .tempdir_in("/tmp")
            .expect("folder");
        Self { folder }
    }

    /// The rig's run folder.
    pub fn rig_dir(&self) -> PathBuf {
        self.folder.path().join("rig")
    }

    /// Where a started command writes.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// The journal so far.
    pub fn journal(&self) -> String {
        std::fs::read_to_string(self.out().join("journal.jsonl")).unwrap_or_default()
    }

    /// Trials of a scenario that ended with all steps done.
    pub fn completed(&self, scenario: &str) -> usize {
        let journal = self.journal();
        let events = journal.lines().filter_map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(record["event"].clone())
        });
        let ended = events.filter(|event| {
            let trial = event["trial"].as_str().and_then(|id| id.split_once('#'));
            event["kind"] == "trial-ended"
                && event["outcome"]["is"] == "completed"
                && trial.is_some_and(|(name, _)| name == scenario)
        });
        ended.count()
    }

    /// The run's evidence.
    pub fn out(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    /// `shinsa run` of the whole certification suite, `--up`.
    pub fn command(&self, extra: impl IntoIterator<Item = String>) -> Command {
        self.command_of(&["scenarios/certification".into()], extra)
    }

    /// `shinsa run` of some scenarios.
    pub fn command_on(&self, scenarios: &str, extra: impl IntoIterator<Item = String>) -> Command {
        self.command_of(&[scenarios.into()], extra)
    }

    /// `shinsa run` of several scenarios.
    pub fn command_of(
        &self,
        scenarios: &[String],
        extra: impl IntoIterator<Item = String>,
    ) -> Command {
        let mut command = Command::new(bin().join("shinsa"));
        command
            .current_dir(root())
            .arg("run")
            .args(scenarios)
            .args(["--rig", "rigs/virtual/rig.yaml", "--up"])
            .args([
                "--documents",
                "fixtures/documents",
                "--answers",
                "rigs/virtual/answers.yaml",
            ])
            .arg("--rig-dir")
            .arg(self.rig_dir())
            .arg("--out")
            .arg(self.out())
            .args(extra)
            .stdin(Stdio::null());
        command
    }

    /// Runs to the end.
    pub fn run(&self, extra: impl IntoIterator<Item = String>) -> Finished {
        finish(self.command(extra))
    }

    /// Does anything of this name stand in the verdicts?
    pub fn verdicts_name(&self, figure: &str) -> bool {
        let text = std::fs::read_to_string(self.out().join("verdicts.json"));
        text.is_ok_and(|text| text.contains(&format!("\"{figure}\":")))
    }

    /// What was decided.
    pub fn verdicts(&self) -> Result<Vec<ItemVerdict>, String> {
        let path = self.out().join("verdicts.json");
        let text =
            std::fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        let judged: serde_json::Value =
            serde_json::from_str(&text).map_err(|why| why.to_string())?;
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let criteria = judged["criteria"]
            .as_array()
            .ok_or("no criteria in verdicts.json")?;
        Ok(criteria
            .iter()
            .map(|item| ItemVerdict {
                criterion: text(&item["criterion"]),
                verdict: text(&item["verdict"]),
                reason: text(&item["reason"]["en"]),
            })
            .collect())
    }
}

/// A card store made once: keys take seconds to make, and many rigs can have the same cards, each its own copy with its own counters.
pub struct Cards(tempfile::TempDir);

impl Cards {
    /// Makes the listed cards and these of the population.
    pub fn made(population: &[&str]) -> Self {
        let store = tempfile::tempdir().expect("folder");
        let make = |only: Option<&str>| {
            let mut command = Command::new(bin().join("virtual-card"));
            command.current_dir(root()).arg("make");
            command.args(["--cards", "rigs/virtual/cards.yaml", "--store"]);
            command.arg(store.path());
            command.args(only.iter().flat_map(|card| ["--only", card]));
            assert!(command.status().expect("virtual-card").success());
        };
        make(None);
        for card in population {
            make(Some(card));
        }
        Self(store)
    }

    /// Gives a rig that has not run yet a copy.
    pub fn lend(&self, run: &VirtualRun) {
        std::fs::create_dir_all(run.rig_dir()).expect("rig's folder");
        let copied = Command::new("cp")
            .args(["-a", "-T"])
            .args([self.0.path(), &run.rig_dir().join("cards")])
            .status();
        assert!(copied.expect("cp").success());
    }
}

/// Runs a command to its end with all its output.
pub fn finish(mut command: Command) -> Finished {
    let start = Instant::now();
    let output = command.output().expect("shinsa starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Finished {
        code: output.status.code().unwrap_or(-1),
        output: text(&output.stdout) + &text(&output.stderr),
        seconds: start.elapsed().as_secs_f64(),
    }
}

/// Starts a command and leaves it running, output to a file.
pub fn start(mut command: Command, log: &Path) -> Child {
    let file = std::fs::File::create(log).expect("log");
    command
        .stdout(file.try_clone().expect("log"))
        .stderr(file)
        .spawn()
        .expect("shinsa starts")
}

/// `shinsa` with the checkout as working directory.
pub fn shinsa<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Command {
    let mut command = Command::new(bin().join("shinsa"));
    command
        .current_dir(root())
        .args(arguments)
        .stdin(Stdio::null());
    command
}

/// Kills the processes of one rig that run this program, as a crash does.
pub fn kill_of(rig_dir: &Path, program: &str) {
    let running = pids_of(rig_dir, program);
    assert!(!running.is_empty(), "no {program} of {}", rig_dir.display());
    for pid in &running {
        signal("-9", pid);
    }
}

/// Sends a signal.
pub fn signal(which: &str, pid: &str) {
    let status = Command::new("kill").args([which, pid]).status();
    assert!(status.expect("kill").success());
}

/// The processes of one rig that run this program.
pub fn pids_of(rig_dir: &Path, program: &str) -> Vec<String> {
    let mut running = Vec::new();
    for entry in std::fs::read_dir("/proc").expect("/proc") {
        let path = entry.expect("/proc").path();
        let Ok(line) = std::fs::read(path.join("cmdline")) else {
            continue;
        };
        let words: Vec<String> = line
            .split(|byte| *byte == 0)
            .map(|word| String::from_utf8_lossy(word).into_owned())
            .collect();
        let is_it = words[0].ends_with(program);
        let of_the_rig = words
            .iter()
            .any(|word| Path::new(word).starts_with(rig_dir));
        if is_it && of_the_rig {
            let pid = path.file_name().expect("pid");
            running.push(pid.to_string_lossy().into_owned());
        }
    }
    running
}
