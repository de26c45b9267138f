//! `evaluate_matcher`: every live presentation of the face library against every reference photo, by the vendor's engine.
//!
//! Pictures go from library to engine and are kept nowhere; templates stay with the engine. Rows of scores are stored as
//! they come, so that an adapter that dies at 60 % costs the other 40 %. Judges nothing.

mod engine;
mod library;
mod rows;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::json;
use sha2::{Digest, Sha256};
use shinsa_model::event::{Fault, FaultKind};
use shinsa_model::measure::accuracy::{GROUPS_MEDIA, MEDIA};
use shinsa_model::scenario::EvaluateMatcher;
use shinsa_stats::scores::{Column, Failure, Scores, compact};

use self::engine::{Described, Engine};
use self::library::Library;
use self::rows::Rows;
use super::{observed, values};
use crate::bench::{Bench, NewFile, Performed, TrialContext};
use crate::fault::{fault, incapable};

pub use self::engine::probe as probe_matcher;
pub use self::library::probe as probe_library;

/// How often an adapter may die and come back within one step.
const RESTARTS: u32 = 3;

/// Who is compared under which condition.
struct Faces {
    subjects: Vec<String>,
    condition: String,
    presentations: u32,
    /// Hash of the library's list, hex.
    sha256: String,
    synthetic: bool,
    /// Groups of the subjects as CSV; empty where the library tells none.
    groups: String,
}

/// What could be made into templates.
struct Templates {
    /// Subjects with a usable photo.
    references: Vec<u32>,
    /// (subject, attempt) of each usable presentation.
    probes: Vec<(u32, u32)>,
    failures: Vec<Failure>,
}

pub async fn evaluate(
    bench: &Bench,
    verb: &EvaluateMatcher,
    context: &TrialContext,
    within: Duration,
) -> Result<Performed, Fault> {
    let until = Instant::now() + within;
    let library = Library::new(bench.need_wire("face_library")?);
    let engine = Engine::new(bench.need_wire("matcher")?);
    let faces = library.faces(verb).await?;
    let (mut restarts, mut before) = (0_u32, None);
    let (described, templates, rows) = loop {
        let scratch = bench.options.scratch.as_deref();
        let tried = compared(
            &library,
            &engine,
            &faces,
            scratch,
            context,
            until,
            &mut before,
        )
        .await;
        match tried {
            Ok(whole) => break whole,
            // An adapter that died may be started again by its owner: rows that are there are not asked for again.
            Err(fault) if fault.kind == FaultKind::Unreachable && restarts < RESTARTS => {
                restarts += 1;
                engine.back_again(until).await.map_err(|()| fault)?;
            }
            Err(fault) => return Err(fault),
        }
    };
    engine.forget().await?;
    let scores = collected(&faces, &templates, &rows, described.distance);
    let threshold = described
        .threshold
        .map(|value| if described.distance { -value } else { value });
    let count = |to_enrol: bool| {
        templates
            .failures
            .iter()
            .filter(|f| f.to_enrol == to_enrol)
            .count()
    };
    let mut readings = values([
        ("engine", described.name.clone().into()),
        ("engine_version", described.version.clone().into()),
        ("condition", faces.condition.clone().into()),
        ("subjects", faces.subjects.len().into()),
        ("synthetic", faces.synthetic.into()),
        ("genuine", scores.genuine.len().into()),
        ("impostor", scores.impostor.len().into()),
        ("failures_to_acquire", count(false).into()),
        ("failures_to_enrol", count(true).into()),
        ("library_sha256", faces.sha256.clone().into()),
        ("rows_from_before", before.unwrap_or(0).into()),
        ("adapter_restarts", restarts.into()),
    ]);
    if let Some(threshold) = threshold {
        readings.insert("threshold".into(), json!(threshold));
    }
    let mut performed = observed(engine.name(), bench.now(), readings);
    performed.files = vec![NewFile {
        name: "scores".into(),
        media: MEDIA.into(),
        bytes: compact::write(&scores),
    }];
    if !faces.groups.is_empty() {
        performed.files.push(NewFile {
            name: "subjects.csv".into(),
            media: GROUPS_MEDIA.into(),
            bytes: faces.groups.into_bytes(),
        });
    }
    rows.discard();
    Ok(performed)
}

