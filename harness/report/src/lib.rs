//! Renders a judged run: `index.html` for people, `junit.xml` for CI systems.
//!
//! Reads a plan, journal records and a judgement that others made, and pictures from the run folder. It never
//! judges, never reaches a device, has no clock: every date stands in the journal. Called by `shinsa run` and
//! `shinsa report`.

pub mod accuracy;
mod clean;
mod html;
mod inspections;
mod item;
mod junit;
mod ledger;
mod pictures;
mod plot;
mod vectors;
mod words;

use std::io;
use std::path::{Path, PathBuf};

use shinsa_model::event::Record;
use shinsa_model::plan::Plan;
use shinsa_model::verdict::Judgement;

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The file could not be written.
    #[error(
        "cannot write {path}: {why}; make the run folder writable and free some space, then run `shinsa report` again"
    )]
    Write {
        /// File.
        path: PathBuf,
        /// The system's reason.
        why: io::Error,
    },
    /// The judgement is of another run than the journal.
    #[error(
        "the judgement is of run {judged:?}, the journal of {journal:?}; run `shinsa judge` on this folder first"
    )]
    OtherRun {
        /// Run named by the judgement.
        judged: String,
        /// Run named by the journal.
        journal: String,
    },
    /// A template did not render.
    #[error("cannot render the report: {0}; this is a defect of shinsa, please report it")]
    Render(#[from] askama::Error),
}

/// Writes both reports into the run folder and returns their paths.
pub fn write(
    folder: &Path,
    plan: &Plan,
    records: &[Record],
    judgement: &Judgement,
) -> Result<Vec<PathBuf>, ReportError> {
    Ok(vec![
        write_html(folder, plan, records, judgement)?,
        write_junit(folder, plan, records, judgement)?,
    ])
}

/// Writes `index.html`; pictures are read from `folder/artefacts`.
pub fn write_html(
    folder: &Path,
    plan: &Plan,
    records: &[Record],
    judgement: &Judgement,
) -> Result<PathBuf, ReportError> {
    same_run(records, judgement)?;
    let text = html::render(folder, plan, records, judgement)?;
    put(folder.join("index.html"), &text)
}

/// Writes `junit.xml`.
pub fn write_junit(
    folder: &Path,
    plan: &Plan,
    records: &[Record],
    judgement: &Judgement,
) -> Result<PathBuf, ReportError> {
    same_run(records, judgement)?;
    let text = junit::render(plan, records, judgement)?;
    put(folder.join("junit.xml"), &text)
}

fn same_run(records: &[Record], judgement: &Judgement) -> Result<(), ReportError> {
    use shinsa_model::event::Event;
    match records.first().map(|record| &record.event) {
        Some(Event::RunStarted { run, .. }) if *run != judgement.run => {
            Err(ReportError::OtherRun {
                judged: judgement.run.clone(),
                journal: run.clone(),
            })
        }
        _ => Ok(()),
    }
}

/// Written beside, then renamed: a reader never sees half a report.
fn put(path: PathBuf, text: &str) -> Result<PathBuf, ReportError> {
    let part = path.with_extension("part");
    let written =
        std::fs::write(&part, clean::printable(text)).and_then(|()| std::fs::rename(&part, &path));
    match written {
        Ok(()) => Ok(path),
        Err(why) => Err(ReportError::Write { path, why }),
    }
}
