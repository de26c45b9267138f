//! A walk under way: hands items over, keeps the report, reads ranges around unreadable pages.
//!
//! Knows neither processes nor files; `process`, `files`, `containers` and `dumps` give it a function that reads.

use super::item::{Chunk, Item, Place, Region};
use super::options::Options;
use super::report::{NotSearched, Note, Report, Why};
use super::snapshot::PAGE;
use std::io;
use std::ops::{ControlFlow, Range};
use zeroize::Zeroizing;

/// Bytes of a hole handed over at each of its ends: a form may end, or begin, with zeros.
static ZEROS: [u8; PAGE] = [0; PAGE];

/// Why a read failed.
pub(super) enum Fault {
    /// These positions cannot be read.
    Here(io::Error),
    /// Nothing can be read any more.
    Everywhere(Why),
}

/// Reads bytes at a position into the buffer: how many, 0 behind the end.
pub(super) type Read<'a> = &'a mut dyn FnMut(u64, &mut [u8]) -> Result<usize, Fault>;

/// Receives the items.
pub(super) type On<'a> = &'a mut dyn FnMut(Item<'_>) -> ControlFlow<()>;

/// A walk under way.
pub(super) struct Scan<'a> {
    pub(super) options: &'a Options,
    on: On<'a>,
    report: Report,
    buffer: Zeroizing<Vec<u8>>,
    chunk: usize,
    /// Position right behind the last byte handed over, while positions go on counting.
    behind: Option<u64>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(options: &'a Options, on: On<'a>) -> Self {
        let chunk =
            (options.chunk / PAGE * PAGE).clamp(*Options::CHUNKS.start(), *Options::CHUNKS.end());
        Self {
            options,
            on,
            report: Report::default(),
            buffer: Zeroizing::new(vec![0; chunk]),
            chunk,
            behind: None,
        }
    }

    pub(super) fn finish(mut self, flow: ControlFlow<()>) -> Report {
        self.report.broken_off = flow.is_break();
        self.report
    }

    /// Begin positions anew: the next byte follows none.
    pub(super) fn new_space(&mut self) {
        self.behind = None;
    }

    pub(super) fn region(&mut self, region: &Region) -> ControlFlow<()> {
        self.report.regions += 1;
        (self.on)(Item::Region(region))
    }

    pub(super) fn note(&mut self, place: &Place, note: Note) {
        if self.report.notes.len() < Report::LONGEST {
            self.report.notes.push((place.clone(), note));
        } else {
            self.report.not_listed += 1;
        }
    }

    pub(super) fn missed(&mut self, about: (&Place, &str), range: Option<Range<u64>>, why: Why) {
        self.report.missed(NotSearched {
            place: about.0.clone(),
            name: about.1.to_owned(),
            range,
            why,
        });
    }

    pub(super) fn left_out(&mut self, bytes: u64) {
        self.report.left_out += bytes;
    }

    /// Positions known to be zero: hand over their first and last page.
    pub(super) fn hole(&mut self, hole: Range<u64>) -> ControlFlow<()> {
        let length = hole.end - hole.start;
        self.report.zeros += length;
        let first = length.min(PAGE as u64);
        let last = (length - first).min(PAGE as u64);
        for (position, length) in [(hole.start, first), (hole.end - last, last)] {
            if length > 0 {
                self.hand_over(position, &ZEROS[..length as usize])?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Hand over bytes that lie elsewhere than in a source: names, or what was read to be looked at first.
    pub(super) fn give(&mut self, position: u64, bytes: &[u8]) -> ControlFlow<()> {
        self.report.searched += bytes.len() as u64;
        self.hand_over(position, bytes)
    }

    fn hand_over(&mut self, position: u64, bytes: &[u8]) -> ControlFlow<()> {
        let joins = self.behind == Some(position);
        self.behind = position.checked_add(bytes.len() as u64);
        (self.on)(Item::Chunk(Chunk {
            position,
            bytes,
            joins,
        }))
    }

    /// Read `range` in chunks and hand them over; around a failing spot page by page.
    ///
    /// Gives how far it came: to the end of the range, or to where `read` had no more bytes or failed for good.
    pub(super) fn read(
        &mut self,
        about: (&Place, &str),
        range: Range<u64>,
        read: Read<'_>,
    ) -> ControlFlow<(), u64> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut failing = None;
        let mut position = range.start;
        // Up to here page by page, for a larger read failed.
        let mut careful_until = range.start;
        while position < range.end {
            let step = if position < careful_until {
                PAGE as u64 - position % PAGE as u64
            } else {
                self.chunk as u64
            };
            let step = step.min(range.end - position);
            match read(position, &mut buffer[..step as usize]) {
                Ok(0) => break,
                Ok(length) => {
                    self.give(position, &buffer[..length])?;
                    position += length as u64;
                }
                Err(Fault::Here(_)) if step > PAGE as u64 => careful_until = position + step,
                Err(Fault::Here(error)) => {
                    self.add_failing(about, &mut failing, position..position + step, &error);
                    position += step;
                }
                Err(Fault::Everywhere(why)) => {
                    self.missed(about, Some(position..range.end), why);
                    position = range.end;
                }
            }
        }
        self.buffer = buffer;
        if let Some((range, why)) = failing {
            self.missed(about, Some(range), why);
        }
        ControlFlow::Continue(position)
    }

    /// Join `range` to the failing range before it, or list that and begin another.
    fn add_failing(
        &mut self,
        about: (&Place, &str),
        failing: &mut Option<(Range<u64>, Why)>,
        range: Range<u64>,
        error: &io::Error,
    ) {
        let why = Why::from(error);
        if let Some((before, reason)) = failing
            && before.end == range.start
            && *reason == why
        {
            before.end = range.end;
        } else if let Some((range, why)) = failing.replace((range, why)) {
            self.missed(about, Some(range), why);
        }
    }

    /// Hand over an unpacked stream, at most `most` bytes of it. Gives the bytes read and whether it ended.
    pub(super) fn stream(
        &mut self,
        start: u64,
        most: u64,
        stream: &mut dyn io::Read,
    ) -> ControlFlow<(), (u64, io::Result<bool>)> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut read = 0;
        let ended = loop {
            let step = (self.chunk as u64).min(most - read) as usize;
            if step == 0 {
                break stream.read(&mut buffer[..1]).map(|more| more == 0);
            }
            let (length, ended) = fill(stream, &mut buffer[..step]);
            if length > 0 {
                self.give(start + read, &buffer[..length])?;
            }
            read += length as u64;
            match ended {
                Ok(false) => {}
                Ok(true) => break Ok(true),
                Err(error) => break Err(error),
            }
        };
        self.buffer = buffer;
        ControlFlow::Continue((read, ended))
    }
}

/// Read until `buffer` is full or the stream ends or fails; what was read before a failure counts.
fn fill(stream: &mut dyn io::Read, buffer: &mut [u8]) -> (usize, io::Result<bool>) {
    let mut length = 0;
    while length < buffer.len() {
        match stream.read(&mut buffer[length..]) {
            Ok(0) => return (length, Ok(true)),
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (length, Err(error)),
        }
    }
    (length, Ok(false))
}
