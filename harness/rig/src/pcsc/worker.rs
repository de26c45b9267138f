//! A thread that owns one PC/SC session and does one job after the other.

use std::sync::mpsc;

use shinsa_model::event::Fault;

use super::session::Session;
use crate::fault::harness;

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
                for job in queue {
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
