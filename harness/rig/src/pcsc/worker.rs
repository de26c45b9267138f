//! A thread that owns one PC/SC session and does one job after the other.

use std::sync::mpsc::{self, TryRecvError};
use std::time::{Duration, Instant};

use shinsa_model::event::Fault;

use super::session::Session;
use crate::fault::harness;

/// How long the thread looks for the next job before it sleeps: commands come in rows, and being woken costs more.
const EAGER: Duration = Duration::from_micros(100);

/// Work for the thread.
pub type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// Handle of the thread; dropping it lets the thread end after its current job.
pub struct Worker {
    jobs: mpsc::Sender<Job>,
}

impl Worker {
    /// Starts the thread.
    pub fn start(reader: Option<String>) -> Result<Self, Fault> {
        let (jobs, queue) = mpsc::channel::<Job>();
        std::thread::Builder::new()
            .name("pcsc".into())
            .spawn(move || {
                let mut session = Session::new(reader);
                while let Some(job) = next(&queue) {
                    job(&mut session);
                }
                session.close();
            })
            .map_err(|error| harness(format!("no thread for PC/SC: {error}")))?;
        Ok(Self { jobs })
    }

    /// Queues a job.
    pub fn give(&self, job: Job) -> Result<(), Fault> {
        self.jobs
            .send(job)
            .map_err(|_| harness("the PC/SC worker has ended"))
    }
}

/// The next job; `None` when the driver is gone.
fn next(queue: &mpsc::Receiver<Job>) -> Option<Job> {
    let since = Instant::now();
    while since.elapsed() < EAGER {
        match queue.try_recv() {
            Ok(job) => return Some(job),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => std::hint::spin_loop(),
        }
    }
    queue.recv().ok()
}
