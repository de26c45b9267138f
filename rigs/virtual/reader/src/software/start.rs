//! Starts the software: one instance, its parts, its end.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tonic::transport::Endpoint;
use virtual_reader::{Defect, Defects};

use super::back_end::BackEnd;
use super::card::Cards;
use super::engine::Engine;
use super::flow::Reader;
use super::lockout::Lockout;
use super::logs::{Kind, Logs};
use super::manage::{self, Manager};
use super::panel;
use super::results::Results;
use super::screens::canvas;
use super::settings::Settings;
use super::sight::eyes::Eyes;
use super::sight::ocr::Ocr;
use super::ui::Ui;

/// Runs until SIGTERM or SIGINT.
pub fn run(run_dir: &Path, defects: Vec<Defect>) -> Result<()> {
    let _only_one = lock(run_dir)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(serve(run_dir, Defects::new(defects)));
    // A card that never answers holds its thread until it is taken away: not waited for.
    runtime.shutdown_background();
    outcome
}

async fn serve(run_dir: &Path, defects: Defects) -> Result<()> {
    let terminal = run_dir.join("terminal");
    let logs = Logs::open(&terminal, &defects)?;
    logs.operation(
        Kind::Start,
        &format!(
            "本人認証用カードリーダーソフト {}",
            env!("CARGO_PKG_VERSION")
        ),
    );
    let font = Arc::new(canvas::typeface()?);
    let (settings, changed) = watch::channel(Settings::open(&terminal)?);
    let engine = Arc::new(Mutex::new(Engine::open(&terminal, &defects)));
    let lockout = Arc::new(Mutex::new(Lockout::open(&terminal)));
    let bus = Endpoint::from_shared(format!("unix:{}", run_dir.join("world.sock").display()))?
        .connect()
        .await
        .context("the device bus (world.sock)")?;
    logs.operation(
        Kind::Identity,
        "識別情報 model=reference-reader firmware=1.0.0 serial=0001",
    );
    let (tests, test_requests) = mpsc::channel(1);
    let back_end = BackEnd::new(run_dir);
    let reader = Reader {
        ui: Ui::new(
            font.clone(),
            changed.clone(),
            panel::plug(&bus),
            defects.clone(),
        ),
        cards: Cards::watch(),
        eyes: Eyes::new(bus),
        ocr: Arc::new(Ocr::load(&font)),
        back_end: back_end.clone(),
        logs: logs.clone(),
        results: Results::open(&terminal)?,
        lockout: lockout.clone(),
        engine: engine.clone(),
        settings: changed,
        tests: test_requests,
        terminal_key: run_dir.join("cards/terminal.key"),
        defects: defects.clone(),
        gallery: Vec::new(),
        face_transactions: 0,
    };
    let (stop, stopping) = watch::channel(false);
    let manager = Manager {
        settings: Arc::new(settings),
        lockout,
        engine,
        tests,
        back_end,
        defects,
    };
    manage::serve(run_dir, manager)?;
    let (mut terminated, mut interrupted) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let serving = tokio::spawn(reader.serve(stopping));
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    stop.send_replace(true);
    serving.await.context("the flow broke off")?;
    logs.operation(Kind::Stop, "本人認証用カードリーダーソフト");
    std::fs::remove_file(run_dir.join("management.sock"))?;
    Ok(())
}

/// One software per rig; the radio's defect `needs-vendor-software` asks for this lock too.
fn lock(run_dir: &Path) -> Result<File> {
    let path = run_dir.join("software.lock");
    let file = File::create(&path).with_context(|| path.display().to_string())?;
    anyhow::ensure!(
        take(&file),
        "{}: the software is already running",
        path.display()
    );
    Ok(file)
}

#[allow(unsafe_code, reason = "flock on an open descriptor")]
fn take(file: &File) -> bool {
    unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) == 0 }
}
