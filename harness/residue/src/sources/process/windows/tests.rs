//! A child process and the own one, with real threads and pages. Run on Windows or under wine: `ci/windows`.

use super::super::super::{Item, Options, Report, Source, Why, walk};
use super::super::mapping::Reach;
use super::super::{Frozen, Identity};
use super::memory::Memory;
use super::{maps, processes};
use crate::sources::item::Kind;
use std::io::{BufRead, BufReader, Write};
use std::ops::{ControlFlow, Range};
use std::process::{Child, Command, Stdio};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use windows_sys::Win32::System::Memory::{
    MEM_COMMIT, MEM_RELEASE, MEM_RESERVE, PAGE_GUARD, PAGE_READWRITE, VirtualAlloc, VirtualFree,
};

/// Set in the child alone.
const ROLE: &str = "SHINSA_RESIDUE_TEST_CHILD";
/// Before its answer; libtest prints lines of its own.
const SAYS: &str = "counts at ";
/// Far more than a machine that is busy needs.
const PATIENCE: Duration = Duration::from_secs(60);

static COUNT: AtomicU64 = AtomicU64::new(0);

/// In the child: counts on three threads until it is killed. In the tests: nothing.
#[test]
fn child() {
    if std::env::var_os(ROLE).is_none() {
        return;
    }
    println!("{SAYS}{:p}", &raw const COUNT);
    std::io::stdout().flush().unwrap();
    let count = || loop {
        COUNT.fetch_add(1, Ordering::Relaxed);
    };
    std::thread::spawn(count);
    std::thread::spawn(count);
    count();
}

/// A child that counts; killed when dropped.
struct Counting {
    child: Child,
    place: u64,
}

