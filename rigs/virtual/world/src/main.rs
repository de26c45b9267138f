//! The virtual bench's physics: which card lies in the slot, who stands before which camera, what the panel shows and where
//! it is touched. Simulated, and says so. Started by `virtual-rig`; the harness reaches it over the wire, the reader over
//! the device bus. Decides nothing about anybody's conformity.

mod clock;
mod library;
mod noise;
mod panel;
mod scene;
mod services;
mod slot;
mod usb;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use shinsa_wire::address::Address;
use tokio::signal::unix::{SignalKind, signal};

use panel::Panel;
use scene::Scene;
use slot::Slot;
use usb::Usb;

/// The virtual bench.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folder of the running rig; the bench serves at `world.sock` in it.
    #[arg(long)]
    run_dir: PathBuf,
    /// List of cards.
    #[arg(long)]
    cards: PathBuf,
    /// Card store.
    #[arg(long)]
    store: PathBuf,
    /// The card's program.
    #[arg(long)]
    card_binary: PathBuf,
    /// Further argument for the card's program, a fault for instance.
    #[arg(long, allow_hyphen_values = true)]
    card_arg: Vec<String>,
    /// What the camera beside the face presenter sees, which answers `Witness`.
    #[arg(long, value_enum, default_value_t = Witness::Whole)]
    witness: Witness,
}

/// What the presenter's own camera sees: all but the first are faults of the bench.
#[derive(Clone, Copy, ValueEnum)]
enum Witness {
    /// Who stands there, in visible and in infrared light.
    Whole,
    /// Visible light only.
    Visible,
    /// A portrait on the wall, whoever stands there.
    Portrait,
    /// There is no camera: `Witness` is not known.
    None,
}

/// Everything on the bench.
#[derive(Clone)]
pub struct Bench {
    slot: Arc<Slot>,
    scene: Arc<Scene>,
    panel: Arc<Panel>,
    usb: Arc<Usb>,
    witness: Witness,
}

impl Bench {
    /// Pulls the reader's cable, or plugs it in: panel and cameras die, and the field in which a card may lie.
    async fn plug(&self, plugged: bool) -> Result<()> {
        self.usb.set_cable(plugged);
        self.slot.set_field(plugged).await
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let (cards, personas) = scene::load(&arguments.cards)?;
    let slot = Slot::start(slot::Paths {
        program: arguments.card_binary,
        store: arguments.store,
        cards: arguments.cards.clone(),
        run_dir: arguments.run_dir.clone(),
        further: arguments.card_arg,
    })?;
    let usb = Arc::new(Usb::new());
    let bench = Bench {
        slot: Arc::new(slot),
        scene: Arc::new(Scene::new(cards, personas)),
        panel: Panel::start(usb.cable()),
        usb,
        witness: arguments.witness,
    };
    let (mut terminated, mut interrupted) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let stop = async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
        // Streams that never end by themselves would keep the server for ever.
        std::process::exit(0);
    };
    Address::Unix(arguments.run_dir.join("world.sock"))
        .serve(services::router(&bench), stop)
        .await
        .context("world.sock")
}
