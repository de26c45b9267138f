//! What goes wrong on our side: it ends as `error` with what to do, and the evidence so far stays judgeable.

mod desk;

use std::fs;

use desk::{Desk, kill, text};

const GOOD: &str = "cat >/dev/null; echo '{\"ok\": true}'";

#[test]
fn a_good_run_is_judged_again_to_the_same_bytes() {
    let desk = Desk::new(GOOD, 3);
    let output = desk.run().output().unwrap();
    // 63 items, one of them tested: inconclusive.
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert_eq!(desk.verdict("3-21").0, "pass");
    assert_eq!(desk.verdict("3-23").0, "not-tested");
    let before = fs::read(desk.out().join("verdicts.json")).unwrap();
    assert_eq!(desk.judge().output().unwrap().status.code(), Some(3));
    assert_eq!(fs::read(desk.out().join("verdicts.json")).unwrap(), before);
    for file in ["index.html", "junit.xml", "plan.json"] {
        assert!(desk.out().join(file).exists(), "{file}");
    }
}

#[test]
fn a_device_that_does_not_do_what_is_expected_fails_its_item() {
    let desk = Desk::new("cat >/dev/null; echo '{\"ok\": false}'; exit 1", 1);
    assert_eq!(desk.run().output().unwrap().status.code(), Some(1));
    assert_eq!(desk.verdict("3-21").0, "fail");
}

#[test]
fn a_changed_verdict_is_broken_evidence() {
    let desk = Desk::new(GOOD, 1);
    desk.run().output().unwrap();
    let path = desk.out().join("verdicts.json");
    let changed = fs::read_to_string(&path)
        .unwrap()
        .replacen("\"not-tested\"", "\"pass\"", 1);
    fs::write(&path, changed).unwrap();
    let output = desk.judge().output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    assert!(
        text(&output).contains("does not follow from the journal"),
        "{}",
        text(&output)
    );
}

#[test]
fn a_changed_byte_is_refused_with_its_line_and_a_changed_plan_too() {
    let desk = Desk::new(GOOD, 1);
    desk.run().output().unwrap();
    let journal = desk.out().join("journal.jsonl");
    let whole = fs::read_to_string(&journal).unwrap();
    fs::write(
        &journal,
        whole.replacen("\"trial-started\"", "\"trial-startad\"", 1),
    )
    .unwrap();
    let line = whole
        .lines()
        .position(|line| line.contains("trial-started"))
        .unwrap()
        + 1;
    let output = desk.judge().output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    assert!(
        text(&output).contains(&format!("journal.jsonl:{line}:")),
        "{}",
        text(&output)
    );
    fs::write(&journal, whole).unwrap();
    let plan = desk.out().join("plan.json");
    fs::write(
        &plan,
        fs::read_to_string(&plan)
            .unwrap()
            .replacen("desk", "disk", 1),
    )
    .unwrap();
    assert_eq!(desk.judge().output().unwrap().status.code(), Some(5));
}

/// Killed after each of its first journal lines in turn, then resumed: no trial lost, none counted twice.
#[test]
fn kill_9_at_any_instant_then_resume() {
    for lines in [1, 3, 5, 6, 8, 11, 14, 19] {
        let desk = Desk::new(GOOD, 4);
        let child = desk
            .run()
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // The process writes on while we look: where exactly it dies does not matter, only that it is anywhere.
        while desk.events().len() < lines && desk.of_kind("run-ended").is_empty() {
            std::thread::yield_now();
        }
        kill(child);
        let output = desk.resume().output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(3),
            "after {lines} lines: {}",
            text(&output)
        );
        let mut ended: Vec<String> = desk
            .of_kind("trial-ended")
            .iter()
            .map(|event| event["trial"].to_string())
            .collect();
        ended.sort();
        assert_eq!(
            ended,
            (1..=4)
                .map(|n| format!("\"managed#{n}\""))
                .collect::<Vec<_>>(),
            "after {lines} lines"
        );
        let begun = desk.of_kind("trial-started").len();
        assert_eq!(
            begun - desk.of_kind("trial-abandoned").len(),
            4,
            "after {lines} lines"
        );
        assert_eq!(desk.verdict("3-21").0, "pass");
    }
}

#[test]
fn a_torn_last_line_is_repaired_and_said() {
    let desk = Desk::new(GOOD, 2);
    desk.run().output().unwrap();
    let journal = desk.out().join("journal.jsonl");
    let bytes = fs::read(&journal).unwrap();
    // Cut in the middle of the line that ended the run.
    fs::write(&journal, &bytes[..bytes.len() - 40]).unwrap();
    let output = desk.resume().output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    let sessions = desk.of_kind("session-started");
    assert_eq!(sessions.len(), 2);
    assert!(sessions[1]["repaired_bytes"].as_u64().unwrap() > 0);
    assert_eq!(desk.of_kind("trial-ended").len(), 2);
}

