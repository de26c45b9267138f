//! The virtual rig's supervisor: starts pcscd, bench, back end and reader, stands for the terminal PC, ends them all. Nothing
//! that it started outlives it. Called by `shinsa --up` through the rig file's `launch:`, or by hand.

mod agent;
mod defects;
mod files;
mod pcscd;
mod ports;
mod process;
mod software;
mod terminal;
mod up;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// The virtual rig.
#[derive(Parser)]
#[command(version)]
enum Arguments {
    /// Brings the rig up; prints `ready`; ends with SIGTERM or Ctrl-C.
    Up(UpArguments),
}

/// What to bring up.
#[derive(clap::Args)]
pub struct UpArguments {
    /// Folder of the running rig. Its card store is kept from one life to the next.
    #[arg(long)]
    run_dir: PathBuf,
    /// List of cards.
    #[arg(long)]
    cards: PathBuf,
    /// Planted defect of the reader; may be given more than once.
    #[arg(long)]
    defect: Vec<String>,
    /// First of two TCP ports for vpcd; 0 finds free ones.
    #[arg(long, default_value_t = 0)]
    vpcd_port: u16,
    /// Fault of the cards: `--silent-after=N` or `--drop-after=N` commands, as `virtual-card run` has them.
    #[arg(long, allow_hyphen_values = true)]
    card_arg: Vec<String>,
    /// Further argument of the bench, `--witness=none` for instance.
    #[arg(long, allow_hyphen_values = true)]
    world_arg: Vec<String>,
}

/// One thread: the children's death signal follows the thread that spawned them.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Arguments::Up(arguments) = Arguments::parse();
    match up::up(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            // As the harness counts: a rig that cannot be used.
            ExitCode::from(4)
        }
    }
}
