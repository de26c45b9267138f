//! The whole table of planted defects, end to end: each switch of the reference reader turns exactly its
//! item to `fail`, and the conforming reader fails nothing.
//!
//! Every run is the real thing: pcscd, card, world, back end, reader and `shinsa run` as processes.
//! `--max-trials 1` keeps one trial for each combination of a scenario's matrix, so that sample sizes do not
//! decide here; items that need more stay `inconclusive`, which is not a failure. Several rigs run side by
//! side: they share no socket, port or folder.

mod rig;

use std::collections::BTreeSet;
use std::sync::Mutex;

use rig::{Cards, Defect, ItemVerdict, Suite, VirtualRun};

/// How many rigs at a time: they wait most of the time.
const SIDE_BY_SIDE: usize = 7;

#[test]
fn each_defect_fails_exactly_its_item_and_the_conforming_reader_fails_nothing() {
    let defects = rig::defects();
    assert!(
        defects.len() >= 20,
        "only {} defects are listed",
        defects.len()
    );
    let cards = Cards::made(&[
        "f0001-regular",
        "f0002-regular",
        "f0003-regular",
        "f0004-regular",
        "f0005-regular",
        "f0006-regular",
        "f0007-regular",
        "f0599-regular",
        "f0600-regular",
    ]);
    let queue = Mutex::new(in_order(&defects).into_iter());
    let problems = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                loop {
                    let Some(defect) = queue.lock().unwrap().next() else {
                        return;
                    };
                    if let Err(problem) = try_defect(defect, &cards) {
                        problems.lock().unwrap().push(problem);
                    }
                }
            });
        }
    });
    let problems = problems.into_inner().unwrap();
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

/// The longest first, so that the last one does not run alone; what computes rather than waits, early and spread out.
fn in_order(defects: &[Defect]) -> Vec<Option<&Defect>> {
    let mut order: Vec<_> = defects.iter().map(Some).collect();
    order.retain(|defect| defect.is_none_or(|defect| defect.suite != Suite::NotYet));
    order.sort_by_key(|defect| std::cmp::Reverse(defect.map_or(0, |defect| defect.trials)));
    order.insert(0, None);
    let computes = |defect: &Defect| matches!(defect.suite, Suite::Engine | Suite::Foretold);
    let (long, mut order): (Vec<_>, Vec<_>) = order
        .into_iter()
        .partition(|defect| defect.is_some_and(computes));
    for (n, defect) in long.into_iter().enumerate() {
        order.insert((1 + 3 * n).min(order.len()), defect);
    }
    order
}

fn try_defect(defect: Option<&Defect>, cards: &Cards) -> Result<(), String> {
    let name = defect.map_or("conforming", |defect| defect.name.as_str());
    let expected: BTreeSet<&str> = defect.iter().flat_map(|defect| defect.items()).collect();
    let run = VirtualRun::new(name);
    cards.lend(&run);
    let trials = defect.map_or(1, |defect| defect.trials);
    let mut arguments = vec!["--max-trials".to_owned(), trials.to_string()];
    let suite = defect.map_or(Suite::Whole, |defect| defect.suite);
    let few = |what: &str, many: &str| [what.to_owned(), many.to_owned()];
    match suite {
        // A card that is pulled while faces are compared, and a PIN; each costs two searches.
        Suite::Residue => arguments.extend(few("--max-combinations", "2")),
        Suite::Later => arguments.extend(few("--max-combinations", "1")),
        // Ten PINs that nobody types come with each: seven are enough for the null arm.
        Suite::Pins => arguments.extend(few("--max-subjects", &trials.max(7).to_string())),
        _ => {}
    }
    if let Some(defect) = defect {
        arguments.push("--launch-arg=--defect".into());
        arguments.push(format!("--launch-arg={}", defect.name));
    }
    // The conforming reader must hold everywhere.
    let finished = rig::finish(run.command_of(&suite.files(), arguments));
    let verdicts = run
        .verdicts()
        .map_err(|why| format!("{name}: {why}\n{}", finished.output))?;
    let failed: BTreeSet<&str> = verdicts
        .iter()
        .filter(|v| v.verdict == "fail")
        .map(|v| v.criterion.as_str())
        .collect();
    let errors: Vec<&str> = verdicts
        .iter()
        .filter(|v| v.verdict == "error")
        .map(|v| v.criterion.as_str())
        .collect();
    println!("{name:24} fails {failed:?} in {:.0} s", finished.seconds);
    let shows = defect.and_then(|defect| defect.shows.as_deref());
    let is_shown = shows.is_none_or(|figure| run.verdicts_name(figure));
    if failed == expected && errors.is_empty() && is_shown {
        return Ok(());
    }
    let reasons: Vec<String> = verdicts
        .iter()
        .filter(|v| v.verdict == "fail" || v.verdict == "error")
        .map(|v| format!("  {} {}: {}", v.criterion, v.verdict, v.reason))
        .collect();
    Err(format!(
        "{name}: expected {expected:?} to fail, found {failed:?}, errors {errors:?}, {shows:?} there: {is_shown}\n{}",
        reasons.join("\n")
    ))
}

