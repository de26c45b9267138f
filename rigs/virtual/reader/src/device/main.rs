//! The reader's radio part (非接触 IC カードリーダー部): a card that comes into the field at `RUN/antenna.sock` is shown to
//! the terminal's PC/SC through vpcd. Knows nothing of what is said, and keeps none of it; started by `virtual-rig`.

mod cache;
mod flash;
mod gate;
mod relay;
#[path = "../wipe.rs"]
mod wipe;

use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;
use virtual_reader::{Defect, Defects, hardening};

/// The reference reader's radio part.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folder of the running rig.
    #[arg(long)]
    run_dir: PathBuf,
    /// Where vpcd listens: HOST:PORT.
    #[arg(long)]
    vpcd: String,
    /// Planted defect; may be given more than once.
    #[arg(long)]
    defect: Vec<Defect>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let defects = Defects::new(arguments.defect);
    let flash = flash::Flash::open(&arguments.run_dir)?;
    flash.event("power on");
    for what in hardening::harden(&defects) {
        flash.event(&format!("not allowed: {what}"));
    }
    let antenna = arguments.run_dir.join("antenna.sock");
    match std::fs::remove_file(&antenna) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| antenna.display().to_string());
        }
        _ => {}
    }
    let listener = UnixListener::bind(&antenna).with_context(|| antenna.display().to_string())?;
    let gate = defects
        .has(Defect::NeedsVendorSoftware)
        .then(|| gate::Gate::new(&arguments.run_dir));
    for card in listener.incoming() {
        let card = card?;
        // An empty connection asks whether the radio is up (the supervisor at start).
        if defects.has(Defect::NotPcsc) {
            continue;
        }
        let outcome = relay::relay(&relay::Radio {
            card: &card,
            vpcd: &arguments.vpcd,
            type_a: defects.has(Defect::TypeA),
            gate: gate.as_ref(),
            flash: &flash,
            cache: defects
                .has(Defect::DeletedNotOverwritten)
                .then(|| cache::Cache::new(&flash)),
        });
        if let Err(error) = outcome {
            eprintln!("card lost: {error:#}");
        }
    }
    Ok(())
}