/// One pass: templates anew (they are nobody's to store), then the rows that are not there yet.
async fn compared(
    library: &Library,
    engine: &Engine,
    faces: &Faces,
    scratch: Option<&std::path::Path>,
    context: &TrialContext,
    until: Instant,
    before: &mut Option<usize>,
) -> Result<(Described, Templates, Rows), Fault> {
    let described = engine.describe().await?;
    engine.forget().await?;
    let templates = extract(library, engine, faces, until).await?;
    let key = key(faces, &described, &context.trial, &templates);
    let mut rows = Rows::open(scratch, &key, templates.probes.len())?;
    before.get_or_insert(rows.stored());
    for reference in &templates.references {
        if rows.holds(*reference) {
            continue;
        }
        out_of_time(until)?;
        let scores = engine
            .compare(&faces.subjects, *reference, &templates.probes)
            .await?;
        rows.store(*reference, scores)?;
    }
    Ok((described, templates, rows))
}

fn out_of_time(until: Instant) -> Result<(), Fault> {
    if Instant::now() < until {
        return Ok(());
    }
    Err(fault(
        FaultKind::Timeout,
        "evaluate_matcher: the step's time is used up",
        "raise the step's `within`, or compare fewer subjects; rows that are there are kept for a resumed run",
    ))
}

/// Every picture becomes a template, a few at a time.
async fn extract(
    library: &Library,
    engine: &Engine,
    faces: &Faces,
    until: Instant,
) -> Result<Templates, Fault> {
    let mut wanted = Vec::new();
    for subject in 0..faces.subjects.len() as u32 {
        wanted.push((subject, 0));
        wanted.extend((1..=faces.presentations).map(|attempt| (subject, attempt)));
    }
    let mut usable: BTreeMap<(u32, u32), bool> = BTreeMap::new();
    for some in wanted.chunks(4) {
        out_of_time(until)?;
        let mut tasks = tokio::task::JoinSet::new();
        for &(subject, attempt) in some {
            let (library, engine) = (library.clone(), engine.clone());
            let name = faces.subjects[subject as usize].clone();
            let condition = faces.condition.clone();
            tasks.spawn(async move {
                let picture = library.picture(&name, &condition, attempt).await?;
                let extracted = engine.extract(&name, attempt, picture).await?;
                Ok::<_, Fault>(((subject, attempt), extracted))
            });
        }
        while let Some(done) = tasks.join_next().await {
            let (place, extracted) =
                done.map_err(|error| crate::fault::harness(error.to_string()))??;
            usable.insert(place, extracted);
        }
    }
    let mut templates = Templates {
        references: Vec::new(),
        probes: Vec::new(),
        failures: Vec::new(),
    };
    for ((subject, attempt), extracted) in usable {
        match (attempt, extracted) {
            (0, true) => templates.references.push(subject),
            (_, true) => templates.probes.push((subject, attempt)),
            (_, false) => templates.failures.push(Failure {
                reference: subject,
                probe: subject,
                attempt: attempt.max(1),
                to_enrol: attempt == 0,
            }),
        }
    }
    if templates.references.is_empty() || templates.probes.is_empty() {
        return Err(incapable(
            "the engine found a face in none of the library's pictures",
            "check that the adapter understands the library's picture format; try one picture by hand",
        ));
    }
    Ok(templates)
}

/// Stored rows belong to this very evaluation: same people, same engine, same trial, same usable pictures.
fn key(faces: &Faces, engine: &Described, trial: &str, templates: &Templates) -> String {
    let mut hash = Sha256::new();
    for part in [
        &faces.sha256,
        &faces.condition,
        &engine.name,
        &engine.version,
        trial,
    ] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.update(format!(
        "{:?}{:?}{:?}",
        engine.threshold, templates.references, templates.probes
    ));
    hex::encode(hash.finalize())
}

fn collected(faces: &Faces, templates: &Templates, rows: &Rows, distance: bool) -> Scores {
    let mut scores = Scores {
        subjects: faces.subjects.clone(),
        conditions: vec![faces.condition.clone()],
        failures: templates.failures.clone(),
        ..Scores::default()
    };
    for reference in &templates.references {
        for ((probe, attempt), score) in templates.probes.iter().zip(rows.row(*reference)) {
            let column: &mut Column = if probe == reference {
                &mut scores.genuine
            } else {
                &mut scores.impostor
            };
            column.score.push(if distance { -score } else { *score });
            column.reference.push(*reference);
            column.probe.push(*probe);
            column.attempt.push(*attempt);
            column.condition.push(0);
        }
    }
    scores
}
