//! `set_back_end`, `read_back_end`.

use std::time::Duration;

use shinsa_model::event::Fault;
use shinsa_model::scenario::SetBackEnd;
use shinsa_wire::v1;
use shinsa_wire::v1::back_end_client::BackEndClient;

use super::{Values, observed, values};
use crate::bench::{Bench, Performed};
use crate::clock::stamp;
use crate::wire::{Wire, timed};

pub async fn set(bench: &Bench, verb: &SetBackEnd, within: Duration) -> Result<Performed, Fault> {
    let wire = bench.need_wire("back_end")?;
    let mut client = BackEndClient::new(wire.channel.clone());
    let insurance = verb
        .insurance
        .iter()
        .map(|(card, state)| v1::CardInsurance {
            card: card.clone(),
            state: state.clone(),
        });
    let latency = verb.latency.map_or(Duration::ZERO, |time| time.duration());
    let request = v1::SetBackEndStateRequest {
        mode: verb.mode.clone().unwrap_or_default(),
        latency_ms: u32::try_from(latency.as_millis()).unwrap_or(u32::MAX),
        no_consents: verb.consents.as_ref().is_some_and(Vec::is_empty),
        consents: verb.consents.clone().unwrap_or_default(),
        insurance: insurance.collect(),
    };
    let call = client.set_state(timed(request, within));
    let reply = wire.call("set back end", within, call).await?;
    let at = stamp("set back end", reply.at.as_ref())?;
    Ok(observed(&wire.name, at, Values::new()))
}

pub async fn read(bench: &Bench, within: Duration) -> Result<Performed, Fault> {
    let wire = bench.need_wire("back_end")?;
    let mark = bench.lock_trial()?.back_end_mark;
    let transactions = transactions(wire, mark, within).await?;
    let names: Vec<String> = transactions
        .iter()
        .map(|t| format!("{}/{}/{}/{}", t.kind, t.method, t.card, t.result))
        .collect();
    let readings = values([
        ("count", names.len().into()),
        ("transactions", names.into()),
    ]);
    Ok(observed(&wire.name, bench.now(), readings))
}

/// Transactions after a sequence number.
pub async fn transactions(
    wire: &Wire,
    after: u64,
    within: Duration,
) -> Result<Vec<v1::Transaction>, Fault> {
    let mut client = BackEndClient::new(wire.channel.clone());
    let call = client.transactions(timed(v1::TransactionsRequest { after }, within));
    let reply = wire.call("transactions", within, call).await?;
    Ok(reply.transactions)
}

/// Sequence number of the newest transaction; 0 where there is none.
pub async fn newest(bench: &Bench) -> Result<u64, Fault> {
    let wire = bench.need_wire("back_end")?;
    let all = transactions(wire, 0, wire.deadline).await?;
    Ok(all.iter().map(|t| t.sequence).max().unwrap_or(0))
}
