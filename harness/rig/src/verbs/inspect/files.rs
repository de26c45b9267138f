//! `mark_files`, `changed_files`: what was written during a trial, as far as the agent watches (harness/agent/README.md). That no
//! picture was written is a reading only where nothing was missed.

use std::time::Duration;

use serde_json::{Value, json};
use shinsa_model::event::Fault;
use shinsa_wire::v1;

use super::super::{Values, observed, values};
use super::client;
use super::listed::gaps;
use crate::bench::{Bench, Performed, TrialContext};
use crate::clock::stamp;
use crate::texts::personal::Searcher;
use crate::wire::timed;

/// Contents that show somebody.
const PICTURES: [&str; 6] = ["jpeg", "png", "jp2", "bmp", "tiff", "webp"];
/// Contents that are only a wrapping: of a file that has gone nobody can tell any more what was in it.
const WRAPPINGS: [&str; 5] = ["gzip", "zip", "sqlite", "core", "binary"];
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
    let secrets = bench.read_secrets()?;
    let searcher = Searcher::new(secrets.canaries());
    Ok(observed(&wire.name, at, readings(&reply, &searcher)))
}

fn readings(reply: &v1::ChangedFilesReply, searcher: &Searcher<'_>) -> Values {
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
    let unseen: Vec<_> = reply.files.iter().filter_map(unseen).collect();
    let missed: Vec<_> = reply
        .not_searched
        .iter()
        .chain(&unseen)
        .filter(|place| !place.harmless)
        .collect();
    let mut readings = values([
        ("new", count("new").into()),
        ("changed", count("changed").into()),
        ("deleted", count("deleted").into()),
        ("came_and_went", count("came-and-went").into()),
        ("not_searched", missed.len().into()),
        ("written", list(&reply.files, searcher)),
    ]);
    if pictures > 0 || missed.is_empty() {
        readings.insert("pictures".into(), pictures.into());
    }
    if !missed.is_empty() {
        readings.insert("places_not_searched".into(), gaps(&missed, searcher));
    }
    readings
}

/// A file of which nobody knows whether it held a picture.
fn unseen(file: &v1::ChangedFile) -> Option<v1::NotSearched> {
    let content = file.content.as_str();
    let why = match file.change.as_str() {
        "deleted" => return None,
        "came-and-went" if content.is_empty() => {
            "came and went before its content was seen".to_owned()
        }
        "came-and-went" if WRAPPINGS.contains(&content) => {
            format!("came and went; only that it was {content} was seen")
        }
        _ if content.is_empty() => "its content could not be read".to_owned(),
        _ => return None,
    };
    Some(v1::NotSearched {
        target: file.target.clone(),
        place: file.path.clone(),
        why,
        ..Default::default()
    })
}

fn list(files: &[v1::ChangedFile], searcher: &Searcher<'_>) -> Value {
    let one = |file: &v1::ChangedFile| json!({"target": file.target, "path": searcher.hide(&file.path), "change": file.change, "bytes": file.bytes, "content": file.content});
    files.iter().take(LISTED).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The count of pictures, and the places that were missed, of files of a change and content.
    fn told(files: &[(&str, &str)]) -> (Option<u64>, u64) {
        let file = |(change, content): &(&str, &str)| v1::ChangedFile {
            target: "disk".into(),
            path: "a/file".into(),
            change: (*change).into(),
            content: (*content).into(),
            ..Default::default()
        };
        let reply = v1::ChangedFilesReply {
            files: files.iter().map(file).collect(),
            ..Default::default()
        };
        let readings = readings(&reply, &Searcher::new(&[]));
        let number = |name: &str| readings.get(name).and_then(Value::as_u64);
        (number("pictures"), number("not_searched").unwrap())
    }

    #[test]
    fn a_short_lived_file_that_nobody_saw_leaves_no_count_of_nothing() {
        for (change, content, pictures, missed) in [
            ("new", "text", Some(0), 0),
            ("new", "binary", Some(0), 0),
            ("new", "", None, 1),
            ("deleted", "", Some(0), 0),
            ("came-and-went", "text", Some(0), 0),
            ("came-and-went", "empty", Some(0), 0),
            ("came-and-went", "", None, 1),
            ("came-and-went", "binary", None, 1),
            ("came-and-went", "jpeg", Some(1), 0),
        ] {
            assert_eq!(
                told(&[(change, content)]),
                (pictures, missed),
                "{change} {content}"
            );
        }
        // A picture counts, whatever else was missed.
        let both = [("came-and-went", ""), ("came-and-went", "jpeg")];
        assert_eq!(told(&both), (Some(1), 1));
    }

    #[test]
    fn what_was_missed_is_named() {
        let reply = v1::ChangedFilesReply {
            files: vec![v1::ChangedFile {
                path: "tmp/frame.jpg".into(),
                change: "came-and-went".into(),
                ..Default::default()
            }],
            ..Default::default()
        };
        let readings = readings(&reply, &Searcher::new(&[]));
        let gaps = readings["places_not_searched"].to_string();
        assert!(
            gaps.contains("tmp/frame.jpg") && gaps.contains("before its content was seen"),
            "{gaps}"
        );
    }
}
