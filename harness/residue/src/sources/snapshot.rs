//! Hashes of a process's pages: which pages changed between two walks.
//!
//! The kernel's soft-dirty bits are never asked: they can be compiled out while clearing them still succeeds. A page
//! of zeros counts as no page. Holds hashes only, 8 bytes for each 4 KiB page; reads no process itself.
//! Called by the differential search, which adds every chunk of a walk and searches what changed.

use std::collections::BTreeMap;
use std::ops::Range;
use twox_hash::XxHash3_64;

/// Bytes of a page.
pub const PAGE: usize = 4096;

/// Hashes of the pages of one walk of a process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Hashes of consecutive pages by the address of the first; pages of zeros are `None`.
    runs: BTreeMap<u64, Vec<Option<u64>>>,
    last: Option<u64>,
}

impl Snapshot {
    /// A snapshot of nothing: every page has changed since.
    pub fn new() -> Self {
        Self::default()
    }

    /// Add a chunk at its address; a page that is not whole counts as one by itself.
    pub fn add(&mut self, position: u64, bytes: &[u8]) {
        let run = self.run(position);
        for page in bytes.chunks(PAGE) {
            let zeros = page.iter().all(|&byte| byte == 0);
            run.push((!zeros).then(|| XxHash3_64::oneshot(page)));
        }
    }

    fn run(&mut self, position: u64) -> &mut Vec<Option<u64>> {
        let start = self.last.filter(|start| {
            let pages = self.runs.get(start).map_or(0, Vec::len);
            start + (pages * PAGE) as u64 == position
        });
        let start = start.unwrap_or(position);
        self.last = Some(start);
        self.runs.entry(start).or_default()
    }

    fn pages(&self) -> impl Iterator<Item = (u64, u64)> {
        self.runs.iter().flat_map(|(start, hashes)| {
            let pages = (*start..).step_by(PAGE).zip(hashes);
            pages.filter_map(|(address, hash)| hash.map(|hash| (address, hash)))
        })
    }

    /// Addresses of the pages that were not there in `earlier` or had other bytes: sorted and apart.
    pub fn changed_since(&self, earlier: &Self) -> Vec<Range<u64>> {
        let mut before = earlier.pages().peekable();
        let mut changed: Vec<Range<u64>> = Vec::new();
        for (address, hash) in self.pages() {
            while before.next_if(|page| page.0 < address).is_some() {}
            if before.peek() == Some(&(address, hash)) {
                continue;
            }
            let end = address + PAGE as u64;
            match changed.last_mut() {
                Some(last) if last.end == address => last.end = end,
                _ => changed.push(address..end),
            }
        }
        changed
    }
}
