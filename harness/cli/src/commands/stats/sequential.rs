//! `stats sequential`: outcomes in the order of their trials, by a rule that was registered before the first of them.

use std::path::PathBuf;

use clap::Args;
use shinsa_stats::scores::Problem;
use shinsa_stats::sequential::{EProcess, Sprt, Standing};

use super::{code, percent, scores, share};
use crate::exit::Stop;

/// May the test end? Wald's SPRT with `--good`, else an e-process, which never says that the limit is exceeded.
///
/// The file has one trial a line in their order: 1 an error, 0 none. Exit code: 0 within the limit, 1 beyond, 3 go on.
#[derive(Debug, Args)]
pub struct Sequential {
    /// Outcomes.
    file: PathBuf,
    /// Largest tolerated error rate.
    #[arg(long, value_parser = share)]
    limit: f64,
    /// Rate of a device that must pass: turns to Wald's test.
    #[arg(long, value_parser = share)]
    good: Option<f64>,
    /// Chance that a device at the limit passes.
    #[arg(long, default_value = "5 %", value_parser = share)]
    pass_risk: f64,
    /// With `--good`: chance that a good device fails.
    #[arg(long, default_value = "5 %", value_parser = share)]
    fail_risk: f64,
    /// Trials after which it ends undecided.
    #[arg(long)]
    most: u64,
}

/// Runs `stats sequential`.
pub fn sequential(arguments: &Sequential) -> Result<u8, Stop> {
    let outcomes = outcomes(&arguments.file)?;
    let wrong = |error: shinsa_stats::Unusable| Stop::usage(format!("error: {error}"));
    let (limit, risk) = (arguments.limit, arguments.pass_risk);
    let mut take: Box<dyn FnMut(bool) -> Standing> = if let Some(good) = arguments.good {
        let mut test =
            Sprt::new(good, limit, risk, arguments.fail_risk, arguments.most).map_err(wrong)?;
        Box::new(move |error| test.take(error))
    } else {
        let mut test = EProcess::new(limit, risk, arguments.most).map_err(wrong)?;
        Box::new(move |error| test.take(error))
    };
    let (mut standing, mut trials) = (Standing::Open, 0);
    for error in &outcomes {
        standing = take(*error);
        trials += 1;
        if standing != Standing::Open {
            break;
        }
    }
    let errors = outcomes[..trials].iter().filter(|error| **error).count();
    let words = match standing {
        Standing::Within => "within the limit: the test ends",
        Standing::Beyond => "beyond the limit: the test ends",
        Standing::Truncated => "undecided at the planned end",
        Standing::Open => "open: go on",
    };
    println!(
        "{errors} errors in {trials} trials against {}: {words}",
        percent(limit)
    );
    let unused = outcomes.len() - trials;
    if unused > 0 {
        println!("{unused} further outcomes came after the end and count for nothing");
    }
    Ok(code(standing))
}

fn outcomes(path: &std::path::Path) -> Result<Vec<bool>, Stop> {
    let text = std::fs::read_to_string(path).map_err(|error| scores::unreadable(path, &error))?;
    let outcome = |(number, line): (usize, &str)| match line.trim() {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => Err(Stop::usage(scores::shown(
            path,
            &[Problem {
                line: number as u64 + 1,
                column: 1,
                text: line.chars().take(80).collect(),
                message: "not an outcome".into(),
                todo: "one trial a line: 1 for an error, 0 for none",
            }],
        ))),
    };
    text.lines().enumerate().map(outcome).collect()
}
