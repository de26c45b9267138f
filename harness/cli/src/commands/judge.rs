//! `judge`, `report` and `verify`: everything that is derived from a stored run.

use std::path::PathBuf;

use clap::Args;
use shinsa_model::judge::exit_code;
use shinsa_model::verdict::{Judgement, Verdict};

use crate::evidence::{Evidence, to_json};
use crate::exit::{PASS, Stop};

/// Derives the verdicts of a stored run again, and its reports.
#[derive(Debug, Args)]
pub struct Judge {
    /// Run folder.
    run: PathBuf,
    /// Verdicts as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs `judge`: stored verdicts of the same journal that differ are broken evidence.
pub fn judge(arguments: &Judge) -> Result<u8, Stop> {
    let evidence = Evidence::open(&arguments.run)?;
    let judgement = evidence.judge()?;
    let stored = std::fs::read(evidence.folder.verdicts()).ok();
    let of_same_journal = stored
        .as_deref()
        .and_then(|bytes| serde_json::from_slice::<Judgement>(bytes).ok())
        .is_some_and(|old| old.journal_head == judgement.journal_head);
    if of_same_journal && stored != Some(to_json(&judgement)) {
        return Err(Stop::evidence(format!(
            "{} does not follow from the journal: it was changed, or written by another version of shinsa; move it away and judge again",
            evidence.folder.verdicts().display()
        )));
    }
    evidence.conclude()?;
    if arguments.json {
        print!("{}", String::from_utf8_lossy(&to_json(&judgement)));
    } else {
        summary(&judgement);
    }
    Ok(exit_code(judgement.overall))
}

/// Writes the reports of a stored run again.
#[derive(Debug, Args)]
pub struct Report {
    /// Run folder.
    run: PathBuf,
}

/// Runs `report`.
pub fn report(arguments: &Report) -> Result<u8, Stop> {
    let evidence = Evidence::open(&arguments.run)?;
    evidence.conclude()?;
    println!("{}", evidence.folder.path().join("index.html").display());
    Ok(PASS)
}

/// Checks a stored run: chain, plan, artefacts.
#[derive(Debug, Args)]
pub struct Verify {
    /// Run folder.
    run: PathBuf,
}

/// Runs `verify`.
pub fn verify(arguments: &Verify) -> Result<u8, Stop> {
    let evidence = Evidence::open(&arguments.run)?;
    let artefacts = evidence.check_artefacts()?;
    let torn = evidence.journal.torn_bytes;
    let torn = if torn > 0 {
        format!("; {torn} bytes of a torn last line, `shinsa resume` cuts them off")
    } else {
        String::new()
    };
    println!(
        "{} journal lines and {artefacts} artefacts hold together; head {}{torn}",
        evidence.journal.records.len(),
        evidence.journal.head
    );
    Ok(PASS)
}

/// Verdicts by count, and each item that is not well with its reason.
pub fn summary(judgement: &Judgement) {
    let kinds = [
        Verdict::Pass,
        Verdict::Fail,
        Verdict::Error,
        Verdict::Inconclusive,
        Verdict::Reviewed,
        Verdict::Submitted,
        Verdict::NotTested,
        Verdict::NotApplicable,
    ];
    let word = |verdict: Verdict| {
        serde_json::to_value(verdict)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    };
    for item in judgement.criteria.iter().filter(|item| {
        matches!(
            item.verdict,
            Verdict::Fail | Verdict::Error | Verdict::Inconclusive
        )
    }) {
        println!(
            "{:5} {:12} {}",
            item.criterion,
            word(item.verdict),
            item.reason.en
        );
    }
    let counts: Vec<String> = kinds
        .iter()
        .map(|kind| {
            (
                judgement
                    .criteria
                    .iter()
                    .filter(|item| item.verdict == *kind)
                    .count(),
                kind,
            )
        })
        .filter(|(count, _)| *count > 0)
        .map(|(count, kind)| format!("{count} {}", word(*kind)))
        .collect();
    println!(
        "{}: {}{}",
        word(judgement.overall),
        counts.join(", "),
        if judgement.simulated {
            " (SIMULATED rig)"
        } else {
            ""
        }
    );
}
