//! `probe_entrances`: ways in that nobody declared. That there is none is a reading only where everything could be looked for.

use std::time::Duration;

use serde_json::{Value, json};
use shinsa_model::event::Fault;
use shinsa_wire::v1;

use super::super::{Values, observed, values};
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
    Ok(observed(&wire.name, at, readings(&reply)))
}

fn readings(reply: &v1::ProbeReply) -> Values {
    let undeclared = reply.entrances.iter().filter(|one| !one.declared).count();
    let list: Value = reply
        .entrances
        .iter()
        .map(|one| json!({"kind": one.kind, "where": one.r#where, "target": one.target, "declared": one.declared}))
        .collect();
    let mut readings = values([
        ("entrances", list),
        ("not_probed", json!(reply.not_probed)),
        ("out_of_scope", json!(reply.out_of_scope)),
    ]);
    if undeclared > 0 || reply.not_probed.is_empty() {
        readings.insert("undeclared".into(), undeclared.into());
    }
    // As searches tell theirs, so that reports show them alike.
    let gaps: Vec<Value> = reply
        .not_probed
        .iter()
        .map(|why| json!({"target": "", "place": "not probed", "why": why}))
        .chain(
            reply
                .out_of_scope
                .iter()
                .map(|why| json!({"target": "", "place": "out of scope", "why": why})),
        )
        .collect();
    if !gaps.is_empty() {
        readings.insert("places_not_searched".into(), gaps.into());
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(declared: &[bool], missed: &[&str]) -> v1::ProbeReply {
        let entrance = |declared: &bool| v1::Entrance {
            declared: *declared,
            ..Default::default()
        };
        v1::ProbeReply {
            entrances: declared.iter().map(entrance).collect(),
            not_probed: missed.iter().map(|what| (*what).into()).collect(),
            out_of_scope: vec!["USB interfaces".into()],
            ..Default::default()
        }
    }

    #[test]
    fn no_way_in_is_a_reading_only_where_everything_was_looked_for() {
        let gap = "target reader: no process of it runs";
        let count = |declared: &[bool], missed: &[&str]| {
            let readings = readings(&reply(declared, missed));
            readings.get("undeclared").and_then(Value::as_u64)
        };
        assert_eq!(count(&[true], &[]), Some(0));
        assert_eq!(count(&[true], &[gap]), None);
        // What was found counts, whatever else was missed.
        assert_eq!(count(&[true, false], &[gap]), Some(1));
    }

    #[test]
    fn what_was_missed_and_what_is_left_out_are_told_apart() {
        let gap = "descriptors of process 7";
        let readings = readings(&reply(&[], &[gap]));
        assert_eq!(readings["not_probed"], json!([gap]));
        assert_eq!(readings["out_of_scope"], json!(["USB interfaces"]));
        let told = readings["places_not_searched"].to_string();
        assert!(
            told.contains(gap) && told.contains("out of scope"),
            "{told}"
        );
    }
}
