//! Starts the software: one instance, its parts, its end.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tonic::transport::Endpoint;
use virtual_reader::{Defect, Defects, hardening};

use super::back_end::BackEnd;
use super::card::Cards;
use super::engine::Engine;
use super::flow::Reader;
use super::image_heap::ImageHeap;
use super::lockout::Lockout;
use super::logs::{Kind, Logs};
use super::manage::{self, Manager};
use super::panel::Display;
use super::results::Results;
use super::screens::canvas;
use super::settings::Settings;
use super::sight::ocr::Ocr;
use super::slips::Slips;
use super::ui::Ui;
use super::{debug_port, usb};

/// Runs until SIGTERM or SIGINT.
pub fn run(run_dir: &Path, defects: Vec<Defect>) -> Result<()> {
    let defects = Defects::new(defects);
    let refused = hardening::harden(&defects);
    let _only_one = lock(run_dir)?;
    // What stands between patients; each of them gets a runtime of his own.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let (reader, stopping) = runtime.block_on(prepare(run_dir, defects))?;
    let logs = reader.logs.clone();
    for what in refused {
        logs.error(&format!("保護: {what} は許可されない"));
    }
    reader.serve(runtime.handle(), stopping);
    // A card that never answers holds its thread until it is taken away: not waited for.
    runtime.shutdown_background();
    logs.operation(Kind::Stop, "本人認証用カードリーダーソフト");
    std::fs::remove_file(run_dir.join("management.sock"))?;
    Ok(())
}

/// The reader, and what tells it to stop.
async fn prepare(run_dir: &Path, defects: Defects) -> Result<(Reader, watch::Receiver<bool>)> {
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
    let endpoint = Endpoint::from_shared(format!("unix:{}", run_dir.join("world.sock").display()))?;
    let bus = endpoint
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
            Display::plug(&bus),
            defects.clone(),
        ),
        cards: Cards::watch(),
        foreign: usb::watch(&bus, &defects),
        bus: endpoint,
        eyes: None,
        images: ImageHeap::new(!defects.has(Defect::PhotoNotOverwritten)),
        slips: Slips::new(&terminal, &defects),
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
    if defects.has(Defect::DebugPort) {
        debug_port::open().await?;
    }
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
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
        stop.send_replace(true);
        // A receiver must not take the end of the sender for nothing to stop.
        std::future::pending::<()>().await;
    });
    Ok((reader, stopping))
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
