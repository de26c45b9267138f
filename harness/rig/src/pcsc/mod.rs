//! Driver `pcsc`: the card reader through PC/SC on this machine.
//!
//! PC/SC calls block, some for good when a card never answers: they run on a worker thread with a deadline on our
//! side; a worker that misses it is abandoned and replaced (it ends when the card's socket closes). The card is
//! shared with the reader under test: every sequence of commands is one transaction, ended by leaving the card as it is.

mod session;
mod socket;
mod worker;

pub use session::{CardState, Reply};

use std::ffi::CString;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use shinsa_model::event::Fault;
use shinsa_model::scenario::PinKind;

use crate::fault::{harness, timeout};
use session::Session;
use worker::Worker;

/// The driver.
pub struct Pcsc {
    /// Driver's name in the rig file.
    pub name: String,
    reader: Option<String>,
    worker: Mutex<Option<Worker>>,
}

/// How long an answer is looked for before the task sleeps: being woken costs more than a command on a fast card.
const EAGER: Duration = Duration::from_micros(250);

impl Pcsc {
    /// Opens the driver; does not touch pcscd yet. `socket`: of a private pcscd. One process can use one pcscd only.
    pub fn open(
        name: &str,
        socket: Option<PathBuf>,
        reader: Option<String>,
    ) -> Result<Self, Fault> {
        socket::choose(socket)?;
        Ok(Self {
            name: name.into(),
            reader,
            worker: Mutex::new(None),
        })
    }

    /// Names of the readers that PC/SC lists and that match the rig file.
    pub async fn readers(&self, within: Duration) -> Result<Vec<String>, Fault> {
        let names = self
            .run("list the PC/SC readers", within, Session::readers)
            .await?;
        Ok(names
            .iter()
            .map(|name: &CString| name.to_string_lossy().into_owned())
            .collect())
    }

    /// State of the reader and its card. With `until`: waits until a card is (not) present, or `within` is over.
    pub async fn state(&self, until: Option<bool>, within: Duration) -> Result<CardState, Fault> {
        let deadline = Instant::now() + within;
        // The wait itself ends at the deadline; the margin is for the answer to come back.
        let margin = Duration::from_secs(2);
        self.run("PC/SC status", within + margin, move |session| {
            session.state(until, deadline)
        })
        .await
    }

    /// Sends one command. What the harness selected before with this card is selected anew first, in the same
    /// transaction, since the reader's own software may have selected something else meanwhile.
    pub async fn transmit(&self, command: Vec<u8>, within: Duration) -> Result<Reply, Fault> {
        self.run("send an APDU", within, move |session| {
            session.transmit(&command)
        })
        .await
    }

    /// Reads a retry counter by an empty VERIFY; costs no try.
    pub async fn retry_counter(&self, pin: PinKind, within: Duration) -> Result<Reply, Fault> {
        self.run("read a retry counter", within, move |session| {
            session.retry_counter(pin)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        what: &str,
        within: Duration,
        job: impl FnOnce(&mut Session) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (answer, mut answered) = tokio::sync::oneshot::channel();
        {
            let mut slot = self
                .worker
                .lock()
                .map_err(|_| harness("PC/SC driver: lock poisoned"))?;
            let worker = match slot.take() {
                Some(worker) => worker,
                None => Worker::start(self.reader.clone())?,
            };
            worker.give(Box::new(move |session| {
                // Nobody waits any more when the deadline has passed: the result is dropped.
                let _ = answer.send(job(session));
            }))?;
            *slot = Some(worker);
        }
        if let Some(result) = eagerly(&mut answered) {
            return result;
        }
        match tokio::time::timeout(within, answered).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => {
                self.abandon();
                Err(harness(format!("PC/SC worker ended during: {what}")))
            }
            Err(_) => {
                self.abandon();
                Err(timeout(what, within))
            }
        }
    }

    fn abandon(&self) {
        if let Ok(mut slot) = self.worker.lock() {
            *slot = None;
        }
    }
}

/// Looks for the answer before the task goes to sleep; `None` where it takes longer.
fn eagerly<T>(answered: &mut tokio::sync::oneshot::Receiver<T>) -> Option<T> {
    let since = Instant::now();
    while since.elapsed() < EAGER {
        if let Ok(result) = answered.try_recv() {
            return Some(result);
        }
        std::hint::spin_loop();
    }
    None
}
