//! `probe_entrances`: ways in that nobody declared.

use std::time::Duration;

use serde_json::{Value, json};
use shinsa_model::event::Fault;
use shinsa_wire::v1;

use super::super::{observed, values};
use super::client;
use crate::bench::{Bench, Performed};
use crate::clock::stamp;
use crate::wire::timed;

pub async fn probe(bench: &Bench, within: Duration) -> Result<Performed, Fault> {
    let wire = bench.need_wire("inspector")?;
    let mut client = client(wire);
    let call = client.probe(timed(v1::ProbeRequest {}, within));
    let reply = wire.call("probe entrances", within, call).await?;
    let at = stamp("probe entrances", reply.at.as_ref())?;
    let undeclared = reply.entrances.iter().filter(|one| !one.declared).count();
    let list: Value = reply
        .entrances
        .iter()
        .map(|one| json!({"kind": one.kind, "where": one.r#where, "target": one.target, "declared": one.declared}))
        .collect();
    let readings = values([
        ("undeclared", undeclared.into()),
        ("entrances", list),
        ("not_probed", json!(reply.not_probed)),
    ]);
    Ok(observed(&wire.name, at, readings))
}
