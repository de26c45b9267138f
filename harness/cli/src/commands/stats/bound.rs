//! `stats bound`: what so many errors among so many trials say.

use clap::Args;
use shinsa_stats::{binomial, interval};

use super::{percent, share};
use crate::exit::{PASS, Stop};

/// Bounds of a rate from counts: Clopper–Pearson (decides), Wilson, Jeffreys.
#[derive(Debug, Args)]
pub struct Bound {
    /// Errors.
    errors: u64,
    /// Trials.
    trials: u64,
    /// One-sided confidence.
    #[arg(long, default_value = "95 %", value_parser = share)]
    confidence: f64,
}

/// Runs `stats bound`.
pub fn bound(arguments: &Bound) -> Result<u8, Stop> {
    let Bound {
        errors,
        trials,
        confidence,
    } = *arguments;
    let wrong = |error: shinsa_stats::Unusable| Stop::usage(format!("error: {error}"));
    let rows = [
        (
            "Clopper–Pearson (exact)",
            binomial::lower(errors, trials, confidence),
            binomial::upper(errors, trials, confidence),
        ),
        (
            "Wilson",
            interval::wilson_lower(errors, trials, confidence),
            interval::wilson_upper(errors, trials, confidence),
        ),
        (
            "Jeffreys",
            interval::jeffreys_lower(errors, trials, confidence),
            interval::jeffreys_upper(errors, trials, confidence),
        ),
    ];
    println!(
        "{errors}/{trials}: {}; each bound one-sided {}",
        percent(errors as f64 / trials.max(1) as f64),
        percent(confidence)
    );
    for (name, low, high) in rows {
        println!(
            "{name:<24} {:>12} … {}",
            percent(low.map_err(wrong)?),
            percent(high.map_err(wrong)?)
        );
    }
    if let Ok((low, high)) = interval::relative_uncertainty(errors) {
        println!(
            "Relative uncertainty of the rate at 90 % (rule of 30): {:+.0} % … {:+.0} %",
            low * 100.0,
            high * 100.0
        );
    }
    Ok(PASS)
}
