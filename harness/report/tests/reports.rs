//! The two reports of sample evidence: complete, harmless, valid by an independent validator, small enough.

mod sample;

use std::path::{Path, PathBuf};
use std::process::Command;

use sample::{SCREEN, SCREEN_SHA256, Sample, sample};

const EVIL: &str =
    "<script>alert(1)</script>\"'> ]]> \0 \u{1b}[31m \u{202e}gnp [[ATTACHMENT|/etc/passwd]]";

fn write(sample: &Sample, screen: &[u8]) -> (tempfile::TempDir, String, String) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let artefacts = folder.path().join("artefacts").join(&SCREEN_SHA256[..2]);
    std::fs::create_dir_all(&artefacts).expect("folder");
    std::fs::write(artefacts.join(SCREEN_SHA256), screen).expect("picture");
    shinsa_report::write(
        folder.path(),
        &sample.plan,
        &sample.records,
        &sample.judgement,
    )
    .expect("reports");
    let read = |name| std::fs::read_to_string(folder.path().join(name)).expect("report");
    let (html, junit) = (read("index.html"), read("junit.xml"));
    (folder, html, junit)
}

fn xmllint(file: &Path, arguments: &[&str]) {
    let output = Command::new("xmllint")
        .arg("--noout")
        .args(arguments)
        .arg(file)
        .output()
        .expect("xmllint (package libxml2-utils)");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

#[test]
fn every_criterion_and_attempt_is_there() {
    let sample = sample(3, "");
    let (_folder, html, junit) = write(&sample, SCREEN);
    for criterion in &sample.plan.criteria {
        assert!(
            html.contains(&format!("id=\"item-{}\"", criterion.id)),
            "{}",
            criterion.id
        );
        assert!(
            junit.contains(&format!("name=\"criterion.{}\"", criterion.id)),
            "{}",
            criterion.id
        );
    }
    for part in [
        "SIMULATED",
        "--max-trials 3",
        "process ended without a trial end",
        "終わり",
        "12.3457 ± 0.25 ms",
        "data:image/png;base64,",
        "あと 59 回の試行",
    ] {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn a_criterion_without_verdict_is_not_tested() {
    let mut sample = sample(1, "");
    sample.judgement.criteria.clear();
    let (_folder, html, junit) = write(&sample, SCREEN);
    assert_eq!(
        html.matches("class=\"item is-not-tested\"").count(),
        sample.plan.criteria.len()
    );
    assert!(junit.contains("message=\"not tested: the judgement holds nothing of this item\""));
}

#[test]
fn junit_is_valid_also_with_hostile_texts() {
    for evil in ["", EVIL] {
        let (folder, ..) = write(&sample(3, evil), SCREEN);
        let schema = repository("reports/templates/junit.xsd");
        xmllint(
            &folder.path().join("junit.xml"),
            &["--schema", schema.to_str().expect("path")],
        );
    }
}

#[test]
fn no_text_from_files_acts() {
    let (_folder, html, junit) = write(&sample(3, EVIL), SCREEN);
    for report in [&html, &junit] {
        assert!(!report.contains("<script>alert"));
        assert!(!report.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
        assert!(!report.contains('\u{202e}'));
    }
    let output = |text: &str| {
        text.split("<system-out>")
            .skip(1)
            .filter_map(|t| t.split("</system-out>").next())
            .collect::<String>()
    };
    assert!(!output(&junit).contains("[[ATTACHMENT|/etc"));
    assert!(output(&junit).contains(&format!(
        "[[ATTACHMENT|artefacts/{}/{SCREEN_SHA256}]]",
        &SCREEN_SHA256[..2]
    )));
}

#[test]
fn a_changed_picture_is_not_shown() {
    let (_folder, html, _) = write(&sample(1, ""), b"changed");
    assert!(!html.contains("data:image/png"));
    assert!(html.contains("表示できない"));
}

#[test]
fn ten_thousand_trials_stay_small_and_say_what_is_left_out() {
    let (_folder, html, junit) = write(&sample(10_000, ""), SCREEN);
    assert!(html.len() < 2_000_000, "{} bytes", html.len());
    assert!(junit.len() < 1_000_000, "{} bytes", junit.len());
    assert!(html.contains("他 9961 件の試みは表から省いた"));
}

#[test]
fn a_judgement_of_another_run_is_refused() {
    let mut sample = sample(1, "");
    sample.judgement.run = "other".into();
    let folder = tempfile::tempdir().expect("temporary folder");
    let refused = shinsa_report::write(
        folder.path(),
        &sample.plan,
        &sample.records,
        &sample.judgement,
    );
    assert!(matches!(
        refused,
        Err(shinsa_report::ReportError::OtherRun { .. })
    ));
}

/// `UPDATE_GOLDEN=1` writes the golden sample anew after a wanted change.
#[test]
fn the_golden_sample_is_what_the_templates_make() {
    let (_folder, html, junit) = write(&sample(12, ""), SCREEN);
    for (name, made) in [("index.html", html), ("junit.xml", junit)] {
        let golden = repository("reports/golden").join(name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&golden, &made).expect("golden sample");
        }
        let stored =
            std::fs::read_to_string(&golden).expect("golden sample: make it with UPDATE_GOLDEN=1");
        assert!(
            stored == made,
            "{name} differs from reports/golden: look at it, then UPDATE_GOLDEN=1"
        );
    }
}
