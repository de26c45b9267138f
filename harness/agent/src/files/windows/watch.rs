//! Names that appear below a folder while a mark stands, so that files that come and go are seen.
//!
//! By `ReadDirectoryChangesW`, for the whole tree at once: not seen are alternate streams, and files that were in a folder when it was
//! moved in and went before the next look. When the system drops events, that is said. Holds names only.
#![allow(unsafe_code)]

use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use windows_sys::Win32::Foundation::{ERROR_IO_INCOMPLETE, ERROR_NOTIFY_ENUM_DIR, WAIT_OBJECT_0};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OVERLAPPED, FILE_LIST_DIRECTORY,
    FILE_NOTIFY_CHANGE_FILE_NAME, ReadDirectoryChangesW,
};
use windows_sys::Win32::System::IO::{CancelIoEx, GetOverlappedResult, OVERLAPPED};
use windows_sys::Win32::System::Threading::{
    CreateEventW, INFINITE, SetEvent, WaitForMultipleObjects,
};

use super::changes;
use crate::files::seen::Seen;
use crate::windows::done;

/// Bytes of records that one reading takes; more is refused on network drives. In words of 4 bytes, as records are aligned.
const WORDS: usize = (64 << 10) / 4;

/// A watch on a tree; ends when dropped.
#[derive(Debug)]
pub struct Watch {
    state: Arc<Mutex<State>>,
    /// The thread that reads, and the event that ends it.
    reader: Option<(JoinHandle<()>, OwnedHandle)>,
}

#[derive(Debug, Default)]
struct State {
    reading: Option<Reading>,
    seen: Seen,
}

impl Watch {
    /// Watches the tree at `root`; a root that is a file shows its changes by itself and is not watched.
    pub fn start(root: &Path) -> Self {
        let mut state = State::default();
        let mut follow = None;
        if root.is_dir() {
            match Reading::start(root).and_then(|reading| Ok((reading, event()?))) {
                Ok((reading, end)) => {
                    follow = Some(end);
                    state.reading = Some(reading);
                }
                Err(error) => state.seen.miss(PathBuf::new(), &error),
            }
        }
        let state = Arc::new(Mutex::new(state));
        let reader = follow.and_then(|end| {
            let thread = reader(&state, &end);
            let thread = thread.map_err(|error| locked(&state).seen.miss(PathBuf::new(), &error));
            Some((thread.ok()?, end))
        });
        Self { state, reader }
    }

    /// Everything that had happened when this was called.
    pub fn seen(&self) -> Seen {
        let mut state = locked(&self.state);
        state.take();
        state.seen.clone()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some((thread, end)) = self.reader.take() {
            // SAFETY: the event is open.
            unsafe { SetEvent(end.as_raw_handle()) };
            // It only reads; what it panicked about is on standard error.
            let _ = thread.join();
        }
    }
}

/// Reads as events come: the system keeps but a buffer of them.
fn reader(state: &Arc<Mutex<State>>, end: &OwnedHandle) -> io::Result<JoinHandle<()>> {
    let end = end.try_clone()?;
    let came = match &locked(state).reading {
        Some(reading) => reading.event.try_clone()?,
        None => return Err(io::Error::other("nothing is read")),
    };
    let state = Arc::clone(state);
    let work = move || {
        let handles = [end.as_raw_handle(), came.as_raw_handle()];
        loop {
            // SAFETY: two handles, both open.
            let first = unsafe { WaitForMultipleObjects(2, handles.as_ptr(), 0, INFINITE) };
            let mut state = locked(&state);
            // The end is looked for first; a failed wait ends it too.
            if first != WAIT_OBJECT_0 + 1 || state.reading.is_none() {
                return;
            }
            state.take();
        }
    };
    std::thread::Builder::new().name("watch".into()).spawn(work)
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// Takes all events that wait.
    fn take(&mut self) {
        while let Some(reading) = &mut self.reading {
            match reading.next() {
                Ok(None) => return,
                Ok(Some(came)) => came.into_iter().for_each(|below| self.seen.came(below)),
                Err(Lost::Some) => self.seen.dropped(),
                Err(Lost::All(error)) => {
                    self.seen.miss(PathBuf::new(), &error);
                    self.reading = None;
                }
            }
        }
    }
}