#[test]
fn a_driver_that_answers_late_or_garbage_or_not_at_all_is_an_error() {
    for (script, word) in [
        ("sleep 30", "no answer within"),
        ("echo nonsense", "JSON"),
        ("exit 7", "7"),
    ] {
        let desk = Desk::new(script, 1);
        let output = desk.run().output().unwrap();
        assert_eq!(output.status.code(), Some(4), "{script}: {}", text(&output));
        assert_eq!(desk.verdict("3-21").0, "error", "{script}");
        let ended = desk.of_kind("trial-ended");
        let message = ended[0]["outcome"]["fault"]["message"].to_string();
        assert!(message.contains(word), "{script}: {message}");
        assert_ne!(ended[0]["outcome"]["fault"]["todo"], "");
    }
}

#[test]
fn three_errors_in_a_row_stop_the_run_resumably() {
    let desk = Desk::new("exit 7", 6);
    let output = desk.run().output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(desk.of_kind("trial-ended").len(), 3);
    assert!(text(&output).contains("shinsa resume"), "{}", text(&output));
}

#[test]
fn ctrl_c_runs_the_teardown_and_can_be_resumed() {
    let marker = "cat >>\"$(dirname \"$0\")/calls\"; echo >>\"$(dirname \"$0\")/calls\"; grep -q stop \"$(dirname \"$0\")/mode\" && sleep 1; echo '{\"ok\": true}'";
    let desk = Desk::new(marker, 2);
    fs::write(desk.path("mode"), "stop").unwrap();
    let child = desk
        .run()
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while desk.of_kind("trial-ended").is_empty() {
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(desk.of_kind("run-interrupted").len(), 1);
    fs::write(desk.path("mode"), "go").unwrap();
    assert_eq!(desk.resume().output().unwrap().status.code(), Some(3));
    assert_eq!(desk.of_kind("trial-ended").len(), 2);
}

#[test]
fn a_rig_has_one_run_at_a_time() {
    let desk = Desk::new("sleep 1; cat >/dev/null; echo '{\"ok\": true}'", 2);
    let child = desk
        .run()
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while desk.events().len() < 3 {
        std::thread::yield_now();
    }
    let mut second = Desk::shinsa(&["rig", "probe"]);
    second
        .arg(desk.path("rig.yaml"))
        .arg("--rig-dir")
        .arg(desk.path("rig"));
    let output = second.output().unwrap();
    kill(child);
    assert_eq!(output.status.code(), Some(4));
    assert!(
        text(&output).contains("the rig is in use by run run, process"),
        "{}",
        text(&output)
    );
}

#[test]
fn bad_input_energises_nothing() {
    let desk = Desk::new(GOOD, 1);
    fs::create_dir(desk.path("empty")).unwrap();
    let mut empty = Desk::shinsa(&["run"]);
    empty
        .arg(desk.path("empty"))
        .arg("--rig")
        .arg(desk.path("rig.yaml"))
        .arg("--out")
        .arg(desk.out());
    let output = empty.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output).contains("no scenario in this folder"),
        "{}",
        text(&output)
    );

    let newer = fs::read_to_string(desk.path("rig.yaml"))
        .unwrap()
        .replace("format: 1", "format: 2");
    fs::write(desk.path("rig.yaml"), newer).unwrap();
    let output = desk.run().output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output).contains("format 2 is newer than this shinsa"),
        "{}",
        text(&output)
    );

    let huge = fs::File::create(desk.path("scenario.yaml")).unwrap();
    huge.set_len(100 << 20).unwrap();
    let output = desk.run().output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output).contains("104857600 bytes"),
        "{}",
        text(&output)
    );
    assert!(!desk.out().exists());
}

#[test]
fn an_output_folder_that_cannot_be_written_is_said_before_anything_runs() {
    let desk = Desk::new(GOOD, 1);
    fs::write(desk.out(), "a file where the folder should be").unwrap();
    let output = desk.run().output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(text(&output).contains("run"), "{}", text(&output));
}

/// The disk is full in the middle of the journal (here: no file may grow beyond a size): the run ends as an error that says so,
/// what was recorded is judged, and with room again the run goes on, no trial lost, none counted twice.
#[test]
fn a_full_disk_ends_the_run_and_loses_nothing() {
    const TRIALS: u32 = 150;
    let whole = Desk::new(GOOD, TRIALS);
    whole.run().output().unwrap();
    let size = |name: &str| fs::metadata(whole.out().join(name)).unwrap().len();
    let blocks = u64::midpoint(size("plan.json"), size("journal.jsonl")) / 512;
    assert!(size("plan.json") < blocks * 512 && blocks * 512 < size("journal.jsonl"));

    let desk = Desk::new(GOOD, TRIALS);
    let run = desk.run();
    let mut limited = std::process::Command::new("sh");
    limited
        .current_dir(run.get_current_dir().unwrap())
        .args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\""])
        .arg(blocks.to_string())
        .arg(run.get_program())
        .args(run.get_args());
    let output = limited.output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
    assert!(text(&output).contains("journal"), "{}", text(&output));
    let before = desk.of_kind("trial-ended").len();
    assert!((1..TRIALS as usize).contains(&before), "{before}");

    let output = desk.resume().output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert_eq!(desk.of_kind("trial-ended").len(), TRIALS as usize);
    assert_eq!(desk.verdict("3-21").0, "pass");
}
