//! The card slot: a card that lies in it is a process in the reader's field (`RUN/antenna.sock`).
//!
//! A card whose process ends while it lies there comes back at once, as a real card does when the field comes back
//! (the reader was switched off and on). One thread spawns all of them: the death signal follows the spawning thread.

use std::fs::{File, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::sync::oneshot;

/// How soon a card comes back into a field that returned.
const COMES_BACK: Duration = Duration::from_millis(200);
/// The feeder's arm needs so long from a card taken out to the next one put in. pcscd looks at the field every 400 ms:
/// a card swapped faster than any hand could would pass for the one before.
const TRAVEL: Duration = Duration::from_millis(600);
/// The cards' trace is begun anew from this size on, bytes.
const LARGEST_TRACE: u64 = 1 << 20;

/// What the slot needs.
pub struct Paths {
    pub program: PathBuf,
    pub store: PathBuf,
    /// List of cards; the population's are made when they are needed.
    pub cards: PathBuf,
    pub run_dir: PathBuf,
    /// Further arguments of the card's program.
    pub further: Vec<String>,
}

enum Order {
    Insert(String, oneshot::Sender<Result<()>>),
    Remove(oneshot::Sender<Result<()>>),
    /// The reader's field comes or goes; a card that lies there stays.
    Field(bool, oneshot::Sender<Result<()>>),
}

/// The slot.
pub struct Slot {
    orders: Sender<Order>,
    lies: Mutex<Option<String>>,
    taken_out: Mutex<Option<Instant>>,
}

impl Slot {
    /// Starts the slot's thread.
    pub fn start(paths: Paths) -> Result<Self> {
        std::fs::create_dir_all(paths.run_dir.join("trace"))?;
        let (orders, queue) = channel();
        std::thread::Builder::new()
            .name("slot".into())
            .spawn(move || work(&paths, &queue))?;
        Ok(Self {
            orders,
            lies: Mutex::default(),
            taken_out: Mutex::default(),
        })
    }

    /// Card id, where one lies there.
    pub fn card(&self) -> Option<String> {
        self.lies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts a card in; `false` when one lies there already.
    pub async fn insert(&self, card: &str) -> Result<bool> {
        {
            let mut lies = self.lies.lock().unwrap_or_else(PoisonError::into_inner);
            if lies.is_some() {
                return Ok(false);
            }
            *lies = Some(card.into());
        }
        let taken_out = *self
            .taken_out
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = taken_out {
            tokio::time::sleep(TRAVEL.saturating_sub(at.elapsed())).await;
        }
        let outcome = self
            .order(|reply| Order::Insert(card.to_owned(), reply))
            .await;
        if outcome.is_err() {
            *self.lies.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        outcome.map(|()| true)
    }

    /// Takes out whatever lies there.
    pub async fn remove(&self) -> Result<()> {
        self.order(Order::Remove).await?;
        let mut lies = self.lies.lock().unwrap_or_else(PoisonError::into_inner);
        if lies.take().is_some() {
            let mut taken_out = self
                .taken_out
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *taken_out = Some(Instant::now());
        }
        Ok(())
    }

    /// The reader has power and a field, or neither.
    pub async fn set_field(&self, there: bool) -> Result<()> {
        self.order(|reply| Order::Field(there, reply)).await
    }

    async fn order(&self, order: impl FnOnce(oneshot::Sender<Result<()>>) -> Order) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        self.orders
            .send(order(reply))
            .map_err(|_| anyhow::anyhow!("the slot's thread ended"))?;
        answer.await.context("the slot's thread ended")?
    }
}

fn work(paths: &Paths, queue: &Receiver<Order>) {
    let mut lying: Option<(String, Option<Child>)> = None;
    let mut field = true;
    loop {
        match queue.recv_timeout(COMES_BACK) {
            Ok(Order::Insert(card, reply)) => {
                let spawned = field.then(|| spawn(paths, &card)).transpose();
                // Whoever asked may have gone; the card lies there all the same.
                let _ = reply.send(spawned.map(|child| lying = Some((card, child))));
            }
            Ok(Order::Remove(reply)) => {
                let child = lying.take().and_then(|(_, child)| child);
                let _ = reply.send(end(child));
            }
            Ok(Order::Field(there, reply)) => {
                field = there;
                let child = lying
                    .as_mut()
                    .and_then(|(_, child)| child.take_if(|_| !there));
                let _ = reply.send(end(child));
            }
            Err(RecvTimeoutError::Timeout) => {
                let Some((card, child)) = &mut lying else {
                    continue;
                };
                let gone = child
                    .as_mut()
                    .is_none_or(|child| matches!(child.try_wait(), Ok(Some(_))));
                if field
                    && gone
                    && let Ok(again) = spawn(paths, card)
                {
                    *child = Some(again);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn end(child: Option<Child>) -> Result<()> {
    let Some(mut child) = child else {
        return Ok(());
    };
    child.kill().context("card's process")?;
    child.wait().map(drop).context("card's process")
}

fn spawn(paths: &Paths, card: &str) -> Result<Child> {
    if !paths.store.join(card).exists() {
        make(paths, card)?;
    }
    let mut command = Command::new(&paths.program);
    command
        .arg("run")
        .arg("--store")
        .arg(&paths.store)
        .args(["--card", card, "--connect"])
        .arg(format!(
            "unix:{}",
            paths.run_dir.join("antenna.sock").display()
        ))
        .args(&paths.further)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(trace(paths)?);
    die_with_us(&mut command);
    command
        .spawn()
        .with_context(|| paths.program.display().to_string())
}

fn make(paths: &Paths, card: &str) -> Result<()> {
    let mut command = Command::new(&paths.program);
    command
        .arg("make")
        .arg("--store")
        .arg(&paths.store)
        .arg("--cards")
        .arg(&paths.cards)
        .args(["--only", card])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(trace(paths)?);
    die_with_us(&mut command);
    let made = command.status().context("virtual-card make")?;
    anyhow::ensure!(
        made.success(),
        "card {card} could not be made: see trace/card.log"
    );
    Ok(())
}

fn trace(paths: &Paths) -> Result<File> {
    let path = paths.run_dir.join("trace/card.log");
    let large = std::fs::metadata(&path).is_ok_and(|found| found.len() > LARGEST_TRACE);
    let file = OpenOptions::new()
        .create(true)
        .write(true)
        .append(!large)
        .truncate(large)
        .open(&path);
    file.with_context(|| path.display().to_string())
}

#[allow(
    unsafe_code,
    reason = "prctl in the child before exec: async-signal-safe"
)]
fn die_with_us(command: &mut Command) {
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            Ok(())
        });
    }
}
