//! Files that appear below a folder while a mark stands, and what they hold, so that those that come and go are seen.
//!
//! By inotify, as far as it tells: files without a name, those written through a mount elsewhere, and those in a folder that is made
//! and filled faster than it can be watched are not seen; what is known to be missing is said. A new file is kept open until its
//! writer closes it, so that its first bytes can be read though its name has gone; one that is gone before it can be opened stays
//! unknown. Holds names and kinds of content only.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{PipeReader, PipeWriter};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nix::errno::Errno;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, InotifyEvent, WatchDescriptor};
use rustix::event::{PollFd, PollFlags, poll};

use crate::files::content::{self, Content};
use crate::files::linux::open;
use crate::files::seen::Seen;

/// New files kept open at most; of others what they hold when they are closed is told.
const MOST_OPEN: usize = 256;

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
    /// New files whose writers have not closed them yet.
    open: HashMap<PathBuf, File>,
    /// What is just being renamed: the event's number, and the name that it had.
    moving: Option<(u32, PathBuf)>,
    seen: Seen,
}

impl Watch {
    /// Watches the tree at `root`; a root that is a file shows its changes by itself and is not watched.
    pub fn start(root: &Path) -> Self {
        let mut state = State {
            root: root.to_owned(),
            inotify: None,
            folders: HashMap::new(),
            open: HashMap::new(),
            moving: None,
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
        state.look_at_open();
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
            let is = |kind| event.mask.contains(kind);
            if !is(AddWatchFlags::IN_ISDIR) {
                self.file(below, event.mask, event.cookie);
            } else if !is(AddWatchFlags::IN_MOVED_FROM) && !is(AddWatchFlags::IN_DELETE) {
                self.folder(below, true);
            }
        }
    }

    fn file(&mut self, below: PathBuf, what: AddWatchFlags, cookie: u32) {
        if what.contains(AddWatchFlags::IN_MOVED_FROM) {
            self.moving = Some((cookie, below));
        } else if what.contains(AddWatchFlags::IN_MOVED_TO) {
            match self.moving.take_if(|(number, _)| *number == cookie) {
                Some((_, from)) => self.moved(from, below),
                None => self.appeared(below),
            }
        } else if what.contains(AddWatchFlags::IN_CLOSE_WRITE) {
            self.look(below);
        } else if what.contains(AddWatchFlags::IN_DELETE) {
            // Another one stands there by now: which of them was looked at is not known.
            if self.root.join(&below).symlink_metadata().is_ok() {
                self.seen.lost(below);
            }
        } else {
            self.made(below);
        }
    }

    /// A new name: its file is kept open, for it may be gone when it is written.
    fn made(&mut self, below: PathBuf) {
        self.takes_over(&below);
        match find(&self.root.join(&below)) {
            Some((content, None)) => self.seen.looked(below, Some(content)),
            Some((content, Some(file))) if self.open.len() < MOST_OPEN => {
                self.seen.looked(below.clone(), Some(content));
                self.open.insert(below, file);
            }
            _ => {}
        }
    }

    /// Something new stands under a name. One that is still written has lost it: this is the last that is seen of that.
    fn takes_over(&mut self, below: &Path) {
        if self.open.contains_key(below) {
            self.look(below.to_owned());
        }
        self.seen.came(below.to_owned());
    }

    /// A name that was there before it was watched, or came from elsewhere.
    fn appeared(&mut self, below: PathBuf) {
        self.seen.came(below.clone());
        self.look(below);
    }

    /// Its writer has closed it.
    fn look(&mut self, below: PathBuf) {
        let content = match self.open.remove(&below) {
            Some(file) => of_open(&file),
            None => find(&self.root.join(&below)).map(|(content, _)| content),
        };
        self.seen.looked(below, content);
    }

    /// One file under another name: what it holds tells what it held, where that was not seen.
    fn moved(&mut self, from: PathBuf, to: PathBuf) {
        self.takes_over(&to);
        let file = self.open.remove(&from);
        // What was seen of one that is still written was not all.
        let is_unsure = file.is_some() || self.seen.is_awaited(&from);
        let content = match file {
            Some(file) => {
                let content = of_open(&file);
                self.open.insert(to.clone(), file);
                content
            }
            None => find(&self.root.join(&to)).map(|(content, _)| content),
        };
        self.seen.looked(to, content);
        if is_unsure {
            self.seen.looked(from, content);
        }
    }

    /// What is not closed yet.
    fn look_at_open(&mut self) {
        for (below, file) in &self.open {
            self.seen.looked(below.clone(), of_open(file));
        }
    }

    /// Watches a folder and those in it. `new`: what lies in it came meanwhile.
    fn folder(&mut self, below: PathBuf, new: bool) {
        let mut folders = vec![below];
        while let Some(below) = folders.pop() {
            let path = self.root.join(&below);
            let Some(inotify) = &self.inotify else { return };
            let wanted = AddWatchFlags::IN_CREATE
                | AddWatchFlags::IN_MOVE
                | AddWatchFlags::IN_CLOSE_WRITE
                | AddWatchFlags::IN_DELETE;
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
                    self.appeared(below);
                }
            }
        }
    }
}

fn of_open(file: &File) -> Option<Content> {
    let start = content::start(file).ok()?;
    Some(Content::of(&start))
}

/// What there is under a name, and its file; none when it has gone or cannot be read.
fn find(path: &Path) -> Option<(Content, Option<File>)> {
    let kind = path.symlink_metadata().ok()?.file_type();
    if kind.is_symlink() {
        Some((Content::Link, None))
    } else if kind.is_file() {
        let file = open(path).ok()?;
        Some((of_open(&file)?, Some(file)))
    } else {
        Some((Content::Special, None))
    }
}
