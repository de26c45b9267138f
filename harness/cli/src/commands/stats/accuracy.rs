//! `stats accuracy`: error rates of a score file with their bounds, decided against a limit.

use std::path::PathBuf;

use clap::Args;
use shinsa_stats::scores::{Direction, compact};
use shinsa_stats::sequential::Standing;
use shinsa_stats::study::{Decision, Groups, Settings, Study, decide, study};

use super::{percent, scores, share, threads};
use crate::exit::{FAIL, INCONCLUSIVE, PASS, Stop};

/// Error rates of a score file (CSV, Parquet, compact): thresholds, FNMR at FMR, EER, DET, bounds, retries, groups.
///
/// CSV columns: reference, probe, score; where there are such: attempt, kind, device, condition. With `--limit` the exit
/// code is the decision: 0 within, 1 beyond, 3 open.
#[derive(Debug, Args)]
pub struct Accuracy {
    /// Score file.
    file: PathBuf,
    /// Lower scores are more alike.
    #[arg(long)]
    distance: bool,
    /// CSV of subjects: `subject` and further columns, each a way to tell groups apart.
    #[arg(long)]
    subjects: Option<PathBuf>,
    /// False match rate at which FNMR decides.
    #[arg(long, default_value = "0.01 %", value_parser = share)]
    fmr: f64,
    /// Largest tolerated FNMR (the requirement: 0.6 %).
    #[arg(long, value_parser = share)]
    limit: Option<f64>,
    /// One-sided confidence of all bounds.
    #[arg(long, default_value = "95 %", value_parser = share)]
    confidence: f64,
    /// Bootstrap replicates.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
    replicates: u32,
    /// Seed of the bootstrap.
    #[arg(long, default_value_t = Settings::default().seed)]
    seed: u64,
    /// Rates and curve only, in two passes and within 1 GiB: for Parquet files of 10⁹ scores. No bounds, for they need
    /// whose scores they are; so no decision.
    #[arg(long, conflicts_with_all = ["limit", "subjects", "html", "compact"])]
    summary: bool,
    /// Everything as JSON.
    #[arg(long)]
    json: bool,
    /// Writes a page with DET curve and tables.
    #[arg(long)]
    html: Option<PathBuf>,
    /// Writes the scores in the compact form.
    #[arg(long)]
    compact: Option<PathBuf>,
}

/// Runs `stats accuracy`.
pub fn accuracy(arguments: &Accuracy) -> Result<u8, Stop> {
    let direction = if arguments.distance {
        Direction::Distance
    } else {
        Direction::Similarity
    };
    if arguments.summary {
        return summary(arguments, direction);
    }
    let scores = scores::read(&arguments.file, direction)?;
    let groups = match &arguments.subjects {
        Some(path) => scores::groups(path, &scores)?,
        None => Groups::default(),
    };
    let settings = Settings {
        deciding_fmr: arguments.fmr,
        confidence: arguments.confidence,
        replicates: arguments.replicates,
        seed: arguments.seed,
        ..Settings::default()
    };
    let study = study(&scores, &groups, &settings, threads())
        .map_err(|error| Stop::usage(format!("error: {error}")))?;
    let decision = arguments
        .limit
        .map(|limit| decide(&study, limit).map(|decision| (decision, limit)));
    let decision = decision
        .transpose()
        .map_err(|error| Stop::usage(format!("error: {error}")))?;
    if let Some(path) = &arguments.compact {
        write(path, &compact::write(&scores))?;
    }
    if let Some(path) = &arguments.html {
        let source = arguments
            .file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let judged = decision
            .as_ref()
            .map(|(decision, limit)| (decision, *limit));
        let page = shinsa_report::accuracy::page("照合精度の評価", &source, &study, judged);
        write(path, page.as_bytes())?;
    }
    if arguments.json {
        let value = serde_json::json!({ "study": study, "decision": decision.as_ref().map(|(decision, _)| decision) });
        println!(
            "{}",
            serde_json::to_string_pretty(&value).unwrap_or_default()
        );
    } else {
        print(&study, decision.as_ref());
    }
    Ok(match decision.map(|(decision, _)| decision.standing) {
        None | Some(Standing::Within) => PASS,
        Some(Standing::Beyond) => FAIL,
        Some(Standing::Open | Standing::Truncated) => INCONCLUSIVE,
    })
}

