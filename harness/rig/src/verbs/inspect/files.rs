//! `mark_files`, `changed_files`: what was written anywhere on the machines during a trial.

use std::time::Duration;

use serde_json::{Value, json};
use shinsa_model::event::Fault;
use shinsa_wire::v1;

use super::super::{observed, values};
use super::client;
use super::listed::gaps;
use crate::bench::{Bench, Performed, TrialContext};
use crate::clock::stamp;
use crate::texts::personal::Searcher;
use crate::wire::timed;

/// Contents that show somebody.
const PICTURES: [&str; 6] = ["jpeg", "png", "jp2", "bmp", "tiff", "webp"];
/// Most files listed; all are counted.
const LISTED: usize = 500;

pub async fn mark(
    bench: &Bench,
    context: &TrialContext,
    within: Duration,
) -> Result<Performed, Fault> {
    let wire = bench.need_wire("inspector")?;
    let request = v1::MarkFilesRequest {
        mark: context.trial.clone(),
    };
    let mut client = client(wire);
    let call = client.mark_files(timed(request, within));
    let reply = wire.call("mark files", within, call).await?;
    let at = stamp("mark files", reply.at.as_ref())?;
    Ok(observed(
        &wire.name,
        at,
        values([("files", reply.files.into())]),
    ))
}

pub async fn changed(
    bench: &Bench,
    context: &TrialContext,
    within: Duration,
) -> Result<Performed, Fault> {
    let wire = bench.need_wire("inspector")?;
    let request = v1::ChangedFilesRequest {
        mark: context.trial.clone(),
    };
    let mut client = client(wire);
    let call = client.changed_files(timed(request, within));
    let reply = wire.call("changed files", within, call).await?;
    let at = stamp("changed files", reply.at.as_ref())?;
    let count = |change: &str| {
        reply
            .files
            .iter()
            .filter(|file| file.change == change)
            .count()
    };
    let pictures = reply
        .files
        .iter()
        .filter(|file| file.change != "deleted" && PICTURES.contains(&file.content.as_str()))
        .count();
    let secrets = bench.read_secrets()?;
    let searcher = Searcher::new(secrets.canaries());
    let missed: Vec<_> = reply
        .not_searched
        .iter()
        .filter(|place| !place.harmless)
        .collect();
    let mut readings = values([
        ("new", count("new").into()),
        ("changed", count("changed").into()),
        ("deleted", count("deleted").into()),
        ("came_and_went", count("came-and-went").into()),
        ("not_searched", missed.len().into()),
        ("written", list(&reply.files, &searcher)),
    ]);
    if pictures > 0 || missed.is_empty() {
        readings.insert("pictures".into(), pictures.into());
    }
    if !missed.is_empty() {
        readings.insert("places_not_searched".into(), gaps(&missed, &searcher));
    }
    Ok(observed(&wire.name, at, readings))
}

fn list(files: &[v1::ChangedFile], searcher: &Searcher<'_>) -> Value {
    let one = |file: &v1::ChangedFile| json!({"target": file.target, "path": searcher.hide(&file.path), "change": file.change, "bytes": file.bytes, "content": file.content});
    files.iter().take(LISTED).map(one).collect()
}
