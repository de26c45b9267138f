//! While a search goes on, the harness itself holds no plain copy of what is searched for: in a lab it may run on the very machine
//! whose memory is looked through.

mod rig;

use std::path::{Path, PathBuf};
use std::process::Command;

use rig::{Finished, VirtualRun, finish, shinsa};

const SCENARIO: &str = "scenarios/certification/3-16-wiping.yaml";
const CARD: &str = "f0600-regular";
const READER: &str = "virtual-reader-software";

/// What `shinsa scan` is to look for: the card's data without its PINs, which only statistics can find; the chip's photo, as a file and decoded.
fn wanted(run: &VirtualRun, folder: &Path) -> Vec<PathBuf> {
    let cards = run.rig_dir().join("cards");
    let text = std::fs::read(cards.join("secrets.yaml")).unwrap();
    let all: serde_yaml::Value = serde_yaml::from_slice(&text).unwrap();
    let mut card = all["cards"][CARD].as_mapping().unwrap().clone();
    card.retain(|key, _| !key.as_str().unwrap().contains("pin"));
    let photo = cards.join(card["chip_photo"].as_str().unwrap());
    card.remove("chip_photo");
    // A mapping on one line needs no indentation.
    let card = serde_json::to_string(&card).unwrap();
    let [canaries, pixels] = ["canaries.yaml", "photo.png"].map(|name| folder.join(name));
    std::fs::write(&canaries, format!("cards:\n  {CARD}: {card}\n")).unwrap();
    let mut decode = Command::new("opj_decompress");
    decode.arg("-i").arg(&photo).arg("-o").arg(&pixels);
    assert!(decode.output().unwrap().status.success());
    let [one, two, three] = ["--canaries", "--pictures", "--pictures"].map(PathBuf::from);
    vec![one, canaries, two, photo, three, pixels]
}

fn scan(pid: &str, wanted: &[PathBuf]) -> Finished {
    let process = ["scan", "--process", pid].map(PathBuf::from);
    finish(shinsa(&[&process[..], wanted].concat()))
}

fn stopped(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| rest.starts_with('T'))
}

#[test]
fn the_harness_holds_no_plain_copy_while_it_searches() {
    let run = VirtualRun::new("hygiene");
    let few = ["--max-trials", "1", "--max-combinations", "1"].map(str::to_owned);
    let mut child = rig::start(run.command_on(SCENARIO, few), &run.log());
    let harness = child.id().to_string();
    let log = || std::fs::read_to_string(run.log()).unwrap();
    // The agent makes the reader stand still once it has opened the sealed set.
    loop {
        assert!(
            child.try_wait().unwrap().is_none(),
            "no search was met: {}",
            log()
        );
        let reader = rig::pids_of(&run.rig_dir(), READER);
        if reader.iter().any(|pid| stopped(pid)) {
            rig::signal("-STOP", &harness);
            if reader.iter().any(|pid| stopped(pid)) {
                break;
            }
            rig::signal("-CONT", &harness);
        }
        std::thread::yield_now();
    }
    let folder = tempfile::tempdir().unwrap();
    let wanted = wanted(&run, folder.path());
    let found = scan(&harness, &wanted);
    // What the scan can find: this test holds all of it.
    let held = wanted[1..]
        .iter()
        .step_by(2)
        .map(|path| std::fs::read(path).unwrap());
    let held: Vec<Vec<u8>> = held.collect();
    let control = scan(&std::process::id().to_string(), &wanted);
    drop(held);
    rig::signal("-CONT", &harness);
    rig::signal("-INT", &harness);
    child.wait().unwrap();
    for canary in ["/name_kanji", "/address", "photo.jp2"] {
        assert!(
            control.output.contains(canary),
            "{canary}: {}",
            control.output
        );
    }
    assert_eq!(found.code, 0, "{}\n{}", found.output, log());
}
