//! Stands for 支払基金's program and オンライン資格確認等システム on the virtual rig: HTTPS as in `API.md` for the reader, gRPC
//! `BackEnd` for the bench that sets it. Simulated; judges certificates, nonces and signatures for real.

mod back_end;
mod certificates;
mod clock;
mod http;
mod state;
mod tls;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Parser;
use shinsa_wire::address::Address;
use tokio::signal::unix::{SignalKind, signal};

use certificates::Certificates;
use state::State;

/// The virtual eligibility system.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folder of the running rig: gets `eligibility.port`, `eligibility-ca.pem`, `eligibility.sock`.
    #[arg(long)]
    run_dir: PathBuf,
    /// List of cards.
    #[arg(long)]
    cards: PathBuf,
    /// Card store.
    #[arg(long)]
    store: PathBuf,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let cards = fixture_people::cards::everyone(&arguments.cards)?;
    let certificates = Certificates::open(&arguments.store, &cards)?;
    let state = Arc::new(State::new(cards));
    http::serve(&arguments.run_dir, state.clone(), certificates).await?;
    let (mut terminated, mut interrupted) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let stop = async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
        std::process::exit(0);
    };
    Address::Unix(arguments.run_dir.join("eligibility.sock"))
        .serve(back_end::router(state), stop)
        .await
        .context("eligibility.sock")
}
