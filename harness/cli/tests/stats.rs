//! `shinsa stats` as a statistician uses it: decisions as exit codes, bad files refused with their lines, pages written.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

fn shinsa(arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_shinsa"))
        .args(arguments)
        .output();
    output.expect("shinsa runs")
}

fn told(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A complete matrix with three genuine attempts a subject; the first `bad` subjects never match.
fn matrix(folder: &Path, subjects: u32, bad: u32) -> String {
    let mut text = "reference,probe,attempt,score\n".to_owned();
    for reference in 0..subjects {
        for probe in 0..subjects {
            for attempt in 1..=if reference == probe { 3 } else { 1 } {
                let spread = f64::from((reference * 31 + probe * 17 + attempt * 7) % 997) / 997.0;
                let known = reference == probe && reference >= bad;
                writeln!(
                    text,
                    "s{reference},s{probe},{attempt},{}",
                    spread + f64::from(u8::from(known)) * 2.0
                )
                .unwrap();
            }
        }
    }
    let path = folder.join("scores.csv");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn the_exit_code_is_the_decision() {
    let folder = tempfile::tempdir().unwrap();
    for (subjects, bad, code, words) in [
        (220, 0, 0, "Within the limit"),
        (220, 40, 1, "Beyond the limit"),
        (110, 0, 3, "would settle it"),
        (20, 0, 3, "needs at least 10,000 impostor comparisons"),
    ] {
        let scores = matrix(folder.path(), subjects, bad);
        let output = shinsa(&[
            "stats",
            "accuracy",
            &scores,
            "--limit",
            "0.6 %",
            "--replicates",
            "100",
        ]);
        assert_eq!(output.status.code(), Some(code), "{}", told(&output));
        assert!(told(&output).contains(words), "{}", told(&output));
    }
}

/// The compact form and the page say the same as the CSV file; so does JSON, twice.
#[test]
fn forms_agree_and_pages_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let scores = matrix(folder.path(), 110, 1);
    let (compact, page) = (at("scores.shs"), at("page.html"));
    let first = shinsa(&[
        "stats",
        "accuracy",
        &scores,
        "--json",
        "--replicates",
        "50",
        "--compact",
        &compact,
        "--html",
        &page,
    ]);
    assert_eq!(first.status.code(), Some(0), "{}", told(&first));
    let second = shinsa(&[
        "stats",
        "accuracy",
        &compact,
        "--json",
        "--replicates",
        "50",
    ]);
    assert_eq!(first.stdout, second.stdout);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("DET 曲線") && !page.contains("http"));
    std::fs::write(&compact, &std::fs::read(&compact).unwrap()[..2_000]).unwrap();
    let cut = shinsa(&["stats", "accuracy", &compact]);
    assert_eq!(cut.status.code(), Some(2));
    assert!(told(&cut).contains("cut off"), "{}", told(&cut));
}

#[test]
fn groups_come_from_a_subject_file() {
    let folder = tempfile::tempdir().unwrap();
    let scores = matrix(folder.path(), 110, 2);
    let subjects = folder.path().join("subjects.csv");
    let mut text = "subject,glasses\n".to_owned();
    for n in 0..110 {
        writeln!(text, "s{n},{}", if n < 2 { "yes" } else { "no" }).unwrap();
    }
    std::fs::write(&subjects, text).unwrap();
    let subjects = subjects.display().to_string();
    let output = shinsa(&[
        "stats",
        "accuracy",
        &scores,
        "--subjects",
        &subjects,
        "--replicates",
        "20",
    ]);
    assert!(
        told(&output).contains("glasses=yes: 6/6 not matched"),
        "{}",
        told(&output)
    );
    std::fs::write(&subjects, "subject,glasses\ns1\n").unwrap();
    let output = shinsa(&["stats", "accuracy", &scores, "--subjects", &subjects]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        told(&output).contains("subjects.csv:2:1"),
        "{}",
        told(&output)
    );
}

#[test]
fn bad_files_are_refused_with_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.csv");
    for (text, words) in [
        ("reference,probe,score\na,a,NaN\na,b,0.5\n", "bad.csv:2:5"),
        (
            "reference,probe,score\na,a,1\na,b,0.5\na,b,0.6\n",
            "bad.csv:4:1",
        ),
        ("reference,probe,score\na,a,1\n", "no impostor comparison"),
        ("reference,probe,score\na,b,1\n", "no genuine comparison"),
        ("reference,probe,sccore\na,b,1\n", "unknown column `sccore`"),
        ("", "not the header"),
    ] {
        std::fs::write(&path, text).unwrap();
        let output = shinsa(&[
            "stats",
            "accuracy",
            &path.display().to_string(),
            "--limit",
            "0.6%",
        ]);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(told(&output).contains(words), "{text}: {}", told(&output));
        assert!(told(&output).contains("help:"), "{text}");
    }
    let absent = shinsa(&["stats", "accuracy", "/nowhere/scores.csv"]);
    assert_eq!(absent.status.code(), Some(2));
}

#[test]
fn plans_and_bounds_are_the_tabled_ones() {
    let plan = shinsa(&["stats", "plan", "--limit", "0.6%", "--assumed", "0.3%"]);
    assert!(
        told(&plan).contains("5232 independent trials with at most 22 errors"),
        "{}",
        told(&plan)
    );
    let wrong = shinsa(&["stats", "plan", "--limit", "0.6%", "--assumed", "0.7%"]);
    assert_eq!(wrong.status.code(), Some(2));
    let bound = shinsa(&["stats", "bound", "6", "1000"]);
    assert!(told(&bound).contains("1.181 %"), "{}", told(&bound));
    assert_eq!(shinsa(&["stats", "bound", "6", "5"]).status.code(), Some(2));
}

/// Wald 1947: with 0.2 % against 0.6 % and risks of 5 %, ln 20 / 0.004016 = 746 trials without an error end the test; the e-process
/// needs more. Three errors at once end it the other way.
#[test]
fn sequential_tests_end_early_either_way() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outcomes.txt");
    let path = file.display().to_string();
    let asked = |text: &str, further: &[&str]| {
        std::fs::write(&file, text).unwrap();
        let common = [
            "stats",
            "sequential",
            &path,
            "--limit",
            "0.6%",
            "--most",
            "5000",
        ];
        let output = shinsa(&[&common[..], further].concat());
        (output.status.code(), told(&output))
    };
    let good = "0\n".repeat(2_000);
    let (code, words) = asked(&good, &["--good", "0.2%"]);
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("0 errors in 746 trials"), "{words}");
    assert!(words.contains("1254 further outcomes"), "{words}");
    let (code, words) = asked(&good, &[]);
    assert_eq!(code, Some(0), "{words}");
    assert_eq!(asked(&"0\n".repeat(500), &[]).0, Some(3));
    assert_eq!(asked("1\n1\n1\n", &["--good", "0.2%"]).0, Some(1));
    let (code, words) = asked("0\nno\n", &[]);
    assert_eq!(code, Some(2));
    assert!(words.contains("outcomes.txt:2:1"), "{words}");
}