/// Events that did not come.
enum Lost {
    /// More came than could be told.
    Some,
    /// Nothing more will be told.
    All(io::Error),
}

/// One reading under way. The system writes into buffer and state until it has ended: both lie on the heap and stay there.
struct Reading {
    folder: File,
    event: OwnedHandle,
    buffer: Vec<u32>,
    state: Box<OVERLAPPED>,
    /// The system still writes.
    under_way: bool,
}

// SAFETY: the pointers in `state` are the system's and the event's handle; they are of this process, not of a thread.
unsafe impl Send for Reading {}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Reading {
    fn start(root: &Path) -> io::Result<Self> {
        let folder = OpenOptions::new()
            .access_mode(FILE_LIST_DIRECTORY)
            .custom_flags(FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED)
            .open(root)?;
        let event = event()?;
        let mut reading = Self {
            folder,
            state: Box::default(),
            buffer: vec![0; WORDS],
            event,
            under_way: false,
        };
        reading.ask()?;
        Ok(reading)
    }

    fn ask(&mut self) -> io::Result<()> {
        *self.state = OVERLAPPED {
            hEvent: self.event.as_raw_handle(),
            ..Default::default()
        };
        let (handle, into) = (self.folder.as_raw_handle(), self.buffer.as_mut_ptr().cast());
        let (size, state) = ((WORDS * 4) as u32, &raw mut *self.state);
        let (wanted, nothing) = (FILE_NOTIFY_CHANGE_FILE_NAME, ptr::null_mut());
        // SAFETY: the folder is open for this; buffer and state are on the heap and outlive the reading, see `drop`.
        done(unsafe {
            ReadDirectoryChangesW(handle, into, size, 1, wanted, nothing, state, None)
        })?;
        self.under_way = true;
        Ok(())
    }

    /// Names that came; none when nothing has happened. The next reading is then under way.
    fn next(&mut self) -> Result<Option<Vec<PathBuf>>, Lost> {
        let bytes = match self.result(false) {
            Ok(bytes) => bytes as usize,
            Err(error) => match error.raw_os_error().map(i32::cast_unsigned) {
                Some(ERROR_IO_INCOMPLETE) => return Ok(None),
                Some(ERROR_NOTIFY_ENUM_DIR) => 0,
                _ => {
                    self.under_way = false;
                    return Err(Lost::All(error));
                }
            },
        };
        self.under_way = false;
        let records: Vec<u8> = self.buffer[..bytes.div_ceil(4).min(WORDS)]
            .iter()
            .flat_map(|word| word.to_ne_bytes())
            .collect();
        let came = changes::came(records.get(..bytes).unwrap_or_default());
        self.ask().map_err(Lost::All)?;
        // No bytes: more came than fit.
        came.map(Some).ok_or(Lost::Some)
    }

    fn result(&self, wait: bool) -> io::Result<u32> {
        let mut bytes = 0;
        let (handle, state) = (self.folder.as_raw_handle(), &raw const *self.state);
        // SAFETY: the folder is open, the state is that of the reading under way.
        done(unsafe { GetOverlappedResult(handle, state, &raw mut bytes, i32::from(wait)) })?;
        Ok(bytes)
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if self.under_way {
            // SAFETY: the folder is open. Only when the reading has ended may its memory go.
            unsafe { CancelIoEx(self.folder.as_raw_handle(), &raw const *self.state) };
            let _ = self.result(true);
        }
    }
}

/// An event that stays set until a new reading clears it.
fn event() -> io::Result<OwnedHandle> {
    // SAFETY: no attributes, no name.
    let event = unsafe { CreateEventW(ptr::null(), 1, 0, ptr::null()) };
    if event.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: just given to us alone.
    Ok(unsafe { OwnedHandle::from_raw_handle(event) })
}
