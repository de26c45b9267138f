//! `read_environment`, `power`, `ask`: the room and the people in it.

use std::time::Duration;

use shinsa_model::event::Fault;
use shinsa_model::scenario::{Ask, Power};
use shinsa_wire::v1;
use shinsa_wire::v1::environment_client::EnvironmentClient;
use shinsa_wire::v1::power_client::PowerClient;

use super::{observed, values};
use crate::bench::{Bench, Performed};
use crate::clock::stamp;
use crate::fault::garbage;
use crate::wire::{Wire, timed};

pub async fn environment(bench: &Bench, within: Duration) -> Result<Performed, Fault> {
    let wire = bench.need_wire("environment")?;
    let reply = read(wire, within).await?;
    let at = stamp("environment", reply.at.as_ref())?;
    let readings = values([
        ("illuminance_lx", reply.illuminance_lx.into()),
        ("temperature_celsius", reply.temperature_celsius.into()),
    ]);
    Ok(observed(&wire.name, at, readings))
}

/// Reads the instruments; values that no room has are refused.
pub async fn read(wire: &Wire, within: Duration) -> Result<v1::ReadEnvironmentReply, Fault> {
    let mut client = EnvironmentClient::new(wire.channel.clone());
    let call = client.read(timed(v1::ReadEnvironmentRequest {}, within));
    let reply = wire.call("environment", within, call).await?;
    let sane = (0.0..1e6).contains(&reply.illuminance_lx)
        && (-60.0..100.0).contains(&reply.temperature_celsius);
    if !sane {
        return Err(garbage(
            "environment: expected 0 to 1,000,000 lx and -60 to 100 °C",
        ));
    }
    Ok(reply)
}

pub async fn power(bench: &Bench, verb: &Power, within: Duration) -> Result<Performed, Fault> {
    let wire = bench.need_wire("power")?;
    let mut client = PowerClient::new(wire.channel.clone());
    let call = client.set(timed(v1::SetPowerRequest { on: verb.on }, within));
    let done = wire.call("power", within, call).await?;
    let at = stamp("power", done.at.as_ref())?;
    Ok(observed(&wire.name, at, values([("on", verb.on.into())])))
}

pub async fn ask(bench: &Bench, verb: &Ask, within: Duration) -> Result<Performed, Fault> {
    let operator = bench.need_operator()?;
    let given = operator.ask(verb, within).await?;
    let readings = values([
        ("answer", given.answer),
        ("role", given.role.clone().into()),
    ]);
    Ok(observed(
        &format!("operator:{}", given.role),
        bench.now(),
        readings,
    ))
}
