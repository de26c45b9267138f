//! The order of start and end.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::fs::{FlockOperation, flock};
use rustix::process::Signal;
use shinsa_wire::address::Address;
use tokio::net::UnixStream;
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Mutex;

use super::process::{self, Process};
use super::software::{Software, remove};
use super::terminal::Terminal;
use super::{UpArguments, agent, defects, pcscd, ports};

/// A process that has not opened its socket by then is given up.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);
const STALE: [&str; 12] = [
    "agent.sock",
    "agent.yaml",
    "antenna.sock",
    "eligibility.port",
    "eligibility-ca.pem",
    "eligibility.sock",
    "management.sock",
    "matcher.sock",
    "pcscd.comm",
    "terminal.sock",
    "terminal.swap",
    "world.sock",
];

/// Brings everything up and waits for the signal to end.
pub async fn up(arguments: UpArguments) -> Result<()> {
    defects::check(&arguments.defect)?;
    // The reader's processes stand in folders of their own.
    let run_dir = &std::path::absolute(&arguments.run_dir)?;
    let _only_one = clean(run_dir)?;
    let ports = ports::take(arguments.vpcd_port)?;
    let binaries = std::env::current_exe()?
        .parent()
        .context("this program's folder")?
        .to_owned();
    let store = run_dir.join("cards");
    make_cards(&binaries, &arguments.cards, &store).await?;

    // The defect's reader has no PC/SC driver: the terminal's stack never hears of it.
    let visible = !arguments.defect.iter().any(|name| name == "not-pcsc");
    let mut processes = vec![pcscd::start(run_dir, visible.then_some(ports.first))?];
    let place = |name: &str| {
        let mut command = Command::new(binaries.join(name));
        command.arg("--run-dir").arg(run_dir).arg("--cards");
        command.arg(&arguments.cards).arg("--store").arg(&store);
        command
    };
    processes.push(process::spawn(
        "eligibility",
        place("virtual-eligibility"),
        run_dir,
    )?);
    let mut world = place("virtual-world");
    world
        .arg("--card-binary")
        .arg(binaries.join("virtual-card"));
    for argument in &arguments.card_arg {
        world.arg(format!("--card-arg={argument}"));
    }
    world.args(&arguments.world_arg);
    processes.push(process::spawn("world", world, run_dir)?);
    let mut matcher = Command::new(binaries.join("virtual-matcher"));
    matcher.arg("--run-dir").arg(run_dir);
    for defect in &arguments.defect {
        matcher.arg("--defect").arg(defect);
    }
    processes.push(process::spawn("matcher", matcher, run_dir)?);
    for socket in [
        "matcher.sock",
        "world.sock",
        "eligibility.sock",
        "pcscd.comm",
    ] {
        answers(&run_dir.join(socket), &processes).await?;
    }
    let mut software = Software {
        run_dir: run_dir.clone(),
        binaries: binaries.clone(),
        defects: arguments.defect.clone(),
        vpcd_port: ports.first,
        device: None,
        running: None,
        ran_before_power_cut: false,
    };
    software.write_screens().await?;
    software.start_device().await?;
    agent::configure(run_dir)?;
    if let Some(agent) = agent::start(run_dir, &binaries)? {
        processes.push(agent);
        answers(&run_dir.join("agent.sock"), &processes).await?;
    }
    processes.iter().for_each(Process::report_end);
    serve(run_dir, software, processes).await
}

async fn serve(run_dir: &Path, software: Software, processes: Vec<Process>) -> Result<()> {
    let software = Arc::new(Mutex::new(software));
    let terminal = Terminal {
        software: software.clone(),
        folder: run_dir.join("terminal"),
    };
    let address = Address::Unix(run_dir.join("terminal.sock"));
    let router = terminal.router();
    let serving = tokio::spawn(async move { address.serve(router, std::future::pending()).await });
    answers(&run_dir.join("terminal.sock"), &processes).await?;
    let (mut terminated, mut interrupted) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    println!("ready");
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
        ended = serving => { ended?.context("terminal.sock")?; }
    }
    // Whatever does not end by itself ends with this process.
    let mut software = software.lock().await;
    let _ = software.end(Signal::TERM).await;
    let device = software.device.take();
    for process in processes.iter().rev().chain(&device) {
        process.signal(Signal::TERM);
        if process.ended(Duration::from_secs(2)).await.is_none() {
            process.signal(Signal::KILL);
            process.ended(Duration::from_secs(2)).await;
        }
    }
    for name in STALE {
        remove(&run_dir.join(name))?;
    }
    Ok(())
}

/// Makes the folder fit for a new life; the card store stays.
fn clean(run_dir: &Path) -> Result<File> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(run_dir).with_context(|| run_dir.display().to_string())?;
    std::fs::set_permissions(run_dir, std::fs::Permissions::from_mode(0o700))?;
    let path = run_dir.join("supervisor.lock");
    let lock = File::create(&path).with_context(|| path.display().to_string())?;
    flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(|_| {
        anyhow::anyhow!(
            "{}: another virtual rig runs in this folder: end it, or choose another --run-dir",
            run_dir.display()
        )
    })?;
    for name in STALE {
        remove(&run_dir.join(name))?;
    }
    for folder in ["terminal", "device", "trace", "readers", "screens"] {
        let path = run_dir.join(folder);
        match std::fs::remove_dir_all(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| path.display().to_string());
            }
            _ => {}
        }
    }
    std::fs::create_dir_all(run_dir.join("trace"))?;
    std::fs::create_dir_all(run_dir.join("terminal"))?;
    Ok(lock)
}

async fn make_cards(binaries: &Path, cards: &Path, store: &PathBuf) -> Result<()> {
    let output = Command::new(binaries.join("virtual-card"))
        .arg("make")
        .arg("--cards")
        .arg(cards)
        .arg("--store")
        .arg(store)
        .output()
        .await
        .context("virtual-card: build all binaries first")?;
    anyhow::ensure!(
        output.status.success(),
        "virtual-card make: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(())
}

/// Waits until somebody listens; a process that ends meanwhile ends the start.
async fn answers(socket: &Path, processes: &[Process]) -> Result<()> {
    let waiting = async {
        while UnixStream::connect(socket).await.is_err() {
            processes.iter().try_for_each(Process::must_live)?;
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .with_context(|| format!("nobody listens at {} after 60 s", socket.display()))?
}
