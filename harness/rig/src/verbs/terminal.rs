//! `software`, `read_platform`: the terminal PC through its agent.

use std::time::{Duration, Instant};

use shinsa_model::event::Fault;
use shinsa_model::scenario::{Software, SoftwareAction as Action};
use shinsa_wire::v1;
use shinsa_wire::v1::SoftwareAction as WireAction;
use shinsa_wire::v1::terminal_agent_client::TerminalAgentClient;

use super::{observed, values};
use crate::bench::{Bench, Performed};
use crate::clock::stamp;
use crate::wire::{Wire, timed};

pub async fn software(
    bench: &Bench,
    verb: &Software,
    within: Duration,
) -> Result<Performed, Fault> {
    let wire = bench.need_wire("terminal")?;
    let mut client = TerminalAgentClient::new(wire.channel.clone());
    let deadline = Instant::now() + within;
    let left = || deadline.saturating_duration_since(Instant::now());
    let actions: &[WireAction] = match verb.action {
        Action::Start => &[WireAction::Start],
        Action::Stop => &[WireAction::Stop],
        Action::Restart => &[WireAction::Stop, WireAction::Start],
        Action::Kill => &[WireAction::Kill],
        Action::Status => &[],
    };
    let mut at = bench.now();
    for action in actions {
        let request = v1::SetSoftwareRequest {
            action: (*action).into(),
        };
        let call = client.set_software(timed(request, left()));
        let reply = wire.call("set software", left(), call).await?;
        at = stamp("set software", reply.at.as_ref())?;
    }
    let call = client.software_state(timed(v1::SoftwareStateRequest {}, left()));
    let state = wire.call("software state", left(), call).await?;
    let mut readings = values([("running", state.running.into())]);
    if !state.last_exit.is_empty() {
        readings.insert("last_exit".into(), state.last_exit.into());
    }
    Ok(observed(&wire.name, at, readings))
}

pub async fn platform(bench: &Bench, within: Duration) -> Result<Performed, Fault> {
    let wire = bench.need_wire("terminal")?;
    let mut client = TerminalAgentClient::new(wire.channel.clone());
    let call = client.platform(timed(v1::PlatformRequest {}, within));
    let reply = wire.call("platform", within, call).await?;
    let mut readings = values([
        ("os_edition", reply.os_edition.into()),
        ("os_build", reply.os_build.into()),
        ("architecture", reply.architecture.into()),
    ]);
    // What the agent does not know it leaves empty.
    readings.retain(|_, value| value != "");
    Ok(observed(&wire.name, bench.now(), readings))
}

pub async fn probe(wire: &Wire, within: Duration) -> Result<(), Fault> {
    let mut client = TerminalAgentClient::new(wire.channel.clone());
    let call = client.list_folders(timed(v1::ListFoldersRequest {}, within));
    wire.call("list folders", within, call).await.map(|_| ())
}
