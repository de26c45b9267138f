//! Screens as pictures: artefacts of the run folder, inside the page while they are few and small, else linked.
//! A file whose bytes are not those that the journal names is never shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use base64::Engine;
use sha2::{Digest, Sha256};
use shinsa_model::event::{Event, Record};
use shinsa_model::plan::Plan;

const MOST: usize = 40;
const MOST_BYTES: usize = 3_000_000;
const PER_ITEM: usize = 6;
/// No screen is larger; keeps a hostile folder from filling memory.
const ONE: u64 = 1_000_000;

/// A picture in the page.
#[derive(Clone)]
pub(crate) struct Picture {
    /// Name given by the scenario.
    pub name: String,
    /// Data URI or relative path; empty where the file is missing or changed.
    pub source: String,
    /// Relative path.
    pub path: String,
    /// Journal line.
    pub line: u64,
}

/// First pictures of each criterion, distinct by content; and how many were left out.
pub(crate) fn by_criterion<'a>(
    folder: &Path,
    plan: &'a Plan,
    records: &[Record],
) -> BTreeMap<&'a str, (Vec<Picture>, usize)> {
    let criteria: HashMap<&str, &[String]> = plan
        .scenarios
        .iter()
        .map(|s| (s.id.as_str(), s.criteria.as_slice()))
        .collect();
    let trials: HashMap<&str, &[String]> = plan
        .trials
        .iter()
        .filter_map(|t| Some((t.id.as_str(), *criteria.get(t.scenario.as_str())?)))
        .collect();
    let mut found: BTreeMap<&str, (Vec<Picture>, usize)> = BTreeMap::new();
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut sources: HashMap<&str, String> = HashMap::new();
    let mut spent = 0;
    for record in records {
        let Event::StepEnded {
            trial,
            observation: Some(observation),
            ..
        } = &record.event
        else {
            continue;
        };
        for artefact in observation
            .artefacts
            .iter()
            .filter(|a| matches!(a.media.as_str(), "image/png" | "image/jpeg"))
        {
            let Some(path) = crate::clean::artefact_path(&artefact.sha256) else {
                continue;
            };
            for criterion in trials.get(trial.as_str()).copied().unwrap_or_default() {
                if !seen.insert((criterion, &artefact.sha256)) {
                    continue;
                }
                let (pictures, left_out) = found.entry(criterion).or_default();
                if pictures.len() == PER_ITEM {
                    *left_out += 1;
                    continue;
                }
                // the data of one picture stands once in the page, later places link the file
                let source = match sources.get(artefact.sha256.as_str()) {
                    Some(_) => path.clone(),
                    None => embed(
                        folder,
                        &path,
                        &artefact.sha256,
                        &artefact.media,
                        sources.len(),
                        &mut spent,
                    ),
                };
                sources
                    .entry(&artefact.sha256)
                    .or_insert_with(|| source.clone());
                let known = sources[artefact.sha256.as_str()].is_empty();
                pictures.push(Picture {
                    name: artefact.name.clone(),
                    source: if known { String::new() } else { source },
                    path: path.clone(),
                    line: record.seq + 1,
                });
            }
        }
    }
    found
}

fn embed(
    folder: &Path,
    path: &str,
    sha256: &str,
    media: &str,
    count: usize,
    spent: &mut usize,
) -> String {
    let file = folder.join(path);
    if std::fs::metadata(&file).map_or(u64::MAX, |m| m.len()) > ONE {
        return String::new();
    }
    let Ok(bytes) = std::fs::read(file) else {
        return String::new();
    };
    if hex::encode(Sha256::digest(&bytes)) != sha256 {
        return String::new();
    }
    if count >= MOST || *spent + bytes.len() > MOST_BYTES {
        return path.to_owned();
    }
    *spent += bytes.len();
    format!(
        "data:{media};base64,{}",
        base64::engine::general_purpose::STANDARD.encode(bytes)
    )
}
