//! The defect `deleted-not-overwritten`: the firmware keeps what READ BINARY brings in a file of its flash while the card
//! lies there, and deletes it afterwards. The conforming firmware has no such cache.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::flash::Flash;

const FILE: &str = "CACHE.BIN";
/// INS of READ BINARY.
const READ_BINARY: u8 = 0xB0;

/// The cache of one card.
pub struct Cache<'a> {
    flash: &'a Flash,
    reading: AtomicBool,
}

impl<'a> Cache<'a> {
    /// Empty.
    pub fn new(flash: &'a Flash) -> Self {
        Self {
            flash,
            reading: AtomicBool::new(false),
        }
    }

    /// A command passes.
    pub fn command(&self, frame: &[u8]) {
        let reading = frame.len() > 4 && frame[1] == READ_BINARY;
        self.reading.store(reading, Ordering::SeqCst);
    }

    /// An answer passes.
    pub fn answer(&self, frame: &[u8]) {
        let Some((data, _)) = frame.split_last_chunk::<2>() else {
            return;
        };
        if self.reading.load(Ordering::SeqCst)
            && let Err(error) = self.flash.append(FILE, data)
        {
            eprintln!("cache: {error:#}");
        }
    }

    /// The card left.
    pub fn end(&self) {
        if let Err(error) = self.flash.delete(FILE) {
            eprintln!("cache: {error:#}");
        }
    }
}
