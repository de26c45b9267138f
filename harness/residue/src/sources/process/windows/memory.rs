//! Bytes of a live process, by `ReadProcessMemory`.
//!
//! What cannot be read (`PAGE_NOACCESS`, pages gone meanwhile) is told page by page. Which private pages were never touched is not
//! asked: the working set does not hold those in the page file, and so would hide them.

use super::handle;
use crate::sources::item::Kind;
use crate::sources::report::Why;
use crate::sources::scan::Fault;
use crate::sources::snapshot::PAGE;
use std::io;
use std::ops::{ControlFlow, Range};
use std::os::windows::io::OwnedHandle;
use std::ptr;
use windows_sys::Win32::System::Diagnostics::Debug::ReadProcessMemory;
use windows_sys::Win32::System::Threading::{PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_VM_READ};

/// A process's memory, opened for reading.
pub(in super::super) struct Memory(OwnedHandle);

impl Memory {
    pub(in super::super) fn open(pid: u32) -> Result<Self, Why> {
        let access = PROCESS_VM_READ | PROCESS_QUERY_LIMITED_INFORMATION;
        handle::open(pid, access).map(Self)
    }

    /// A pointer's width at a place, as the number that it is.
    pub(super) fn word(&self, position: u64) -> Option<u64> {
        let mut bytes = [0; size_of::<usize>()];
        let (process, place) = (
            handle::raw(&self.0),
            ptr::without_provenance(usize::try_from(position).ok()?),
        );
        let (into, length) = (bytes.as_mut_ptr().cast(), bytes.len());
        // SAFETY: the handle is open; the system writes at most `length` bytes into as many. The address is only looked up there.
        let done = unsafe { ReadProcessMemory(process, place, into, length, ptr::null_mut()) };
        (done != 0).then(|| usize::from_le_bytes(bytes) as u64)
    }

    pub(in super::super) fn read(
        &self,
        position: u64,
        buffer: &mut [u8],
        _kind: Kind,
    ) -> Result<usize, Fault> {
        let Ok(address) = usize::try_from(position) else {
            return Err(Fault::Here(io::ErrorKind::InvalidInput.into()));
        };
        let mut read = 0;
        let (place, length) = (ptr::without_provenance(address), buffer.len());
        let (process, into) = (handle::raw(&self.0), buffer.as_mut_ptr().cast());
        // SAFETY: the handle is open; the system writes at most `length` bytes into the buffer, which has as many. The address is one
        // of the other process and only looked up there.
        let done = unsafe { ReadProcessMemory(process, place, into, length, &raw mut read) };
        let error = io::Error::last_os_error();
        match read / PAGE * PAGE {
            // Whole pages only, so that the next read begins at one.
            0 if done == 0 && handle::ended(&self.0) => Err(Fault::Everywhere(Why::Gone)),
            0 if done == 0 => Err(Fault::Here(error)),
            0 => Err(Fault::Here(io::ErrorKind::UnexpectedEof.into())),
            whole => Ok(whole),
        }
    }

    /// Tells of the range as one span that may hold anything.
    #[expect(
        clippy::unused_self,
        reason = "where Linux asks the process's page map"
    )]
    pub(in super::super) fn spans(
        &self,
        range: Range<u64>,
        _own: bool,
        on: &mut dyn FnMut(Range<u64>, bool) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        on(range, true)
    }
}
