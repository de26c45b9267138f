//! Names that appear below a folder while a mark stands, so that files that come and go are seen.
//!
//! By inotify, as far as it tells: files without a name, those written through a mount elsewhere, and those in a folder that is made
//! and filled faster than it can be watched are not seen; what is known to be missing is said. Holds names only.

use std::collections::HashMap;
use std::fs;
use std::io::{PipeReader, PipeWriter};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nix::errno::Errno;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, InotifyEvent, WatchDescriptor};
use rustix::event::{PollFd, PollFlags, poll};

use crate::files::seen::Seen;

/// A watch on a tree; ends when dropped.
#[derive(Debug)]
pub struct Watch {
    state: Arc<Mutex<State>>,
    /// Closed when this is dropped, which ends the thread.
    _until: Option<PipeWriter>,
}

#[derive(Debug)]
struct State {
    root: PathBuf,
    inotify: Option<Inotify>,
    folders: HashMap<WatchDescriptor, PathBuf>,
    seen: Seen,
}

impl Watch {
    /// Watches the tree at `root`; a root that is a file shows its changes by itself and is not watched.
    pub fn start(root: &Path) -> Self {
        let mut state = State {
            root: root.to_owned(),
            inotify: None,
            folders: HashMap::new(),
            seen: Seen::default(),
        };
        if !root.is_dir() {
            let state = Arc::new(Mutex::new(state));
            return Self {
                state,
                _until: None,
            };
        }
        match Inotify::init(InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC) {
            Ok(inotify) => state.inotify = Some(inotify),
            Err(error) => state.seen.miss(PathBuf::new(), &error),
        }
        state.folder(PathBuf::new(), false);
        let state = Arc::new(Mutex::new(state));
        let until =
            follow(&state).map_err(|error| locked(&state).seen.miss(PathBuf::new(), &error));
        Self {
            state,
            _until: until.ok(),
        }
    }

    /// Everything that had happened when this was called.
    pub fn seen(&self) -> Seen {
        let mut state = locked(&self.state);
        state.take();
        state.seen.clone()
    }
}

/// Reads events as they come: the kernel keeps but a few thousand, and new folders must be watched at once.
fn follow(state: &Arc<Mutex<State>>) -> std::io::Result<PipeWriter> {
    let (ended, until) = std::io::pipe()?;
    let state = Arc::clone(state);
    let events = match &locked(&state).inotify {
        Some(inotify) => {
            use std::os::fd::AsFd;
            inotify.as_fd().try_clone_to_owned()?
        }
        None => return Ok(until),
    };
    let work = move || {
        while waited(&events, &ended) {
            locked(&state).take();
        }
    };
    std::thread::Builder::new()
        .name("watch".into())
        .spawn(work)?;
    Ok(until)
}

/// Whether events came, not the end.
fn waited(events: &std::os::fd::OwnedFd, ended: &PipeReader) -> bool {
    let mut fds = [
        PollFd::new(events, PollFlags::IN),
        PollFd::new(ended, PollFlags::IN),
    ];
    match poll(&mut fds, None) {
        Ok(_) => fds[1].revents().is_empty(),
        Err(error) => error == rustix::io::Errno::INTR,
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// Takes all events that wait.
    fn take(&mut self) {
        loop {
            let Some(inotify) = &self.inotify else { return };
            match inotify.read_events() {
                Ok(events) => events.into_iter().for_each(|event| self.event(event)),
                Err(Errno::EAGAIN) => return,
                Err(Errno::EINTR) => {}
                Err(error) => {
                    self.seen.miss(PathBuf::new(), &error);
                    self.inotify = None;
                }
            }
        }
    }

    fn event(&mut self, event: InotifyEvent) {
        if event.mask.contains(AddWatchFlags::IN_Q_OVERFLOW) {
            self.seen.dropped();
            // Folders may have been made meanwhile.
            self.folder(PathBuf::new(), true);
        } else if event.mask.contains(AddWatchFlags::IN_IGNORED) {
            self.folders.remove(&event.wd);
        } else if let (Some(folder), Some(name)) = (self.folders.get(&event.wd), event.name) {
            let below = folder.join(name);
            if event.mask.contains(AddWatchFlags::IN_ISDIR) {
                self.folder(below, true);
            } else {
                self.seen.came(below);
            }
        }
    }

    /// Watches a folder and those in it. `new`: what lies in it came meanwhile.
    fn folder(&mut self, below: PathBuf, new: bool) {
        let mut folders = vec![below];
        while let Some(below) = folders.pop() {
            let path = self.root.join(&below);
            let Some(inotify) = &self.inotify else { return };
            let wanted = AddWatchFlags::IN_CREATE | AddWatchFlags::IN_MOVED_TO;
            let exactly = AddWatchFlags::IN_ONLYDIR | AddWatchFlags::IN_DONT_FOLLOW;
            // The root itself may be a link.
            let how = if below.as_os_str().is_empty() {
                wanted
            } else {
                wanted | exactly
            };
            match inotify.add_watch(&path, how) {
                Ok(watch) => {
                    self.folders.insert(watch, below.clone());
                }
                Err(Errno::ENOENT) => continue,
                Err(error) => self.seen.miss(below.clone(), &error),
            }
            for entry in fs::read_dir(&path).into_iter().flatten().flatten() {
                let below = below.join(entry.file_name());
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(below);
                } else if new {
                    self.seen.came(below);
                }
            }
        }
    }
}