impl Counting {
    fn start() -> Self {
        let name = std::thread::current().name().unwrap_or_default().to_owned();
        let (folder, _) = name.rsplit_once("::").unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &format!("{folder}::child"), "--nocapture"])
            .env(ROLE, "1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = lines.map_while(Result::ok);
        let line = said.find(|line| line.contains(SAYS)).unwrap();
        let place = line.split_once("0x").unwrap().1.trim();
        let place = u64::from_str_radix(place, 16).unwrap();
        Self { child, place }
    }

    fn identity(&self) -> Identity {
        Identity::of(self.child.id()).unwrap()
    }

    fn count(&self) -> u64 {
        let page = self.place / 4096 * 4096;
        let mut bytes = vec![0; 4096];
        let memory = Memory::open(self.child.id()).unwrap();
        assert!(memory.read(page, &mut bytes, Kind::Mapped).is_ok());
        let at = (self.place - page) as usize;
        u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
    }

    /// Whether it counts on, waited for.
    fn counts(&self) -> bool {
        let (before, until) = (self.count(), Instant::now() + PATIENCE);
        while Instant::now() < until {
            if self.count() != before {
                return true;
            }
            std::thread::yield_now();
        }
        false
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_frozen_process_stands_and_then_goes_on() {
    let counting = Counting::start();
    assert!(counting.counts());
    let first = Frozen::freeze(counting.identity(), PATIENCE).unwrap();
    let second = Frozen::freeze(counting.identity(), PATIENCE).unwrap();
    let stood = counting.count();
    let stands = || (0..10_000).all(|_| counting.count() == stood);
    assert!(stands());
    drop(first);
    assert!(stands(), "the second still holds it");
    drop(second);
    assert!(counting.counts());
}

#[test]
fn an_ended_process_is_gone_and_a_number_is_not_enough() {
    let mut counting = Counting::start();
    let identity = counting.identity();
    assert_eq!(identity.check(), Ok(()));
    counting.child.kill().unwrap();
    counting.child.wait().unwrap();
    // Its handle is still held by `Child`: the number is there, the process is not.
    assert_eq!(identity.check(), Err(Why::Gone));
    assert!(Frozen::freeze(identity, PATIENCE).is_err());
    let report = walk(&Source::Process(identity), &Options::default(), |_| {
        ControlFlow::Continue(())
    });
    assert_eq!(
        (report.searched, &report.not_searched[0].why),
        (0, &Why::Gone)
    );
}

#[test]
fn children_are_in_the_list() {
    let counting = Counting::start();
    let list = processes().unwrap();
    let child = list
        .iter()
        .find(|process| process.pid == counting.child.id())
        .unwrap();
    assert_eq!(child.parent, std::process::id());
    assert!(
        child.threads >= 3 && child.name.ends_with(".exe"),
        "{child:?}"
    );
    assert!(super::children::of(std::process::id()).contains(&counting.child.id()));
}

/// Pages of the own process; given back when dropped.
struct Pages(*mut u8);

impl Pages {
    fn take(protection: u32) -> Self {
        let kind = MEM_COMMIT | MEM_RESERVE;
        // SAFETY: fresh pages wherever the system likes.
        let pages = unsafe { VirtualAlloc(ptr::null(), 8192, kind, protection) };
        assert!(!pages.is_null());
        Self(pages.cast())
    }

    fn addresses(&self) -> Range<u64> {
        let start = self.0.addr() as u64;
        start..start + 8192
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: taken as one piece, given back once.
        unsafe { VirtualFree(self.0.cast(), 0, MEM_RELEASE) };
    }
}

fn walk_of(pages: &Pages, secret: &[u8]) -> (Report, Vec<u64>) {
    let options = Options {
        only: Some(vec![pages.addresses()]),
        ..Options::default()
    };
    let own = Identity::of(std::process::id()).unwrap();
    let mut found = Vec::new();
    let report = walk(&Source::Process(own), &options, |item| {
        if let Item::Chunk(chunk) = item {
            let places = chunk.bytes.windows(secret.len()).enumerate();
            let hits = places.filter(|(_, bytes)| *bytes == secret);
            found.extend(hits.map(|(at, _)| chunk.position + at as u64));
        }
        ControlFlow::Continue(())
    });
    (report, found)
}

#[test]
fn a_secret_over_a_page_border_is_found_where_it_lies() {
    let pages = Pages::take(PAGE_READWRITE);
    let secret: Vec<u8> = (0..16).map(|_| rand::random()).collect();
    // SAFETY: 8192 bytes are ours, and writable.
    unsafe { ptr::copy_nonoverlapping(secret.as_ptr(), pages.0.add(4090), 16) };
    let (report, found) = walk_of(&pages, &secret);
    assert_eq!(found, [pages.addresses().start + 4090]);
    assert_eq!(report.searched, 8192);
    let other: Vec<u8> = secret.iter().map(|byte| !byte).collect();
    assert!(walk_of(&pages, &other).1.is_empty());
}

#[test]
fn a_guard_page_is_told_as_not_searched_and_stays_armed() {
    let pages = Pages::take(PAGE_READWRITE | PAGE_GUARD);
    let (report, _) = walk_of(&pages, b"anything");
    let missed = |missed: &&crate::sources::NotSearched| {
        missed.range == Some(pages.addresses()) && matches!(missed.why, Why::Unreadable(_))
    };
    assert!(
        report.not_searched.iter().any(|entry| missed(&entry)),
        "{report:?}"
    );
    let own = maps::read(std::process::id()).unwrap();
    let again = own
        .iter()
        .find(|mapping| mapping.range == pages.addresses())
        .unwrap();
    assert!(
        matches!(again.reach, Reach::Barred(_)),
        "reading disarmed it"
    );
}

#[test]
fn the_own_stack_is_told_as_one() {
    let on_stack = 0_u8;
    let place = (&raw const on_stack).addr() as u64;
    let own = maps::read(std::process::id()).unwrap();
    let here = own.iter().find(|mapping| mapping.range.contains(&place));
    assert_eq!(here.unwrap().kind, Some(Kind::Stack));
    let elsewhere = Box::new(0_u8);
    let place = (&raw const *elsewhere).addr() as u64;
    let there = own.iter().find(|mapping| mapping.range.contains(&place));
    assert_eq!(there.unwrap().kind, Some(Kind::Anonymous));
}
