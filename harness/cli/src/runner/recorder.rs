//! The recorder: gives every event its number and time, hands it to the journal, then to those who listen.
//!
//! Time within a session is monotonic. Civil time is written for people; when it jumps against the monotonic clock, that is
//! itself an event.

use std::time::{Instant, SystemTime};

use jiff::{Timestamp, tz::TimeZone};
use shinsa_journal::{RunFolder, WriteError, Writer, artefact};
use shinsa_model::event::{Event, Record};
use shinsa_model::observation::Artefact;
use shinsa_rig::NewFile;

use crate::console::Console;

/// Jump of the civil clock that is recorded, ms: more than a time service slews between two events.
const JUMP_MS: i64 = 1000;

/// Writes down what happens.
pub struct Recorder {
    folder: RunFolder,
    writer: Writer,
    console: Console,
    next: u64,
    session: u32,
    start: Instant,
    wall: fn() -> SystemTime,
    /// Civil minus monotonic, ms, at the last event.
    offset_ms: Option<i64>,
}

impl Recorder {
    /// Goes on after `next` lines, as session `session`; `start` is the origin of the clock `harness`.
    pub fn new(
        folder: RunFolder,
        writer: Writer,
        console: Console,
        next: u64,
        session: u32,
        start: Instant,
    ) -> Self {
        Self {
            folder,
            writer,
            console,
            next,
            session,
            start,
            wall: SystemTime::now,
            offset_ms: None,
        }
    }

    /// With another civil clock, for tests.
    #[must_use]
    pub fn with_wall(mut self, wall: fn() -> SystemTime) -> Self {
        self.wall = wall;
        self
    }

    /// Writes an event down; it is on the disk after the next flush.
    pub fn record(&mut self, event: Event) {
        let elapsed = self.start.elapsed();
        let wall = Timestamp::try_from((self.wall)()).unwrap_or(Timestamp::UNIX_EPOCH);
        let offset = wall.as_millisecond() - elapsed.as_millis() as i64;
        let jump = offset - self.offset_ms.replace(offset).unwrap_or(offset);
        if jump.abs() >= JUMP_MS {
            self.write(
                elapsed.as_nanos() as u64,
                &wall,
                Event::ClockStepped { by_ms: jump },
            );
        }
        self.write(elapsed.as_nanos() as u64, &wall, event);
    }

    fn write(&mut self, t_ns: u64, wall: &Timestamp, event: Event) {
        let wall = wall
            .to_zoned(TimeZone::system())
            .strftime("%FT%T.%6f%:z")
            .to_string();
        let record = Record {
            seq: self.next,
            session: self.session,
            t_ns,
            wall,
            event,
        };
        self.next += 1;
        self.writer.append(record.clone());
        self.console.hear(&record);
    }

    /// Waits until everything recorded is on the disk.
    pub fn flush(&self) -> Result<(), WriteError> {
        // The wait is the disk's, some milliseconds; nothing else of this session may happen meanwhile.
        tokio::task::block_in_place(|| self.writer.flush()).map(drop)
    }

    /// Stores a file beside the journal.
    pub fn store(&self, file: &NewFile) -> std::io::Result<Artefact> {
        artefact::store(self.folder.path(), &file.name, &file.media, &file.bytes)
    }
}
