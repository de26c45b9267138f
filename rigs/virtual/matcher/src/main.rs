//! The adapter that a vendor writes so that a lab can evaluate the engine alone: `Matcher` of `shinsa.v1` around the very
//! engine of the reference reader. Gets pictures under opaque ids; is never told who is who. Started by `virtual-rig`.

mod pictures;
mod service;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;
use shinsa_wire::address::Address;
use shinsa_wire::v1::instrument_server::InstrumentServer;
use shinsa_wire::v1::matcher_server::MatcherServer;
use tokio::signal::unix::{SignalKind, signal};
use tonic::transport::Server;
use virtual_reader::{Defect, Defects};

/// Largest message, bytes.
const LARGEST: usize = 32 << 20;

/// The adapter of the face engine.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folder of the running rig; serves at `matcher.sock` in it.
    #[arg(long)]
    run_dir: PathBuf,
    /// Planted defect of the engine; may be given more than once.
    #[arg(long)]
    defect: Vec<Defect>,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let engine = service::Engine::new(Defects::new(arguments.defect));
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let stop = async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    };
    let router = Server::builder()
        .add_service(InstrumentServer::new(engine.clone()))
        .add_service(
            MatcherServer::new(engine)
                .max_decoding_message_size(LARGEST)
                .max_encoding_message_size(LARGEST),
        );
    Address::Unix(arguments.run_dir.join("matcher.sock"))
        .serve(router, stop)
        .await
        .context("matcher.sock")
}
