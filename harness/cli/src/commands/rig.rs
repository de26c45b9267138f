//! `rig probe` and `rig up`.

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, Subcommand};
use shinsa_rig::Bench;

use crate::commands::session::{OnRig, preflight_table};
use crate::exit::{PASS, RIG, Stop};
use crate::load::{Inputs, load_or_stop};
use crate::lock::RigLock;

/// The rig itself.
#[derive(Debug, Subcommand)]
pub enum Rig {
    /// Opens every driver and prints one table: versions, promises, calibration, clocks.
    Probe(OneRig),
    /// Brings the rig's own processes up until Ctrl-C.
    Up(OneRig),
}

/// Which rig.
#[derive(Debug, Args)]
pub struct OneRig {
    /// Rig file.
    rig: PathBuf,
    #[command(flatten)]
    on: OnRig,
}

/// Runs `rig`.
pub async fn rig(command: &Rig) -> Result<u8, Stop> {
    let (Rig::Probe(arguments) | Rig::Up(arguments)) = command;
    let nothing = Inputs {
        allow_missing: false,
        scenarios: Vec::new(),
        rig: Some(arguments.rig.clone()),
        criteria: Vec::new(),
        sequences: None,
    };
    let rig = load_or_stop(&nothing)?
        .resolved
        .rig
        .ok_or_else(|| Stop::usage("no rig file"))?;
    let options = arguments.on.options(&arguments.rig, &rig, Instant::now())?;
    match command {
        Rig::Probe(_) => {
            let _lock = RigLock::take(&options.run_dir, "rig probe")?;
            let launched = arguments.on.launch(&rig, &options).await?;
            let bench = Bench::open(&rig, &options)
                .await
                .map_err(|fault| Stop::rig(format!("{}\n{}", fault.message, fault.todo)))?;
            let preflight = bench.preflight().await;
            print!("{}", preflight_table(&preflight));
            bench.close().await;
            if let Some(launched) = launched {
                launched.end().await;
            }
            Ok(if preflight.iter().all(|found| found.ready) {
                PASS
            } else {
                RIG
            })
        }
        Rig::Up(_) => {
            let up = OnRig {
                up: true,
                ..arguments.on.clone()
            };
            let launched = up.launch(&rig, &options).await?;
            println!(
                "rig `{}` is up in {}; Ctrl-C ends it",
                rig.rig,
                options.run_dir.display()
            );
            tokio::signal::ctrl_c().await.map_err(Stop::rig)?;
            if let Some(launched) = launched {
                launched.end().await;
            }
            Ok(PASS)
        }
    }
}

/// The child that decodes a chip's photo.
pub fn decode_photo() -> Result<u8, Stop> {
    shinsa_rig::photo::decode().map_err(Stop::rig)?;
    Ok(PASS)
}