/// Attacks of every species are refused by the conforming reader: nothing fails, and no more is claimed by so few trials.
#[test]
fn the_conforming_reader_refuses_every_attack() {
    let run = VirtualRun::new("attacks");
    let arguments = ["--max-trials".to_owned(), "1".to_owned()];
    let finished = rig::finish(run.command_of(&Suite::Attacks.files(), arguments));
    let verdicts = run
        .verdicts()
        .unwrap_or_else(|why| panic!("{why}\n{}", finished.output));
    let spoofing = verdicts
        .iter()
        .find(|v| v.criterion == "1-1")
        .expect("item 1-1");
    assert_eq!(spoofing.verdict, "inconclusive", "{}", spoofing.reason);
    assert!(spoofing.reason.contains("100 %"), "{}", spoofing.reason);
}

/// Nothing is left by the conforming reader after some of the ends, a crash and a power cut; of its PINs no more is claimed than
/// so few authentications show, and what the controls of their statistics saw stands beside it.
#[test]
fn the_conforming_reader_leaves_nothing() {
    let run = VirtualRun::new("leaves-nothing");
    let files = [
        "3-16-wiping",
        "3-16-unplugged",
        "3-16-breakdown",
        "3-16-pins",
    ]
    .map(|name| format!("scenarios/certification/{name}.yaml"));
    let arguments = ["--max-combinations", "4", "--max-subjects", "4"].map(str::to_owned);
    let finished = rig::finish(run.command_of(&files, arguments));
    let verdicts = run
        .verdicts()
        .unwrap_or_else(|why| panic!("{why}\n{}", finished.output));
    let of = |item: &str| {
        let found = verdicts.iter().find(|v| v.criterion == item);
        found.unwrap_or_else(|| panic!("item {item}\n{}", finished.output))
    };
    assert_eq!(of("3-15").verdict, "pass", "{}", of("3-15").reason);
    let wiped = of("3-16");
    assert_eq!(wiped.verdict, "inconclusive", "{}", wiped.reason);
    assert!(wiped.reason.contains("leak"), "{}", wiped.reason);
    // The reader held the PIN in mid-authentication, and the search saw it; planted leaks were found.
    assert!(
        !wiped.reason.contains("live arm: the PIN was not seen"),
        "{}",
        wiped.reason
    );
}

