//! `stats`: the statistics of certification by hand: score files, planning, bounds. Touches no device and no run.

mod accuracy;
mod bound;
mod parquet;
mod plan;
mod scores;
mod sequential;

use clap::Subcommand;

use crate::exit::Stop;

/// The statistics of certification: score files, sample sizes, bounds.
#[derive(Debug, Subcommand)]
pub enum Stats {
    /// Error rates of a score file: thresholds, FNMR at FMR, EER, DET, bounds, retries, groups.
    Accuracy(accuracy::Accuracy),
    /// Sample size for showing that an error rate is within a limit.
    Plan(plan::Plan),
    /// Bounds of a rate from counts.
    Bound(bound::Bound),
    /// A test that may end early.
    Sequential(sequential::Sequential),
}

/// Runs `stats`.
pub fn stats(command: &Stats) -> Result<u8, Stop> {
    match command {
        Stats::Accuracy(arguments) => accuracy::accuracy(arguments),
        Stats::Plan(arguments) => plan::plan(arguments),
        Stats::Bound(arguments) => bound::bound(arguments),
        Stats::Sequential(arguments) => sequential::sequential(arguments),
    }
}

/// A share as written on the command line: `0.6 %`, `0.6%`, `0.006`, `1e-4`.
fn share(text: &str) -> Result<f64, String> {
    let (number, factor) = match text.trim().strip_suffix('%') {
        Some(number) => (number.trim(), 100.0),
        None => (text.trim(), 1.0),
    };
    let value: f64 = number
        .parse()
        .map_err(|_| format!("{text:?} is not a share: write 0.6% or 0.006"))?;
    let value = value / factor;
    if value > 0.0 && value < 1.0 {
        Ok(value)
    } else {
        Err(format!("{text:?} does not lie between 0 and 1 (100 %)"))
    }
}

/// Threads to use.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A share for people: per cent, four significant digits.
fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value == 0.0 {
        return "0 %".into();
    }
    let digits = (3 - value.abs().log10().floor() as i32).clamp(0, 9) as usize;
    format!("{value:.digits$} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_with_and_without_per_cent() {
        assert!((share("0.6 %").unwrap() - 0.006).abs() < 1e-15);
        assert!((share("0.6%").unwrap() - 0.006).abs() < 1e-15);
        assert!((share("1e-4").unwrap() - 1e-4).abs() < 1e-18);
        for wrong in ["", "x", "0", "100 %", "-1", "nan", "inf"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }
}
