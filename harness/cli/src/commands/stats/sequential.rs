//! `stats sequential`: outcomes in the order of their trials, by a rule that was registered before the first of them.

use std::path::PathBuf;

use clap::Args;
use shinsa_stats::scores::Problem;
use shinsa_stats::sequential::{EProcess, Sprt, Standing};

use super::{percent, scores, share};
use crate::exit::{FAIL, INCONCLUSIVE, PASS, Stop};

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
    let mut counts = (0_u64, 0_u64);
    let mut standing = Standing::Open;
    let (mut wald, mut process) = match arguments.good {
        Some(good) => {
            let test = Sprt::new(good, limit, risk, arguments.fail_risk, arguments.most);
            (Some(test.map_err(wrong)?), None)
        }
        None => (
            None,
            Some(EProcess::new(limit, risk, arguments.most).map_err(wrong)?),
        ),
    };
    for error in &outcomes {
        standing = match (&mut wald, &mut process) {
            (Some(test), _) => test.take(*error),
            (_, Some(test)) => test.take(*error),
            _ => standing,
        };
        counts.0 += 1;
        counts.1 += u64::from(*error);
        if standing != Standing::Open {
            break;
        }
    }
    let (trials, errors) = counts;
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
    let unused = outcomes.len() as u64 - trials;
    if unused > 0 {
        println!("{unused} further outcomes came after the end and count for nothing");
    }
    Ok(match standing {
        Standing::Within => PASS,
        Standing::Beyond => FAIL,
        Standing::Open | Standing::Truncated => INCONCLUSIVE,
    })
}

fn outcomes(path: &std::path::Path) -> Result<Vec<bool>, Stop> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Stop::usage(format!("error: cannot read {}: {error}", path.display())))?;
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
