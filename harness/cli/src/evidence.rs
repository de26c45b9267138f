//! A stored run as `judge`, `report`, `verify` and `resume` read it: plan and journal, checked against each other.

use std::path::Path;

use sha2::{Digest, Sha256};
use shinsa_journal::{Journal, RunFolder, artefact, read};
use shinsa_model::event::Event;
use shinsa_model::judge::{Head, judge};
use shinsa_model::measure::accuracy::{GROUPS_MEDIA, MEDIA, ScoreFile, ScoreFiles};
use shinsa_model::plan::Plan;
use shinsa_model::verdict::Judgement;
use shinsa_stats::scores::compact;
use shinsa_stats::study::Groups;

use crate::exit::Stop;

/// Plan and journal of one run.
pub struct Evidence {
    /// Where.
    pub folder: RunFolder,
    /// What was to be done.
    pub plan: Plan,
    /// What happened.
    pub journal: Journal,
}

impl Evidence {
    /// Opens a run and checks the chain and the plan's hash.
    pub fn open(path: &Path) -> Result<Self, Stop> {
        let folder = RunFolder::open(path).map_err(Stop::usage)?;
        let journal = read(&folder.journal()).map_err(Stop::evidence)?;
        let bytes = std::fs::read(folder.plan())
            .map_err(|error| Stop::evidence(format!("{}: {error}", folder.plan().display())))?;
        let hash = hex::encode(Sha256::digest(&bytes));
        match journal.records.first().map(|record| &record.event) {
            Some(Event::RunStarted { plan_sha256, .. }) if *plan_sha256 == hash => {}
            Some(Event::RunStarted { .. }) => {
                return Err(Stop::evidence(format!(
                    "{}: is not the plan that the journal names",
                    folder.plan().display()
                )));
            }
            _ => {
                return Err(Stop::evidence(format!(
                    "{}: does not begin with the run's start",
                    folder.journal().display()
                )));
            }
        }
        let plan = serde_json::from_slice(&bytes)
            .map_err(|error| Stop::evidence(format!("{}: {error}", folder.plan().display())))?;
        Ok(Self {
            folder,
            plan,
            journal,
        })
    }

    /// Verdicts from plan, journal and the score files that the journal names.
    pub fn judge(&self) -> Result<Judgement, Stop> {
        let head = Head {
            sum: self.journal.head.clone(),
            lines: self.journal.records.len() as u64,
        };
        let scores = self.scores()?;
        Ok(judge(&self.plan, &self.journal.records, &head, &scores))
    }

    /// Score files that the journal names, unchanged.
    fn scores(&self) -> Result<ScoreFiles, Stop> {
        let mut files = ScoreFiles::new();
        for record in &self.journal.records {
            let Event::StepEnded {
                observation: Some(observation),
                ..
            } = &record.event
            else {
                continue;
            };
            for named in observation
                .artefacts
                .iter()
                .filter(|file| file.media == MEDIA)
            {
                let broken = |why: &dyn std::fmt::Display| {
                    Stop::evidence(format!(
                        "line {}: {} ({}): {why}",
                        record.seq + 1,
                        named.name,
                        named.sha256
                    ))
                };
                let bytes = artefact::load(self.folder.path(), &named.sha256)
                    .map_err(|error| broken(&error))?;
                let scores = compact::read(&bytes).map_err(|problem| broken(&problem.message))?;
                let mut file = ScoreFile::from(scores);
                let mut beside = observation.artefacts.iter();
                if let Some(groups) = beside.find(|other| other.media == GROUPS_MEDIA) {
                    let bytes = artefact::load(self.folder.path(), &groups.sha256)
                        .map_err(|error| broken(&error))?;
                    let text = std::str::from_utf8(&bytes).map_err(|error| broken(&error))?;
                    file.groups = Groups::from_csv(text, &file.scores.subjects)
                        .map_err(|problem| broken(&problem.message))?;
                }
                files.insert(named.sha256.clone(), file);
            }
        }
        Ok(files)
    }

    /// Judges and writes verdicts and reports.
    pub fn conclude(&self) -> Result<Judgement, Stop> {
        let judgement = self.judge()?;
        let write = |error: &dyn std::fmt::Display| {
            Stop::rig(format!("{}: {error}", self.folder.path().display()))
        };
        self.folder
            .write_whole(&self.folder.verdicts(), &to_json(&judgement))
            .map_err(|error| write(&error))?;
        shinsa_report::write(
            self.folder.path(),
            &self.plan,
            &self.journal.records,
            &judgement,
        )
        .map_err(|error| write(&error))?;
        Ok(judgement)
    }

    /// Every artefact that the journal names is there and unchanged; returns how many.
    pub fn check_artefacts(&self) -> Result<usize, Stop> {
        let mut checked = 0;
        for record in &self.journal.records {
            let artefacts = match &record.event {
                Event::StepEnded {
                    observation: Some(observation),
                    ..
                } => observation.artefacts.iter().collect(),
                Event::Document(document) => document.artefact.iter().collect(),
                _ => Vec::new(),
            };
            for named in artefacts {
                artefact::load(self.folder.path(), &named.sha256).map_err(|error| {
                    Stop::evidence(format!(
                        "line {}: {} ({}): {error}",
                        record.seq + 1,
                        named.name,
                        named.sha256
                    ))
                })?;
                checked += 1;
            }
        }
        Ok(checked)
    }
}

/// The bytes of `verdicts.json`.
pub fn to_json(judgement: &Judgement) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(judgement).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
