//! 本人認証用カードリーダーソフト of the reference reader: runs on the terminal, serves patients. Simulated device, real pixels,
//! real PC/SC, real HTTPS. Knows nothing of the harness that tests it.

mod back_end;
mod card;
mod debug_port;
mod engine;
mod file;
mod flow;
mod image_heap;
mod lockout;
mod logs;
mod manage;
mod panel;
mod results;
mod screens;
mod settings;
mod sight;
mod slips;
mod start;
mod ui;
mod usb;
#[path = "../wipe.rs"]
mod wipe;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use virtual_reader::Defect;

/// The reference reader's software.
#[derive(Parser)]
#[command(version)]
enum Arguments {
    /// Serves patients until SIGTERM.
    Run {
        /// Folder of the running rig.
        #[arg(long)]
        run_dir: PathBuf,
        /// Planted defect; may be given more than once.
        #[arg(long)]
        defect: Vec<Defect>,
    },
    /// Writes the catalogue of screens.
    Screens {
        /// Folder to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Asks the running software: JSON on stdin, JSON on stdout.
    Manage {
        /// Folder of the running rig.
        #[arg(long)]
        run_dir: PathBuf,
    },
}

fn main() -> Result<ExitCode> {
    match Arguments::parse() {
        Arguments::Run { run_dir, defect } => {
            start::run(&run_dir, defect)?;
            Ok(ExitCode::SUCCESS)
        }
        Arguments::Screens { out } => {
            screens::catalogue::write(&out, &screens::canvas::typeface()?)?;
            Ok(ExitCode::SUCCESS)
        }
        Arguments::Manage { run_dir } => Ok(ExitCode::from(u8::from(!manage::client(&run_dir)?))),
    }
}
