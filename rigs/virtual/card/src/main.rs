//! A My Number card as a process: `make` personalises the cards of a list, `run` lies on a reader as one of them.
//! Simulated; knows nothing of the harness.

mod card;
mod make;
mod personal;
mod profile;
mod store;
mod vpcd;

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;

/// A virtual My Number card.
#[derive(Parser)]
#[command(version)]
enum Arguments {
    /// Makes the cards of the list that are missing in the store; never touches those that are there.
    Make {
        /// List of cards.
        #[arg(long)]
        cards: PathBuf,
        /// Card store.
        #[arg(long)]
        store: PathBuf,
        /// Only this card, be it the population's.
        #[arg(long)]
        only: Option<String>,
    },
    /// Lies on a reader until it is taken away.
    Run {
        /// Card store.
        #[arg(long)]
        store: PathBuf,
        /// Card id.
        #[arg(long)]
        card: String,
        /// `unix:PATH` or `tcp:HOST:PORT` of the reader's antenna.
        #[arg(long)]
        connect: String,
        /// Fault: answer no more after so many commands.
        #[arg(long)]
        silent_after: Option<u64>,
        /// Fault: leave instead of answering after so many commands.
        #[arg(long)]
        drop_after: Option<u64>,
    },
}

fn main() -> Result<()> {
    match Arguments::parse() {
        Arguments::Make { cards, store, only } => make::make(&cards, &store, only.as_deref()),
        Arguments::Run {
            store,
            card,
            connect,
            silent_after,
            drop_after,
        } => {
            let mut card = card::Card::new(
                profile::Profile::built_in()?,
                store::Store::open(&store, &card)?,
            );
            vpcd::serve(
                &mut card,
                &connect,
                vpcd::Faults {
                    silent_after,
                    drop_after,
                },
            )
        }
    }
}
