//! Verbs that ask the inspector: what is left of secrets, which files were written, can memory be dumped, which ways lead in; and
//! foreign USB devices.
//!
//! The agent searches in place; what comes back are places and counts. Must not hold a secret longer than it takes to seal it.

mod canaries;
mod dumps;
mod entrances;
mod files;
mod following;
mod listed;
mod pins;
mod search;
mod usb;
mod vectors;
mod witness;

use std::time::Duration;

pub use following::Following;
use shinsa_model::event::Fault;
use shinsa_model::scenario::Step;
use shinsa_wire::v1;
use shinsa_wire::v1::inspector_client::InspectorClient;
use tonic::transport::Channel;
use zeroize::Zeroizing;

use crate::bench::{Bench, Performed, TrialContext};
use crate::fault::{harness, incapable};
use crate::wire::{LARGEST_MESSAGE, Wire, timed};

/// Performs the step if its verb is one of these.
pub async fn perform(
    bench: &Bench,
    step: &Step,
    context: &TrialContext,
    within: Duration,
) -> Option<Result<Performed, Fault>> {
    let performed = if let Some(verb) = &step.search_residue {
        search::search(bench, verb, context, within).await
    } else if step.snapshot_pages.is_some() {
        vectors::snapshot(bench, context, within).await
    } else if let Some(verb) = &step.collect_vectors {
        vectors::collect(bench, verb, context, within).await
    } else if step.mark_files.is_some() {
        files::mark(bench, context, within).await
    } else if step.changed_files.is_some() {
        files::changed(bench, context, within).await
    } else if let Some(verb) = &step.try_dumps {
        dumps::try_all(bench, verb, within).await
    } else if let Some(verb) = &step.crash {
        dumps::crash(bench, verb, within).await
    } else if step.probe_entrances.is_some() {
        entrances::probe(bench, within).await
    } else if let Some(verb) = &step.attach_usb {
        usb::attach(bench, verb, within).await
    } else if step.detach_usb.is_some() {
        usb::detach(bench, within).await
    } else if let Some(verb) = &step.usb_cable {
        usb::set_cable(bench, verb, within).await
    } else {
        return None;
    };
    Some(performed)
}

/// Does the agent answer, and with rights that let it see anything?
pub async fn probe(wire: &Wire, within: Duration) -> Result<(), Fault> {
    let who = identify(wire, within).await?;
    if who.targets.is_empty() {
        return Err(incapable(
            format!("the agent behind {} has no targets", wire.name),
            "name the DUT's processes and storage in the agent's configuration (harness/agent/README.md)",
        ));
    }
    Ok(())
}

pub use usb::probe as probe_usb;
pub use witness::Witness;

async fn identify(wire: &Wire, within: Duration) -> Result<v1::IdentifyReply, Fault> {
    let mut client = client(wire);
    let asked = client.identify(timed(v1::IdentifyRequest {}, within));
    wire.call("identify", within, asked).await
}

/// Random bytes of the operating system.
fn seed() -> Result<Zeroizing<[u8; 32]>, Fault> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed)
        .map_err(|error| harness(format!("no random numbers from the system: {error}")))?;
    Ok(seed)
}

fn client(wire: &Wire) -> InspectorClient<Channel> {
    InspectorClient::new(wire.channel.clone())
        .max_decoding_message_size(LARGEST_MESSAGE)
        .max_encoding_message_size(LARGEST_MESSAGE)
}
