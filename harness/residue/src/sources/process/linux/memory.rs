//! Bytes of a live process.
//!
//! `process_vm_readv` is fastest and never touches a device. `/proc/PID/mem` also reads memory the process itself may
//! not read (`PROT_NONE` guards around secrets), so it is asked for what the first refuses, but never for a device's
//! memory: there a read can have effects. `/proc/PID/pagemap` tells which private pages were never touched.

use crate::sources::item::Kind;
use crate::sources::report::Why;
use crate::sources::scan::Fault;
use crate::sources::snapshot::PAGE;
use nix::errno::Errno;
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;
use std::fs::File;
use std::io::{self, IoSliceMut};
use std::ops::{ControlFlow, Range};
use std::os::unix::fs::FileExt;

/// Pages whose pagemap entries are looked at together.
const WINDOW: u64 = 4096;
/// Untouched stretches shorter than this many pages are read with what is around them.
const SHORT: u64 = 16;
/// Present, or swapped out.
const TOUCHED: u64 = 1 << 63 | 1 << 62;

/// A process's memory, opened for reading.
pub(in super::super) struct Memory {
    pid: Pid,
    mem: Option<File>,
    pagemap: Option<File>,
}

impl Memory {
    pub(in super::super) fn open(pid: u32) -> Result<Self, Why> {
        Ok(Self {
            pid: Pid::from_raw(i32::try_from(pid).map_err(|_| Why::Gone)?),
            mem: File::open(format!("/proc/{pid}/mem")).ok(),
            pagemap: File::open(format!("/proc/{pid}/pagemap")).ok(),
        })
    }

    pub(in super::super) fn read(
        &self,
        position: u64,
        buffer: &mut [u8],
        kind: Kind,
    ) -> Result<usize, Fault> {
        let Ok(base) = usize::try_from(position) else {
            return Err(Fault::Here(io::ErrorKind::InvalidInput.into()));
        };
        let remote = [RemoteIoVec {
            base,
            len: buffer.len(),
        }];
        let failed = match process_vm_readv(self.pid, &mut [IoSliceMut::new(buffer)], &remote) {
            // Whole pages only, so that the next read begins at one.
            Ok(length) if length >= PAGE => return Ok(length / PAGE * PAGE),
            Ok(_) => Errno::EFAULT,
            Err(Errno::ESRCH) => return Err(Fault::Everywhere(Why::Gone)),
            Err(errno) => errno,
        };
        match &self.mem {
            Some(mem) if kind != Kind::Device => match mem.read_at(buffer, position) {
                Ok(length) if length >= PAGE => return Ok(length / PAGE * PAGE),
                _ => {}
            },
            _ => {}
        }
        match failed {
            Errno::EPERM => Err(Fault::Everywhere(Why::Denied)),
            failed => Err(Fault::Here(failed.into())),
        }
    }

    /// Cut `range` into spans and tell of each whether it may hold anything but zeros.
    pub(in super::super) fn spans(
        &self,
        range: Range<u64>,
        own: bool,
        on: &mut dyn FnMut(Range<u64>, bool) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(pagemap) = self.pagemap.as_ref().filter(|_| own) else {
            return on(range, true);
        };
        let page = PAGE as u64;
        let mut entries = vec![0; WINDOW as usize * 8];
        // The span being grown.
        let mut span = range.start..range.start;
        let mut touched = true;
        let mut position = range.start;
        while position < range.end {
            let pages = ((range.end - position) / page).min(WINDOW);
            let entries = &mut entries[..pages as usize * 8];
            let known = pagemap.read_exact_at(entries, position / page * 8).is_ok();
            for (state, pages) in runs(entries, known) {
                let end = span.end + pages * page;
                if state != touched {
                    if !span.is_empty() {
                        on(span.clone(), touched)?;
                    }
                    span.start = span.end;
                    touched = state;
                }
                span.end = end;
            }
            position += pages * page;
        }
        if span.is_empty() {
            return ControlFlow::Continue(());
        }
        on(span, touched)
    }
}

/// Runs of touched and untouched pages, with short untouched ones counted as touched.
fn runs(entries: &[u8], known: bool) -> Vec<(bool, u64)> {
    let mut runs: Vec<(bool, u64)> = Vec::new();
    let states = entries.chunks_exact(8).map(|entry| {
        let entry = u64::from_le_bytes(entry.try_into().unwrap_or_default());
        !known || entry & TOUCHED != 0
    });
    for state in states {
        match runs.last_mut() {
            Some(last) if last.0 == state => last.1 += 1,
            _ => runs.push((state, 1)),
        }
    }
    for run in &mut runs {
        run.0 |= run.1 < SHORT;
    }
    runs
}