/// Each of the sixteen ends of `3-16-wiping` comes about on the conforming reader. Without the searches, which cost most of its time and have a
/// test of their own on some of the ends: an end that is not reached is searched by none of them.
#[test]
fn every_end_is_reached() {
    let run = VirtualRun::new("ends");
    let file = rig::root().join("scenarios/certification/3-16-wiping.yaml");
    let text = std::fs::read_to_string(file).unwrap();
    let mut scenario: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    let ends = scenario["matrix"]["end"].as_sequence().unwrap().len();
    assert_eq!(ends, 16);
    let steps = scenario["steps"].as_sequence_mut().unwrap();
    steps.truncate(1);
    assert!(steps[0].get("use").is_some());
    scenario["measurements"] = serde_yaml::Value::Sequence(Vec::new());
    // Nobody comes next.
    scenario["parameters"]
        .as_mapping_mut()
        .unwrap()
        .remove("next");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ends.yaml");
    std::fs::write(&file, serde_yaml::to_string(&scenario).unwrap()).unwrap();
    let arguments = ["--sequences", "scenarios/sequences"].map(str::to_owned);
    let finished = rig::finish(run.command_on(file.to_str().unwrap(), arguments));
    assert_eq!(run.completed("wiping"), ends, "{}", finished.output);
}

/// The conforming reader before a presenter whose own camera has a fault: what is said of 3-16 after one end, and the run.
fn with_a_witness_that(fault: &str) -> (ItemVerdict, VirtualRun) {
    let run = VirtualRun::new(fault);
    let arguments = [
        "--max-combinations",
        "1",
        &format!("--launch-arg=--world-arg=--witness={fault}"),
    ]
    .map(str::to_owned);
    let wiping = "scenarios/certification/3-16-wiping.yaml";
    let finished = rig::finish(run.command_on(wiping, arguments));
    let verdicts = run
        .verdicts()
        .unwrap_or_else(|why| panic!("{why}\n{}", finished.output));
    let found = verdicts.into_iter().find(|v| v.criterion == "3-16");
    let found = found.unwrap_or_else(|| panic!("item 3-16\n{}", finished.output));
    (found, run)
}

/// Nobody knows what a camera captured, and this presenter has no camera beside it to tell, or none in the light of one of the reader's: those
/// frames count as not searched, and nothing found in memory is then no finding that nothing is there.
#[test]
fn a_presenter_without_a_witness_decides_nothing() {
    // p005 stood there.
    for (fault, not_searched) in [
        ("none", "p005/captured_face"),
        ("visible", "p005/infrared/captured_face"),
    ] {
        let (found, run) = with_a_witness_that(fault);
        let journal = run.journal();
        assert_eq!(run.completed("wiping"), 1, "{fault}: {}", found.reason);
        assert_eq!(found.verdict, "inconclusive", "{fault}: {}", found.reason);
        assert!(found.reason.contains("no reading"), "{}", found.reason);
        assert!(
            found.reason.contains("end-face-pulled") || found.reason.contains("wiping#1"),
            "{}",
            found.reason
        );
        assert!(journal.contains(not_searched), "{}", found.reason);
        assert!(
            journal.contains("FacePresenter.Witness"),
            "{}",
            found.reason
        );
    }
}

/// A camera that sees the same whoever stands there would find itself in any memory of that wall, or nothing anywhere: the rig's fault.
#[test]
fn a_witness_of_a_portrait_on_the_wall_is_refused() {
    let (found, run) = with_a_witness_that("portrait");
    assert_eq!(found.verdict, "error", "{}", found.reason);
    assert!(
        run.journal().contains("the scene without anybody"),
        "{}",
        found.reason
    );
}

/// Vectors in memory of the conforming reader tell nobody apart, by a test that finds the planted ones.
#[test]
fn the_conforming_reader_leaves_no_vector_of_a_face() {
    let run = VirtualRun::new("leaves-no-vector");
    let finished = rig::finish(run.command_of(&Suite::Vectors.files(), Vec::<String>::new()));
    let verdicts = run
        .verdicts()
        .unwrap_or_else(|why| panic!("{why}\n{}", finished.output));
    let found = verdicts.iter().find(|v| v.criterion == "3-16");
    let found = found.unwrap_or_else(|| panic!("item 3-16\n{}", finished.output));
    assert_eq!(found.verdict, "pass", "{}", found.reason);
}
