//! `try_dumps`, `crash`: can a process's memory be had?

use std::time::Duration;

use serde_json::{Value, json};
use shinsa_model::event::Fault;
use shinsa_model::scenario::OfTarget;
use shinsa_wire::v1;

use super::super::{Values, observed, values};
use super::client;
use crate::bench::{Bench, Performed};
use crate::clock::stamp;
use crate::wire::timed;

pub async fn try_all(bench: &Bench, verb: &OfTarget, within: Duration) -> Result<Performed, Fault> {
    let wire = bench.need_wire("inspector")?;
    let request = v1::TryDumpsRequest {
        target: verb.target.clone(),
    };
    let mut client = client(wire);
    let call = client.try_dumps(timed(request, within));
    let reply = wire.call("try dumps", within, call).await?;
    let of = |rights: &str, outcome: &str| {
        let attempts = reply.attempts.iter();
        attempts
            .filter(|attempt| attempt.rights == rights && attempt.outcome == outcome)
            .count()
    };
    let list: Value = reply
        .attempts
        .iter()
        .map(|one| json!({"way": one.way, "rights": one.rights, "outcome": one.outcome, "detail": one.detail}))
        .collect();
    let mut readings = values([
        ("administrator", of("administrator", "succeeded").into()),
        ("tried", list),
    ]);
    // Refusals count only where something was refused.
    if of("technician", "succeeded") + of("technician", "refused") > 0 {
        readings.insert("technician".into(), of("technician", "succeeded").into());
    }
    Ok(observed(&wire.name, bench.now(), readings))
}

pub async fn crash(bench: &Bench, verb: &OfTarget, within: Duration) -> Result<Performed, Fault> {
    let wire = bench.need_wire("inspector")?;
    let request = v1::CrashRequest {
        target: verb.target.clone(),
    };
    let mut client = client(wire);
    let call = client.crash(timed(request, within));
    let reply = wire.call("crash", within, call).await?;
    let at = stamp("crash", reply.at.as_ref())?;
    Ok(observed(&wire.name, at, crash_readings(reply)))
}

/// No dump counts only where everything was looked at: else there is no reading `dumps`, and the item stays open.
fn crash_readings(reply: v1::CrashReply) -> Values {
    let mut readings = values([
        ("ended", reply.ended.into()),
        ("files", json!(reply.dumps)),
        ("looked_in", json!(reply.looked_in)),
    ]);
    if !reply.not_looked.is_empty() {
        readings.insert("not_looked_in".into(), json!(reply.not_looked));
    }
    let looked = reply.not_looked.is_empty() && !reply.looked_in.is_empty();
    if looked || !reply.dumps.is_empty() {
        readings.insert("dumps".into(), reply.dumps.len().into());
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_dump_counts_only_where_everything_was_looked_at() {
        let dumps = |dumps: &[&str], looked_in: &[&str], not_looked: &[&str]| {
            let list = |of: &[&str]| of.iter().map(|&one| one.to_owned()).collect();
            let readings = crash_readings(v1::CrashReply {
                dumps: list(dumps),
                looked_in: list(looked_in),
                not_looked: list(not_looked),
                ..v1::CrashReply::default()
            });
            readings.get("dumps").cloned()
        };
        assert_eq!(dumps(&[], &["/a"], &[]), Some(json!(0)));
        assert_eq!(dumps(&[], &["/a"], &["/b: permission denied"]), None);
        assert_eq!(dumps(&[], &[], &[]), None);
        // A dump that was found stays one.
        assert_eq!(
            dumps(&["/a/core"], &["/a"], &["/b: permission denied"]),
            Some(json!(1))
        );
    }
}
