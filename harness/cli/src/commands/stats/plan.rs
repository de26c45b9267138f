//! `stats plan`: how many trials and subjects a limit takes, and what the plan does to good and bad devices.

use clap::Args;
use shinsa_stats::{interval, power};

use super::{percent, share};
use crate::exit::{PASS, Stop};

/// Sample size for showing that an error rate is within a limit.
#[derive(Debug, Args)]
pub struct Plan {
    /// Largest tolerated rate.
    #[arg(long, value_parser = share)]
    limit: f64,
    /// True rate that the device is assumed to have.
    #[arg(long, value_parser = share)]
    assumed: f64,
    /// One-sided confidence.
    #[arg(long, default_value = "95 %", value_parser = share)]
    confidence: f64,
    /// Chance to pass that such a device should have.
    #[arg(long, default_value = "95 %", value_parser = share)]
    power: f64,
    /// Trials of each subject.
    #[arg(long, default_value_t = 1)]
    per_subject: u64,
    /// Intra-class correlation of a subject's trials, 0 … 1 (assumed; 0.1 is common for faces).
    #[arg(long, default_value_t = 0.0)]
    icc: f64,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Runs `stats plan`.
pub fn plan(arguments: &Plan) -> Result<u8, Stop> {
    let Plan {
        limit,
        assumed,
        confidence,
        ..
    } = *arguments;
    let wrong = |error: shinsa_stats::Unusable| Stop::usage(format!("error: {error}"));
    if assumed >= limit {
        return Err(Stop::usage(format!(
            "error: an assumed rate of {} is not below the limit {}: no sample can show it; assume a smaller rate",
            percent(assumed),
            percent(limit)
        )));
    }
    if !(0.0..=1.0).contains(&arguments.icc) {
        return Err(Stop::usage("error: --icc lies between 0 and 1"));
    }
    let planned = power::planned(limit, confidence, assumed, arguments.power).map_err(wrong)?;
    let least = interval::rule_of_three(limit, confidence).map_err(wrong)?;
    let (trials, subjects) =
        power::with_clusters(planned.trials, arguments.per_subject, arguments.icc);
    let rates = [0.1, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0].map(|part| (part * limit).min(0.999));
    let curve = power::operating_characteristic(limit, confidence, planned.trials, &rates)
        .map_err(wrong)?;
    if arguments.json {
        let value = serde_json::json!({
            "independent_trials": planned.trials,
            "errors_allowed": planned.errors_allowed,
            "power": planned.power,
            "trials": trials,
            "subjects": subjects,
            "least_trials_without_error": least,
            "subjects_for_as_many_pairs": power::subjects_for_pairs(planned.trials),
            "operating_characteristic": curve,
        });
        println!(
            "{}",
            serde_json::to_string_pretty(&value).unwrap_or_default()
        );
        return Ok(PASS);
    }
    println!(
        "{} independent trials with at most {} errors show {} at {} one-sided; a device of {} passes with {}.",
        planned.trials,
        planned.errors_allowed,
        percent(limit),
        percent(confidence),
        percent(assumed),
        percent(planned.power)
    );
    println!(
        "With {} trials of each subject and an intra-class correlation of {}: {trials} trials of {subjects} subjects.",
        arguments.per_subject, arguments.icc
    );
    println!(
        "Without any error {least} trials suffice. As pairs (impostor comparisons): {} subjects.",
        power::subjects_for_pairs(planned.trials)
    );
    println!("\n  true rate   chance to pass");
    for (rate, chance) in curve {
        println!("{:>11}   {:>14}", percent(rate), percent(chance));
    }
    Ok(PASS)
}
