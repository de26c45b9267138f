//! The writer: one thread owns the file. `append` hands a record over and returns; `flush` waits until everything
//! handed over before it is on the disk. Flushes that wait at the same time share one `fdatasync` (group commit).
//!
//! The queue is bounded: a slow disk slows the runner down, it never fills the memory. After a write error nothing is
//! written any more and every flush says so: what is on the disk stays a whole chain.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use shinsa_model::event::Record;

use crate::chain;
use crate::read::Journal;

/// Lines that may wait for the disk.
const QUEUE: usize = 4096;

/// The disk did not take the evidence. The first error of the journal, repeated for every later call.
#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "the journal cannot be written: {0}; what is on the disk stays judgeable: free space or change --out, then `shinsa resume`"
)]
pub struct WriteError(String);

enum Order {
    Line(Box<Record>),
    Flush(SyncSender<Result<String, WriteError>>),
}

/// Handle of a journal's writer thread. Dropping it writes out what was handed over.
pub struct Writer {
    orders: Option<SyncSender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Begins a new journal.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(path)?;
        Ok(Self::over(file, chain::START.into()))
    }

    /// Goes on with a journal that was read: a torn last line is cut off.
    pub fn go_on(path: &Path, journal: &Journal) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).open(path)?;
        if journal.torn_bytes > 0 {
            file.set_len(journal.whole_bytes)?;
            file.sync_all()?;
        }
        Ok(Self::over(file, journal.head.clone()))
    }

    /// Over any open file, after the line with this sum.
    pub fn over(file: File, head: String) -> Self {
        let (orders, queue) = sync_channel(QUEUE);
        let thread = std::thread::spawn(move || work(file, head, &queue));
        Self {
            orders: Some(orders),
            thread: Some(thread),
        }
    }

    /// Hands a record over. Blocks only while the queue is full; errors show at the next flush.
    pub fn append(&self, record: Record) {
        if let Some(orders) = &self.orders {
            // The thread ends only with this handle; a failed send can only follow its panic, which flush reports.
            let _ = orders.send(Order::Line(Box::new(record)));
        }
    }

    /// Waits until everything appended before is on the disk; returns the sum of the last line.
    pub fn flush(&self) -> Result<String, WriteError> {
        let gone = || WriteError("the writer thread is gone".into());
        let (done, wait) = sync_channel(1);
        let orders = self.orders.as_ref().ok_or_else(gone)?;
        orders.send(Order::Flush(done)).map_err(|_| gone())?;
        wait.recv().map_err(|_| gone())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported by flush; there is nobody else to tell here.
            let _ = thread.join();
        }
    }
}

fn work(mut file: File, mut head: String, queue: &Receiver<Order>) {
    let mut failed: Option<WriteError> = None;
    while let Ok(first) = queue.recv() {
        let mut lines = String::new();
        let mut waiting = Vec::new();
        for order in std::iter::once(first).chain(queue.try_iter().take(QUEUE)) {
            match order {
                Order::Line(record) => match serde_json::to_string(&record) {
                    Ok(object) => {
                        let (line, sum) = chain::seal(&head, &object);
                        lines.push_str(&line);
                        head = sum;
                    }
                    Err(error) => failed = failed.or_else(|| Some(WriteError(error.to_string()))),
                },
                Order::Flush(done) => waiting.push(done),
            }
        }
        if failed.is_none() {
            let sync = |file: &File| {
                if waiting.is_empty() {
                    Ok(())
                } else {
                    file.sync_data()
                }
            };
            failed = file
                .write_all(lines.as_bytes())
                .and_then(|()| sync(&file))
                .err()
                .map(|error| WriteError(error.to_string()));
        }
        for done in waiting {
            // Nobody may wait any more: a runner that was aborted.
            let _ = done.send(failed.clone().map_or_else(|| Ok(head.clone()), Err));
        }
    }
}
