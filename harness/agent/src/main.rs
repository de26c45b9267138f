//! The binary `shinsa-agent`: `serve` for the lab; `hold` and `attempt` are children that the agent starts of itself.

use std::alloc::System;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use shinsa_agent::{dumps, hold, serve};
use zeroizing_alloc::ZeroAlloc;

/// Whatever is given back is overwritten: copies that libraries make of a set go with it.
#[global_allocator]
static WIPING: ZeroAlloc<System> = ZeroAlloc(System);

/// The agent on the terminal PC: searches for residue of secrets in place.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until SIGTERM; prints `ready` when listening.
    Serve {
        /// The configuration, see README.md.
        #[arg(long)]
        config: PathBuf,
    },
    /// A child of `serve`: holds bytes that come over standard input until it closes.
    #[command(hide = true)]
    Hold,
    /// A child of `serve`: tries to read a process with given rights.
    #[command(hide = true)]
    Attempt { wish: String },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("shinsa-agent: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Serve { config } => {
            let runtime =
                tokio::runtime::Runtime::new().map_err(|error| format!("threads: {error}"))?;
            let served = runtime.block_on(serve::serve(&config));
            // A search under way would be waited for.
            runtime.shutdown_background();
            served.map_err(|error| error.to_string())
        }
        Command::Hold => hold::hold().map_err(|error| error.to_string()),
        Command::Attempt { wish } => dumps::attempt::main(&wish),
    }
}
