//! `plan`: what a run would do, how long it may take, what it needs. Touches no device.

use clap::Args;
use shinsa_model::plan::Plan;
use shinsa_model::planner::{self, PlanOptions};

use crate::exit::{PASS, Stop};
use crate::load::{Inputs, Loaded, load_or_stop};

/// What is planned.
#[derive(Debug, Clone, Args)]
pub struct Planning {
    /// Files.
    #[command(flatten)]
    pub inputs: Inputs,
    /// Seed for orders and variations; default: random, recorded.
    #[arg(long)]
    pub seed: Option<u64>,
    /// At most so many trials for each combination of a scenario's matrix. Printed in every report.
    #[arg(long)]
    pub max_trials: Option<u32>,
    /// At most so many combinations of each scenario's matrix, evenly spread: a first look. Printed in every report.
    #[arg(long)]
    pub max_combinations: Option<u32>,
    /// At most so many people of each series (`matrix: { person: { series: … } }`): a first look. Printed in every report.
    #[arg(long)]
    pub max_subjects: Option<u32>,
    /// Only these scenarios, by id.
    #[arg(long)]
    pub only: Vec<String>,
}

impl Planning {
    /// Reads, checks, plans.
    pub fn make(&self) -> Result<(Plan, Loaded), Stop> {
        let loaded = load_or_stop(&self.inputs)?;
        let seed = self.seed.unwrap_or_else(rand::random);
        let options = PlanOptions {
            seed,
            max_trials: self.max_trials,
            max_combinations: self.max_combinations,
            max_subjects: self.max_subjects,
            only: self.only.clone(),
        };
        let plan = planner::plan(&loaded.resolved, loaded.inputs.clone(), &options)
            .map_err(Stop::usage)?;
        Ok((plan, loaded))
    }
}

/// Shows the plan of a run.
#[derive(Debug, Args)]
pub struct Show {
    #[command(flatten)]
    planning: Planning,
    /// The whole plan as JSON.
    #[arg(long)]
    json: bool,
    /// Every step of every trial.
    #[arg(long)]
    steps: bool,
}

/// Runs `plan`.
pub fn plan(arguments: &Show) -> Result<u8, Stop> {
    let (plan, loaded) = arguments.planning.make()?;
    if arguments.json {
        println!(
            "{}",
            serde_json::to_string_pretty(&plan).unwrap_or_default()
        );
        return Ok(PASS);
    }
    println!(
        "rig {} ({}), DUT {}, seed {}",
        plan.rig, plan.place, plan.dut, plan.seed
    );
    for scenario in &plan.scenarios {
        let trials: Vec<_> = plan
            .trials
            .iter()
            .filter(|trial| trial.scenario == scenario.id)
            .collect();
        println!(
            "{:22} {:3} trials  {:14} {}",
            scenario.id,
            trials.len(),
            scenario.criteria.join(" "),
            scenario.title.en
        );
        for trial in trials.iter().filter(|_| arguments.steps) {
            println!("  {}", trial.id);
            for planned in &trial.steps {
                println!(
                    "    {:28} {}",
                    format!("{}/{}", planned.path, planned.occurrence),
                    planner::verb_of(&planned.step)
                );
            }
        }
    }
    let seconds = planner::predicted_seconds(&plan);
    println!(
        "{} trials, predicted {:.0} min {:02.0} s (a prediction from typical times)",
        plan.trials.len(),
        (seconds / 60.0).floor(),
        seconds % 60.0
    );
    for driver in loaded.resolved.rig.iter().flat_map(|rig| &rig.drivers) {
        println!(
            "needs {:12} {:?}: {}",
            driver.0,
            driver.1.driver,
            driver.1.provides.join(", ")
        );
    }
    Ok(PASS)
}
