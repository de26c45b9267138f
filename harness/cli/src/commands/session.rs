//! A session on a rig: lock, launch, open, preflight, run, conclude. What `run` and `resume` have in common.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use shinsa_journal::{RunFolder, Writer};
use shinsa_model::event::{Event, Preflight};
use shinsa_model::judge::exit_code;
use shinsa_model::rig::RigFile;
use shinsa_rig::{Bench, OpenOptions};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::commands::judge::summary;
use crate::console::Console;
use crate::evidence::Evidence;
use crate::exit::{INTERRUPTED, RIG, Stop};
use crate::launch::Launched;
use crate::lock::RigLock;
use crate::runner::{End, Pending, Recorder, Runner};

/// How long the safe state may take where the rig file says nothing.
const SAFE_WITHIN: Duration = Duration::from_secs(10);

/// How the rig is reached.
#[derive(Debug, Clone, Args)]
pub struct OnRig {
    /// Folder of the rig's sockets and state; default: the rig file's run_dir.
    #[arg(long)]
    pub rig_dir: Option<PathBuf>,
    /// Bring the rig's own processes up first, and end them with the run.
    #[arg(long)]
    pub up: bool,
    /// Further arguments for the rig's launch command.
    #[arg(long, allow_hyphen_values = true)]
    pub launch_arg: Vec<String>,
    /// Answers of people for unattended runs (YAML).
    #[arg(long)]
    pub answers: Option<PathBuf>,
}

impl OnRig {
    /// How to open the rig of this file.
    pub fn options(
        &self,
        rig_path: &Path,
        rig: &RigFile,
        origin: Instant,
    ) -> Result<OpenOptions, Stop> {
        let absolute = |path: &Path| std::path::absolute(path).map_err(Stop::usage);
        let folder = absolute(rig_path.parent().unwrap_or(Path::new(".")))?;
        let run_dir = absolute(self.rig_dir.as_deref().unwrap_or(Path::new(&rig.run_dir)))?;
        let mut options = OpenOptions::new(folder, run_dir);
        options.answers.clone_from(&self.answers);
        options.origin = origin;
        Ok(options)
    }

    /// Launches the rig where that was asked for.
    pub async fn launch(
        &self,
        rig: &RigFile,
        options: &OpenOptions,
    ) -> Result<Option<Launched>, Stop> {
        if !self.up {
            return Ok(None);
        }
        let launch = rig.launch.as_ref().ok_or_else(|| {
            Stop::usage(format!(
                "rig `{}` has no `launch` command: start it yourself and leave --up out",
                rig.rig
            ))
        })?;
        Launched::start(launch, options, &self.launch_arg)
            .await
            .map(Some)
    }
}

/// What is to be done in this session.
pub struct Session {
    /// Where the evidence goes.
    pub folder: RunFolder,
    /// The journal's writer.
    pub writer: Writer,
    /// Lines already there.
    pub lines: u64,
    /// Number of this session.
    pub number: u32,
    /// Events to write before the first trial.
    pub opening: Vec<Event>,
    /// Trials still to be done.
    pub pending: Vec<Pending>,
    /// Trials of the whole plan.
    pub total: u64,
}

impl Session {
    /// Runs the session on the rig and concludes; returns the exit code.
    pub async fn run(self, rig_path: &Path, rig: &RigFile, on: &OnRig) -> Result<u8, Stop> {
        let start = Instant::now();
        let mut options = on.options(rig_path, rig, start)?;
        options.scratch = Some(self.folder.path().join("partial"));
        let _lock = RigLock::take(&options.run_dir, &self.folder.id())?;
        let stops = listen_for_stops().map_err(Stop::rig)?;
        let launched = on.launch(rig, &options).await?;
        let path = self.folder.path().to_owned();
        let result = self.on_bench(rig, &options, start, stops).await;
        if let Some(launched) = launched {
            launched.end().await;
        }
        let end = result?;
        let judgement = Evidence::open(&path)?.conclude()?;
        summary(&judgement);
        println!("report: {}", path.join("index.html").display());
        match end {
            End::Complete => Ok(exit_code(judgement.overall)),
            End::Interrupted => {
                println!("interrupted; go on with: shinsa resume {}", path.display());
                Ok(INTERRUPTED)
            }
            End::Broken(why) => {
                eprintln!(
                    "the run stopped: {why}\nmend the rig, then: shinsa resume {}",
                    path.display()
                );
                Ok(RIG)
            }
        }
    }

