//! `collect`: streams a folder of the terminal and reads encoding, kinds, order and personal data of its files.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use shinsa_model::event::Fault;
use shinsa_model::scenario::Collect;
use shinsa_wire::v1;
use shinsa_wire::v1::terminal_agent_client::TerminalAgentClient;
use zeroize::Zeroizing;

use super::{observed, values};
use crate::bench::{Bench, NewFile, Performed};
use crate::fault::{garbage, timeout};
use crate::texts::encoding::{Decoded, decode};
use crate::texts::personal;
use crate::wire::{LARGEST_MESSAGE, timed};

/// Most bytes of one folder.
const LARGEST_FOLDER: usize = 256 << 20;
/// Most findings listed one by one; all are counted.
const LISTED: usize = 100;

type Files = BTreeMap<String, Zeroizing<Vec<u8>>>;

pub async fn collect(bench: &Bench, verb: &Collect, within: Duration) -> Result<Performed, Fault> {
    let mut files = stream(bench, &verb.folder, within).await?;
    if let Some(part) = &verb.only {
        files.retain(|path, _| path.contains(part.as_str()));
    }
    let marks = bench.lock_trial()?.line_marks.clone();
    let secrets = bench.read_secrets()?;
    let searcher = personal::Searcher::new(secrets.canaries());
    let (mut invalid, mut marked, mut total) = (0_u64, 0_u64, 0_usize);
    let (mut count, mut findings) = (0_usize, Vec::new());
    let (mut fresh, mut kept) = (Vec::<String>::new(), Vec::new());
    for (path, bytes) in &files {
        let decoded = decode(bytes);
        invalid += u64::from(!decoded.utf8);
        marked += u64::from(decoded.marked);
        total += bytes.len();
        let before = marks.get(&(verb.folder.clone(), path.clone())).copied();
        fresh.extend(since(&decoded.text, before.unwrap_or(0)));
        let found = searcher.search(&decoded.text);
        count += found.len();
        findings.extend(found.iter().map(|finding| {
            json!({"file": path, "line": finding.line, "kind": finding.kind, "canary": finding.canary})
        }));
        kept.push(keep(&verb.folder, path, bytes, &decoded, &found));
    }
    findings.truncate(LISTED);
    let lines: Vec<&str> = fresh.iter().map(String::as_str).collect();
    let missing = bench.kinds.missing(&verb.kinds, &lines)?;
    let mut readings = values([
        ("files", files.len().into()),
        ("bytes", total.into()),
        ("invalid_utf8_files", invalid.into()),
        ("byte_order_marks", marked.into()),
        ("lines", json!(bench.kinds.count(&lines))),
        ("personal_data_findings", count.into()),
        ("findings", Value::Array(findings)),
    ]);
    if !verb.kinds.is_empty() {
        readings.insert("missing_kinds".into(), missing.len().into());
        readings.insert("missing".into(), json!(missing));
    }
    if !verb.order.is_empty() {
        let disorder = bench.kinds.disorder(&verb.order, &lines)?;
        readings.insert("disorder".into(), disorder.into());
    }
    if !verb.counts.is_empty() {
        let from = match &verb.counts_from {
            Some(kind) => bench.kinds.last(kind, &lines)?.unwrap_or(0),
            None => 0,
        };
        let miscounted = bench.kinds.miscounted(&verb.counts, &lines[from..])?;
        readings.insert("miscounted".into(), miscounted.len().into());
        readings.insert("expected_lines".into(), json!(verb.counts));
    }
    let mut performed = observed(&bench.need_wire("terminal")?.name, bench.now(), readings);
    performed.files = kept;
    Ok(performed)
}

/// Lines of each file of a folder now: the mark behind which a trial's own lines begin.
pub async fn line_counts(
    bench: &Bench,
    folder: &str,
) -> Result<BTreeMap<(String, String), usize>, Fault> {
    let within = bench.need_wire("terminal")?.deadline;
    let files = stream(bench, folder, within).await?;
    let count = |(path, bytes): (String, Zeroizing<Vec<u8>>)| {
        (
            (folder.to_owned(), path),
            decode(&bytes).text.lines().count(),
        )
    };
    Ok(files.into_iter().map(count).collect())
}

/// Lines behind the mark; a file that has become shorter was begun anew.
fn since(text: &str, mark: usize) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let from = if lines.len() < mark { 0 } else { mark };
    lines[from..].iter().map(ToString::to_string).collect()
}

fn keep(
    folder: &str,
    path: &str,
    bytes: &[u8],
    decoded: &Decoded,
    found: &[personal::Finding],
) -> NewFile {
    let plain = found.is_empty();
    NewFile {
        name: format!("{folder}/{path}{}", if plain { "" } else { ".redacted" }),
        media: if decoded.utf8 || !plain {
            "text/plain; charset=utf-8"
        } else {
            "application/octet-stream"
        }
        .into(),
        bytes: if plain {
            bytes.to_vec()
        } else {
            personal::redact(&decoded.text, found).into_bytes()
        },
    }
}

async fn stream(bench: &Bench, folder: &str, within: Duration) -> Result<Files, Fault> {
    let wire = bench.need_wire("terminal")?;
    let mut client =
        TerminalAgentClient::new(wire.channel.clone()).max_decoding_message_size(LARGEST_MESSAGE);
    let request = v1::CollectRequest {
        folder: folder.into(),
    };
    let call = client.collect(timed(request, within));
    let mut chunks = wire.call("collect", within, call).await?;
    let receive = async {
        let (mut files, mut total, mut open) = (Files::new(), 0, None);
        while let Some(chunk) = chunks
            .message()
            .await
            .map_err(|status| wire.failed("collect", within, &status))?
        {
            total += chunk.data.len();
            if total > LARGEST_FOLDER {
                return Err(garbage(format!(
                    "folder {folder}: larger than {LARGEST_FOLDER} bytes"
                )));
            }
            open = (!chunk.last).then(|| chunk.path.clone());
            files.entry(chunk.path).or_default().extend(chunk.data);
        }
        match open {
            Some(path) => Err(garbage(format!("collect: {path} has no last chunk"))),
            None => Ok(files),
        }
    };
    tokio::time::timeout(within, receive)
        .await
        .map_err(|_| timeout("collect", within))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_behind_the_mark_are_the_trials() {
        assert_eq!(since("a\nb\nc\n", 2), ["c"]);
        assert_eq!(since("x\n", 2), ["x"]);
        assert!(since("a\nb\n", 2).is_empty());
    }

    #[test]
    fn a_file_with_personal_data_is_kept_redacted_only() {
        let canaries = [crate::secrets::Canary {
            id: "c/name".into(),
            value: crate::secrets::Secret::new("見本".into()),
        }];
        let bytes = "名 見本\n".as_bytes();
        let decoded = decode(bytes);
        let found = personal::Searcher::new(&canaries).search(&decoded.text);
        let file = keep("log", "a.log", bytes, &decoded, &found);
        assert_eq!(file.name, "log/a.log.redacted");
        assert_eq!(String::from_utf8(file.bytes).unwrap(), "名 ██\n");
    }
}
