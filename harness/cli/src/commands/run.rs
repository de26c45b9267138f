//! `run` and `resume`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use sha2::{Digest, Sha256};
use shinsa_journal::{RunFolder, Writer};
use shinsa_model::event::{Event, Record};
use shinsa_model::plan::Plan;
use shinsa_model::rig::RigFile;

use crate::commands::plan::Planning;
use crate::commands::session::{OnRig, Session};
use crate::documents;
use crate::evidence::Evidence;
use crate::exit::Stop;
use crate::load::{Inputs, load_or_stop, told};
use crate::runner::Pending;

/// Runs scenarios on a rig and judges what was seen.
#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    planning: Planning,
    #[command(flatten)]
    on: OnRig,
    /// Folder of the applicant's documents, with its index.yaml.
    #[arg(long)]
    documents: Option<PathBuf>,
    /// Where the evidence goes; default: reports/runs/<time>-<rig>.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Runs `run`.
pub async fn run(arguments: &Run) -> Result<u8, Stop> {
    let rig_path = arguments
        .planning
        .inputs
        .rig
        .clone()
        .ok_or_else(|| Stop::usage("name the rig: --rig FILE"))?;
    let (plan, loaded) = arguments.planning.make()?;
    let rig = loaded
        .resolved
        .rig
        .ok_or_else(|| Stop::usage("name the rig: --rig FILE"))?;
    let today = jiff::Zoned::now().date();
    let records = arguments
        .documents
        .as_deref()
        .map(|folder| documents::read_store(folder, today))
        .transpose()
        .map_err(|problems| Stop::usage(told(&problems)))?;
    let default = PathBuf::from("reports/runs").join(format!(
        "{}-{}",
        jiff::Zoned::now().strftime("%Y%m%d-%H%M%S"),
        plan.rig
    ));
    let out = arguments.out.clone().unwrap_or(default);
    let folder = RunFolder::create(&out)
        .map_err(|error| Stop::usage(format!("{}: {error}", out.display())))?;
    let bytes = serde_json::to_vec(&plan).map_err(Stop::rig)?;
    folder
        .write_whole(&folder.plan(), &bytes)
        .map_err(|error| Stop::usage(format!("{}: {error}", out.display())))?;
    let writer = Writer::create(&folder.journal())
        .map_err(|error| Stop::usage(format!("{}: {error}", out.display())))?;
    let started = Event::RunStarted {
        format: 1,
        run: folder.id(),
        shinsa: env!("CARGO_PKG_VERSION").into(),
        plan_sha256: hex::encode(Sha256::digest(&bytes)),
        seed: plan.seed,
    };
    let opening = [started, session_started(0)]
        .into_iter()
        .chain(records.into_iter().flatten().map(Event::Document));
    let session = Session {
        folder,
        writer,
        lines: 0,
        number: 0,
        opening: opening.collect(),
        total: plan.trials.len() as u64,
        pending: plan
            .trials
            .into_iter()
            .map(|trial| Pending { trial, attempt: 1 })
            .collect(),
    };
    session.run(&rig_path, &rig, &arguments.on).await
}

/// Goes on with a run that was interrupted.
#[derive(Debug, Args)]
pub struct Resume {
    /// Run folder.
    run: PathBuf,
    /// Rig file, the same as before.
    #[arg(long)]
    rig: PathBuf,
    #[command(flatten)]
    on: OnRig,
}

/// Runs `resume`.
pub async fn resume(arguments: &Resume) -> Result<u8, Stop> {
    let evidence = Evidence::open(&arguments.run)?;
    let rig = same_rig(&evidence.plan, &arguments.rig)?;
    let (pending, abandoned) = what_is_left(&evidence.plan, &evidence.journal.records);
    if pending.is_empty()
        && evidence
            .journal
            .records
            .iter()
            .any(|record| record.event == Event::RunEnded)
    {
        let judgement = evidence.conclude()?;
        println!("this run is complete; nothing to do");
        return Ok(shinsa_model::judge::exit_code(judgement.overall));
    }
    let writer = Writer::go_on(&evidence.folder.journal(), &evidence.journal).map_err(Stop::rig)?;
    let opening = [session_started(evidence.journal.torn_bytes)]
        .into_iter()
        .chain(abandoned)
        .collect();
    let session = Session {
        folder: evidence.folder.clone(),
        writer,
        lines: evidence.journal.records.len() as u64,
        number: evidence
            .journal
            .records
            .iter()
            .map(|record| record.session + 1)
            .max()
            .unwrap_or(0),
        opening,
        total: evidence.plan.trials.len() as u64,
        pending,
    };
    session.run(&arguments.rig, &rig, &arguments.on).await
}

fn session_started(repaired_bytes: u64) -> Event {
    // Without it two sessions are simply not comparable; it decides nothing else.
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    Event::SessionStarted {
        boot: boot.trim().into(),
        repaired_bytes,
    }
}

/// The rig file that the plan was made with, by its hash.
fn same_rig(plan: &Plan, path: &Path) -> Result<RigFile, Stop> {
    let nothing = Inputs {
        allow_missing: false,
        scenarios: Vec::new(),
        rig: Some(path.into()),
        criteria: Vec::new(),
        sequences: None,
    };
    let loaded = load_or_stop(&nothing)?;
    for role in ["rig", "dut"] {
        let hash = |inputs: &[shinsa_model::plan::InputFile]| {
            inputs
                .iter()
                .find(|input| input.role == role)
                .map(|input| input.sha256.clone())
        };
        if hash(&plan.inputs) != hash(&loaded.inputs) {
            return Err(Stop::usage(format!(
                "the {role} file is not the one that the run was planned with: restore it, or begin a new run"
            )));
        }
    }
    loaded
        .resolved
        .rig
        .ok_or_else(|| Stop::usage("name the rig: --rig FILE"))
}

/// Trials without an end, with their next attempt; and for each attempt that was begun and has none, the event that says so.
pub fn what_is_left(plan: &Plan, records: &[Record]) -> (Vec<Pending>, Vec<Event>) {
    let mut begun: BTreeMap<&str, u32> = BTreeMap::new();
    let mut ended: Vec<&str> = Vec::new();
    let mut told: Vec<(&str, u32)> = Vec::new();
    for record in records {
        match &record.event {
            Event::TrialStarted { trial, attempt } => {
                begun.insert(trial, *attempt);
            }
            Event::TrialEnded { trial, .. } => ended.push(trial),
            Event::TrialAbandoned { trial, attempt, .. } => told.push((trial, *attempt)),
            _ => {}
        }
    }
    let left = plan
        .trials
        .iter()
        .filter(|trial| !ended.contains(&trial.id.as_str()));
    let pending = left
        .map(|trial| Pending {
            attempt: begun
                .get(trial.id.as_str())
                .map_or(1, |attempt| attempt + 1),
            trial: trial.clone(),
        })
        .collect();
    let abandoned = begun
        .into_iter()
        .filter(|(trial, attempt)| !ended.contains(trial) && !told.contains(&(*trial, *attempt)))
        .map(|(trial, attempt)| Event::TrialAbandoned {
            trial: trial.into(),
            attempt,
            why: "the session ended before the trial did".into(),
        })
        .collect();
    (pending, abandoned)
}