    async fn on_bench(
        self,
        rig: &RigFile,
        options: &OpenOptions,
        start: Instant,
        stops: watch::Receiver<u32>,
    ) -> Result<End, Stop> {
        let console = Console::new(self.total, self.total - self.pending.len() as u64);
        let mut recorder = Recorder::new(
            self.folder,
            self.writer,
            console,
            self.lines,
            self.number,
            start,
        );
        self.opening
            .into_iter()
            .for_each(|event| recorder.record(event));
        recorder.flush().map_err(Stop::rig)?;
        let bench = Bench::open(rig, options)
            .await
            .map_err(|fault| Stop::rig(format!("{}\n{}", fault.message, fault.todo)))?;
        bench
            .pins_tell_cards(self.pending.iter().map(|pending| &pending.trial))
            .map_err(|fault| Stop::rig(format!("{}\n{}", fault.message, fault.todo)))?;
        let preflight = bench.preflight().await;
        for found in &preflight {
            recorder.record(Event::Preflight(found.clone()));
        }
        recorder.flush().map_err(Stop::rig)?;
        let end = if preflight.iter().all(|found| found.ready) {
            let safe_within = rig
                .safe_state_within
                .map_or(SAFE_WITHIN, |within| within.duration());
            let mut runner = Runner {
                bench: &bench,
                recorder: &mut recorder,
                stops,
                safe_within,
            };
            runner.run(&self.pending).await.map_err(Stop::rig)?
        } else {
            print!("{}", preflight_table(&preflight));
            let why = "the rig is not ready: see the table above".to_owned();
            recorder.record(Event::RunInterrupted { why: why.clone() });
            recorder.flush().map_err(Stop::rig)?;
            End::Broken(why)
        };
        bench.close().await;
        Ok(end)
    }
}

/// Counts SIGINT and SIGTERM.
fn listen_for_stops() -> std::io::Result<watch::Receiver<u32>> {
    let (count, stops) = watch::channel(0);
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            count.send_modify(|count| *count += 1);
            eprintln!("stopping: the teardown runs; once more to skip it");
        }
    });
    Ok(stops)
}

/// The preflight as one table.
pub fn preflight_table(preflight: &[Preflight]) -> String {
    let head = row("driver", "", "equipment", "calibration", "clock offset");
    std::iter::once(head)
        .chain(preflight.iter().flat_map(driver_rows))
        .collect()
}

fn row(driver: &str, ready: &str, equipment: &str, calibration: &str, clock: &str) -> String {
    format!("{driver:12} {ready:9} {equipment:60} {calibration:12} {clock}\n")
}

fn driver_rows(found: &Preflight) -> Vec<String> {
    let ready = if found.ready { "ready" } else { "NOT READY" };
    let clock = found.clock.as_ref().map_or_else(String::new, |clock| {
        format!(
            "{:.3} ± {:.3} ms",
            clock.offset_ns as f64 / 1e6,
            clock.half_width_ns as f64 / 1e6
        )
    });
    let mut rows = vec![row(&found.driver, ready, "", "", &clock)];
    rows.extend(found.equipment.iter().map(|one| {
        let simulated = if one.simulated { " (simulated)" } else { "" };
        let what = format!(
            "{}: {} {} {}{simulated}",
            one.service, one.make, one.model, one.serial
        );
        row(
            "",
            "",
            &what,
            if one.calibration_due.is_empty() {
                "-"
            } else {
                &one.calibration_due
            },
            "",
        )
    }));
    rows.extend(found.notes.iter().map(|note| row("", "", note, "", "")));
    rows
}
