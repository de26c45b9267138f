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
const UNKNOWN_SIZE: (u32, u32) = (800, 480);
/// No screen is larger; keeps a hostile folder from filling memory.
const ONE: u64 = 1_000_000;

/// A picture in the page. Its bytes stand in it once; later places show the same again by its id.
#[derive(Clone)]
pub(crate) struct Picture {
    /// Id in the page, unique by content.
    pub id: String,
    /// Does an earlier place hold the bytes?
    pub again: bool,
    /// Width and height, px.
    pub size: (u32, u32),
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
    let mut sources: HashMap<&str, Embedded> = HashMap::new();
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
                let again = sources.contains_key(artefact.sha256.as_str());
                let count = sources.len();
                let known = sources.entry(&artefact.sha256).or_insert_with(|| {
                    embed(
                        folder,
                        &path,
                        &artefact.sha256,
                        &artefact.media,
                        count,
                        &mut spent,
                    )
                });
                pictures.push(Picture {
                    id: format!("p-{}", &artefact.sha256[..16]),
                    again: again && known.inside,
                    size: known.size,
                    name: artefact.name.clone(),
                    source: known.source.clone(),
                    path: path.clone(),
                    line: record.seq + 1,
                });
            }
        }
    }
    found
}

/// What became of a picture.
struct Embedded {
    /// Data URI or relative path; empty where it is not shown.
    source: String,
    inside: bool,
    size: (u32, u32),
}

fn embed(
    folder: &Path,
    path: &str,
    sha256: &str,
    media: &str,
    count: usize,
    spent: &mut usize,
) -> Embedded {
    let outcome = |source: String, inside, size| Embedded {
        source,
        inside,
        size,
    };
    let file = folder.join(path);
    let small = std::fs::metadata(&file).is_ok_and(|found| found.len() <= ONE);
    let bytes = small.then(|| std::fs::read(file).ok()).flatten();
    let Some(bytes) = bytes.filter(|bytes| hex::encode(Sha256::digest(bytes)) == sha256) else {
        return outcome(String::new(), false, UNKNOWN_SIZE);
    };
    let size = size(&bytes);
    if count >= MOST || *spent + bytes.len() > MOST_BYTES {
        return outcome(path.to_owned(), false, size);
    }
    *spent += bytes.len();
    let data = base64::engine::general_purpose::STANDARD.encode(bytes);
    outcome(format!("data:{media};base64,{data}"), true, size)
}

/// Width and height of a PNG (its IHDR chunk comes first); for anything else a screen's usual shape.
fn size(bytes: &[u8]) -> (u32, u32) {
    let number = |at: usize| {
        let four = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(four)).filter(|n| (1..=20_000).contains(n))
    };
    let png = bytes.starts_with(b"\x89PNG\r\n\x1a\n");
    match (number(16), number(20)) {
        (Some(width), Some(height)) if png => (width, height),
        _ => UNKNOWN_SIZE,
    }
}
