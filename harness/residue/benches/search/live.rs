//! A process of this bench's own that holds the memory, to be read as a reader's is: while it lives.

use std::io::{BufRead, BufReader, Read, Write};
use std::ops::ControlFlow;
use std::process::{Child, Command, Stdio};

use shinsa_residue::search::{Found, Searcher, Stream};
use shinsa_residue::sources::process::Identity;
use shinsa_residue::sources::{Item, Options, Source, walk};

use super::memory;

/// MiB to hold; set in that process alone.
const HOLDS: &str = "SHINSA_BENCH_HOLDS";

/// The process; it ends when its pipe closes.
pub struct Held(Child, Identity);

/// Holds memory until the pipe closes, where this process was started to do so.
pub fn hold_if_asked() {
    let mib = std::env::var(HOLDS).ok();
    let Some(mib) = mib.and_then(|mib| mib.parse::<usize>().ok()) else {
        return;
    };
    let held = memory::mixed(mib << 20);
    println!("held");
    std::io::stdout().flush().expect("a pipe");
    let _ = std::io::stdin().read(&mut [0]);
    drop(held);
    std::process::exit(0);
}

impl Held {
    /// Starts it and waits until it holds so much.
    pub fn start(mib: usize) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut child = Command::new(program)
            .env(HOLDS, mib.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut line = String::new();
        let said = child.stdout.take().expect("its pipe");
        BufReader::new(said).read_line(&mut line).expect("a line");
        assert_eq!(line, "held\n");
        let identity = Identity::of(child.id()).expect("a live process");
        Self(child, identity)
    }

    /// Reads all its memory; what a searcher, if any, found in it.
    pub fn search(&self, searcher: Option<&Searcher>) -> (u64, Vec<Found>) {
        let mut found = Vec::new();
        let mut stream: Option<Stream<'_>> = None;
        let report = walk(&Source::Process(self.1), &Options::default(), |item| {
            if let (Item::Chunk(chunk), Some(searcher)) = (item, searcher) {
                if !chunk.joins {
                    found.extend(stream.take().map(Stream::finish));
                }
                let stream = stream.get_or_insert_with(|| Stream::new(searcher, chunk.position));
                stream.feed(chunk.bytes);
            }
            ControlFlow::Continue(())
        });
        found.extend(stream.map(Stream::finish));
        (report.searched, found)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
