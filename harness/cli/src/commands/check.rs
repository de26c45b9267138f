//! `check` and `schema`: everything that can be said without any device.

use clap::Args;
use shinsa_model::schema::Layout;

use crate::exit::{PASS, Stop, USAGE};
use crate::load::{Inputs, load, told};

/// Checks scenarios, sequences, criteria and rig file; tells every problem at once.
#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    inputs: Inputs,
    /// Problems as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs `check`.
pub fn check(arguments: &Check) -> Result<u8, Stop> {
    match load(&arguments.inputs) {
        Ok(loaded) => {
            if arguments.json {
                println!("[]");
            } else {
                println!(
                    "{} files, {} scenarios, no problem",
                    loaded.inputs.len(),
                    loaded.resolved.scenarios.len()
                );
            }
            Ok(PASS)
        }
        Err(problems) if arguments.json => {
            println!(
                "{}",
                serde_json::to_string_pretty(&problems).unwrap_or_default()
            );
            Ok(USAGE)
        }
        Err(problems) => Err(Stop::usage(told(&problems))),
    }
}

/// Prints the JSON Schema of a layout, for editors.
#[derive(Debug, Args)]
pub struct Schema {
    /// scenario, sequence, criteria, rig or dut.
    #[arg(value_parser = Layout::ALL.map(|(name, _)| name))]
    layout: String,
}

/// Runs `schema`.
pub fn schema(arguments: &Schema) -> Result<u8, Stop> {
    let found = Layout::ALL
        .iter()
        .find(|(name, _)| *name == arguments.layout);
    let (_, layout) = found.ok_or_else(|| Stop::usage("no such layout"))?;
    println!(
        "{}",
        serde_json::to_string_pretty(&layout.schema()).unwrap_or_default()
    );
    Ok(PASS)
}
