//! A bench worked by hand: people are led by the operator, asked for consent, and leave no name and no picture.

use std::path::Path;
use std::process::{Command, Output};

fn shinsa(arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Command::new(env!("CARGO_BIN_EXE_shinsa"))
        .args(arguments)
        .current_dir(root)
        .output()
        .unwrap()
}

#[test]
fn volunteers_are_asked_counted_and_never_named() {
    let folder = tempfile::tempdir().unwrap();
    let (out, place) = (folder.path().join("run"), folder.path().join("rig"));
    let rig = ["--rig", "rigs/by-hand/rig.yaml"];
    let run = [
        "run",
        "scenarios/volunteers",
        "--answers",
        "rigs/by-hand/answers.yaml",
        "--max-trials",
        "1",
        "--rig-dir",
        place.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ];
    let output = shinsa(&[&run[..], &rig].concat());
    let told = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    // 244 of 245 took part, once each: not enough for the limit, and said so.
    assert_eq!(output.status.code(), Some(3), "{told}");
    let verdicts = std::fs::read_to_string(out.join("verdicts.json")).unwrap();
    let verdicts: serde_json::Value = serde_json::from_str(&verdicts).unwrap();
    let item = verdicts["criteria"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["criterion"] == "3-6")
        .unwrap();
    assert_eq!(item["measurements"][0]["n"], 244);
    assert_eq!(item["measurements"][0]["verdict"], "inconclusive");
    let journal = std::fs::read_to_string(out.join("journal.jsonl")).unwrap();
    assert_eq!(journal.matches(r#""is":"declined""#).count(), 1);
    assert!(journal.contains(r#""clock":"operator's word""#) && !journal.contains("image/"));
    let page = std::fs::read_to_string(out.join("index.html")).unwrap();
    assert!(page.contains("不参加・計数外") && page.contains("FRR"));
    let again = shinsa(&["judge", out.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(3));
}
