//! `snapshot_pages`, `collect_vectors`: what vectors appeared in memory during a trial, as sketches that can be compared with each
//! other alone. No number of a vector comes here.

use std::time::Duration;

use serde_json::json;
use shinsa_model::event::Fault;
use shinsa_model::scenario::CollectVectors;
use shinsa_model::sketches::{Collected, READING, Sketched};
use shinsa_wire::v1;

use super::super::{Values, observed, values};
use super::client;
use super::listed::gaps;
use crate::bench::{Bench, Performed, TrialContext};
use crate::clock::stamp;
use crate::texts::personal::Searcher;
use crate::wire::timed;

pub async fn snapshot(
    bench: &Bench,
    context: &TrialContext,
    within: Duration,
) -> Result<Performed, Fault> {
    let wire = bench.need_wire("inspector")?;
    let request = v1::SnapshotPagesRequest {
        mark: context.trial.clone(),
        targets: Vec::new(),
        freeze: true,
    };
    let mut client = client(wire);
    let call = client.snapshot_pages(timed(request, within));
    let reply = wire.call("snapshot pages", within, call).await?;
    let at = stamp("snapshot pages", reply.at.as_ref())?;
    let mut readings = values([
        ("processes", reply.processes.into()),
        ("pages", reply.pages.into()),
        ("vectors", reply.vectors.into()),
    ]);
    let secrets = bench.read_secrets()?;
    let searcher = Searcher::new(secrets.canaries());
    not_searched(
        &reply.not_searched,
        reply.more_not_searched,
        &searcher,
        &mut readings,
    );
    Ok(observed(&wire.name, at, readings))
}

pub async fn collect(
    bench: &Bench,
    verb: &CollectVectors,
    context: &TrialContext,
    within: Duration,
) -> Result<Performed, Fault> {
    let wire = bench.need_wire("inspector")?;
    let request = v1::CollectVectorsRequest {
        since: context.trial.clone(),
        targets: Vec::new(),
        freeze: true,
        seed: if verb.seeded {
            verb.subject.clone()
        } else {
            String::new()
        },
    };
    let mut client = client(wire);
    let call = client.collect_vectors(timed(request, within));
    let reply = wire.call("collect vectors", within, call).await?;
    let at = stamp("collect vectors", reply.begun.as_ref())?;
    let secrets = bench.read_secrets()?;
    let searcher = Searcher::new(secrets.canaries());
    let readings = readings(&verb.subject, reply, &searcher);
    Ok(observed(&wire.name, at, readings))
}

fn readings(subject: &str, reply: v1::CollectVectorsReply, searcher: &Searcher<'_>) -> Values {
    let bytes: u64 = reply.searched.iter().map(|part| part.bytes).sum();
    let mut readings = values([
        ("subject", subject.into()),
        ("candidates", reply.vectors.len().into()),
        ("dropped", reply.more_vectors.into()),
        ("unchanged", reply.unchanged.into()),
        ("searched_bytes", bytes.into()),
    ]);
    let unsearched = not_searched(
        &reply.not_searched,
        reply.more_not_searched,
        searcher,
        &mut readings,
    );
    if let (Some(begun), Some(ended)) = (&reply.begun, &reply.ended) {
        let seconds = (ended.at_ns - begun.at_ns) as f64 / 1e9;
        readings.insert("collect_s".into(), seconds.into());
    }
    let formats = match reply.formats {
        none if none.is_empty() => vec!["f32".into()],
        given => given,
    };
    readings.insert("formats".into(), json!(formats));
    let collected = Collected {
        formats,
        sketches: reply.vectors.into_iter().map(sketched).collect(),
        dropped: reply.more_vectors,
        unsearched,
        planted: reply.planted,
    };
    readings.insert(READING.into(), json!(collected));
    readings
}

fn sketched(vector: v1::VectorSketch) -> Sketched {
    Sketched {
        format: vector.format,
        length: vector.length,
        region: format!("{}/{}", vector.target, vector.region),
        address: vector.position,
        sketch: hex::encode(vector.sketch),
    }
}

/// Adds what was not searched; says how many places it is.
fn not_searched(
    places: &[v1::NotSearched],
    more: u64,
    searcher: &Searcher<'_>,
    readings: &mut Values,
) -> u64 {
    let missed: Vec<&v1::NotSearched> = places.iter().filter(|place| !place.harmless).collect();
    let count = missed.len() as u64 + more;
    readings.insert("not_searched".into(), count.into());
    if count > 0 {
        readings.insert("places_not_searched".into(), gaps(&missed, searcher));
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_dropped_or_not_read_stands_in_the_evidence() {
        let missed = |harmless| v1::NotSearched {
            harmless,
            ..Default::default()
        };
        let reply = v1::CollectVectorsReply {
            vectors: vec![v1::VectorSketch {
                format: "f32".into(),
                length: 512,
                target: "software".into(),
                region: "heap".into(),
                position: 4096,
                sketch: vec![1, 255],
            }],
            more_vectors: 7,
            not_searched: vec![missed(true), missed(false)],
            more_not_searched: 2,
            planted: vec![128],
            formats: vec!["f32".into(), "i8".into()],
            ..Default::default()
        };
        let readings = readings("f0001", reply, &Searcher::new(&[]));
        let collected: Collected = serde_json::from_value(readings[READING].clone()).unwrap();
        assert_eq!((collected.dropped, collected.unsearched), (7, 3));
        assert_eq!(collected.sketches[0].sketch, "01ff");
        assert_eq!(collected.sketches[0].region, "software/heap");
        assert_eq!(readings["formats"], json!(["f32", "i8"]));
        assert_eq!(collected.formats, ["f32", "i8"]);
        assert_eq!(readings["candidates"], 1);
        assert_eq!(readings["not_searched"], 3);
    }
}
