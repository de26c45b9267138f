//! Score files from disk: which form they have, and problems as a person can act on them.

use std::io::Read;
use std::path::Path;

use shinsa_stats::scores::{Direction, Problem, Scores, both_classes, compact, csv};
use shinsa_stats::study::Groups;

use super::parquet::{self, Summary};
use super::threads;
use crate::exit::Stop;

/// Reads a score file, by its content: compact, Parquet or CSV.
pub fn read(path: &Path, direction: Direction) -> Result<Scores, Stop> {
    let told = |problems: Vec<Problem>| Stop::usage(shown(path, &problems));
    if is_parquet(path)? {
        let scores = parquet::read(path, direction).map_err(|problem| told(vec![problem]))?;
        both_classes(&scores).map_err(|problem| told(vec![problem]))?;
        return Ok(scores);
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    let scores = if compact::recognised(&bytes) {
        if direction == Direction::Distance {
            return Err(Stop::usage(
                "error: compact files hold similarities; leave `--distance` out",
            ));
        }
        compact::read(&bytes).map_err(|problem| told(vec![problem]))?
    } else {
        csv::read(&bytes, direction, threads()).map_err(told)?
    };
    both_classes(&scores).map_err(|problem| told(vec![problem]))?;
    Ok(scores)
}

/// Whether a file begins as Parquet does.
fn is_parquet(path: &Path) -> Result<bool, Stop> {
    let mut start = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(4).read_to_end(&mut start))
        .map_err(|error| unreadable(path, &error))?;
    Ok(parquet::recognised(&start))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Stop {
    Stop::usage(format!("error: cannot read {}: {error}", path.display()))
}

/// Rates and curve of a Parquet file without holding it: see [`parquet::summary`].
pub fn summary(path: &Path, direction: Direction, fmrs: &[f64]) -> Result<Summary, Stop> {
    if !is_parquet(path)? {
        return Err(Stop::usage(
            "error: `--summary` is for Parquet files; other forms are read whole",
        ));
    }
    parquet::summary(path, direction, fmrs).map_err(|problem| Stop::usage(shown(path, &[problem])))
}

/// Problems with place, line, caret and what to do.
pub fn shown(path: &Path, problems: &[Problem]) -> String {
    let path = path.display();
    let one = |problem: &Problem| {
        if problem.line == 0 {
            return format!(
                "error: {}\n --> {path}\n  = help: {}",
                problem.message, problem.todo
            );
        }
        let number = problem.line.to_string();
        let gap = " ".repeat(number.len());
        let before = problem
            .text
            .get(..problem.column.saturating_sub(1))
            .map_or(0, |t| t.chars().count());
        format!(
            "error: {}\n{gap}--> {path}:{number}:{}\n{gap} |\n{number} | {}\n{gap} | {}^\n{gap} = help: {}",
            problem.message,
            problem.column,
            problem.text,
            " ".repeat(before),
            problem.todo
        )
    };
    problems.iter().map(one).collect::<Vec<_>>().join("\n\n")
}

/// Groups of subjects from a CSV file: `subject` and further columns, each a way to tell groups apart.
pub fn groups(path: &Path, scores: &Scores) -> Result<Groups, Stop> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    Groups::from_csv(&text, &scores.subjects)
        .map_err(|problem| Stop::usage(shown(path, &[problem])))
}