/// `--summary`: what a file too large to hold says.
fn summary(arguments: &Accuracy, direction: Direction) -> Result<u8, Stop> {
    let mut fmrs = Settings::default().shown_fmrs;
    if !fmrs.contains(&arguments.fmr) {
        fmrs.push(arguments.fmr);
        fmrs.sort_by(|a, b| b.total_cmp(a));
    }
    let found = scores::summary(&arguments.file, direction, &fmrs)?;
    if arguments.json {
        println!(
            "{}",
            serde_json::to_string_pretty(&found).unwrap_or_default()
        );
        return Ok(PASS);
    }
    println!(
        "{} genuine and {} impostor comparisons; EER {}; repeated comparisons were not looked for",
        found.genuine,
        found.impostors,
        percent(found.equal_error_rate)
    );
    println!(
        "\n{:>11} {:>13} {:>20} {:>11}",
        "FMR at most", "threshold", "not matched", "FNMR"
    );
    for one in &found.rates {
        let target = percent(one.target_fmr);
        match (&one.rates, one.needed) {
            (Some(rates), _) => println!(
                "{target:>11} {:>13.6} {:>20} {:>11}",
                rates.threshold,
                format!("{}/{}", rates.false_non_matches, rates.genuine),
                percent(rates.fnmr())
            ),
            (None, needed) => println!(
                "{target:>11} not resolvable: needs {} impostor comparisons",
                needed.map_or_else(|| "more".to_owned(), |n| n.to_string())
            ),
        }
    }
    Ok(PASS)
}

fn write(path: &std::path::Path, bytes: &[u8]) -> Result<(), Stop> {
    std::fs::write(path, bytes)
        .map_err(|error| Stop::usage(format!("error: cannot write {}: {error}", path.display())))
}

fn print(study: &Study, decision: Option<&(Decision, f64)>) {
    println!(
        "{} subjects, {} genuine and {} impostor comparisons, {} failures to acquire, {} to enrol; EER {}",
        study.subjects,
        study.genuine,
        study.impostors,
        study.failures_to_acquire,
        study.failures_to_enrol,
        percent(study.equal_error_rate)
    );
    println!(
        "\n{:>11} {:>13} {:>15} {:>11} {:>12} {:>12} {:>12}   one-sided {}",
        "FMR at most",
        "threshold",
        "not matched",
        "FNMR",
        "lower",
        "upper",
        "FMR upper",
        percent(study.settings.confidence)
    );
    for one in &study.operating {
        let target = percent(one.target_fmr);
        match (one.rates, one.fnmr, one.fmr) {
            (Some(rates), Some(missed), Some(matched)) => println!(
                "{target:>11} {:>13.6} {:>15} {:>11} {:>12} {:>12} {:>12}",
                rates.threshold,
                format!("{}/{}", rates.false_non_matches, rates.genuine),
                percent(rates.fnmr()),
                percent(missed.lower),
                percent(missed.upper.deciding()),
                percent(matched.upper.deciding())
            ),
            _ => println!(
                "{target:>11} not resolvable: needs {} impostor comparisons",
                one.needed
                    .map_or_else(|| "more".to_owned(), |n| n.to_string())
            ),
        }
    }
    for one in &study.policies {
        let general = one.generalised(study.failures_to_enrol, study.subjects);
        let share = |k: u64, n: u64| percent(k as f64 / n.max(1) as f64);
        println!(
            "{} attempt(s): {} of {} genuine transactions rejected (GFRR {}), {} of {} impostor transactions accepted (GFAR {})",
            one.attempts,
            one.false_rejects,
            one.genuine,
            share(general.false_rejects, general.genuine),
            one.false_accepts,
            one.impostor,
            share(general.false_accepts, general.impostor)
        );
    }
    for one in &study.strata {
        println!(
            "{}: {}/{} not matched ({} … {})",
            one.name,
            one.errors,
            one.trials,
            percent(one.interval.0),
            percent(one.interval.1)
        );
    }
    if let Some((decision, limit)) = decision {
        println!(
            "\n{}",
            shinsa_model::accuracy::sentence(study, decision, *limit).en
        );
    }
}
