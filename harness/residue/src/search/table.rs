//! From the bytes of a window to the patterns that hold it. Exact; wiped when dropped.
//!
//! Patterns under one window are grouped by (offset, length) and sorted by bytes inside a group, so that a group of any size costs
//! one binary search: many patterns with a common beginning do not multiply the work. Built and asked by `literal`.

use zeroize::Zeroizing;

use super::needles::Needles;
use super::window::Window;

/// Patterns of one length that hold a window at one offset.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub offset: u32,
    pub length: u32,
    first: u32,
    count: u32,
}

/// Windows of one width.
pub(super) struct Table {
    /// One bit per hashed window, sixteen times as many as windows: most of what is not there ends here.
    bits: Zeroizing<Vec<u64>>,
    /// Open addressing; `ranges` says which slots are taken.
    keys: Zeroizing<Vec<u64>>,
    ranges: Vec<(u32, u32)>,
    groups: Vec<Group>,
    members: Vec<u32>,
}

/// Multiply, then the top bits (Knuth's multiplicative hashing; the xor brings high input bits down).
fn hash(key: u64) -> u64 {
    let mixed = (key ^ (key >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

impl Table {
    /// Indexes the windows; an empty list gives a table that holds nothing.
    pub fn new(mut windows: Zeroizing<Vec<WindowKey>>, needles: &Needles) -> Self {
        windows.sort_unstable();
        let distinct = windows.chunk_by(|a, b| a.key == b.key).count();
        let slots = (distinct * 2).next_power_of_two().max(2);
        let mut table = Self {
            bits: Zeroizing::new(vec![0; (distinct * 16).next_power_of_two().max(64) / 64]),
            keys: Zeroizing::new(vec![0; slots]),
            ranges: vec![(0, 0); slots],
            groups: Vec::new(),
            members: windows.iter().map(|window| window.pattern).collect(),
        };
        let mut first = 0;
        for same in windows.chunk_by(|a, b| a.key == b.key) {
            let start = table.groups.len() as u32;
            for group in same.chunk_by(|a, b| (a.offset, a.length) == (b.offset, b.length)) {
                table.groups.push(Group {
                    offset: group[0].offset,
                    length: group[0].length,
                    first,
                    count: group.len() as u32,
                });
                first += group.len() as u32;
            }
            table.insert(same[0].key, (start, table.groups.len() as u32));
        }
        debug_assert!(
            table
                .members
                .iter()
                .all(|number| needles.numbers().contains(number))
        );
        table
    }

    fn insert(&mut self, key: u64, range: (u32, u32)) {
        let hash = hash(key);
        let bit = hash as usize & (self.bits.len() * 64 - 1);
        self.bits[bit / 64] |= 1 << (bit % 64);
        let mut slot = self.first_slot(hash);
        while self.ranges[slot].1 != 0 {
            slot = (slot + 1) & (self.keys.len() - 1);
        }
        self.keys[slot] = key;
        self.ranges[slot] = range;
    }

    fn first_slot(&self, hash: u64) -> usize {
        (hash >> 32) as usize & (self.keys.len() - 1)
    }

    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Whether a window's bit is set: false for most that are not held.
    #[inline]
    pub fn may_hold(&self, key: u64) -> bool {
        self.bit(hash(key))
    }

    #[inline]
    fn bit(&self, hash: u64) -> bool {
        let bit = hash as usize & (self.bits.len() * 64 - 1);
        self.bits[bit / 64] >> (bit % 64) & 1 == 1
    }

    /// The groups that hold a window.
    #[inline]
    pub fn groups(&self, key: u64) -> &[Group] {
        let hash = hash(key);
        if !self.bit(hash) {
            return &[];
        }
        let mut slot = self.first_slot(hash);
        loop {
            let (start, end) = self.ranges[slot];
            if end == 0 {
                return &[];
            }
            if self.keys[slot] == key {
                return &self.groups[start as usize..end as usize];
            }
            slot = (slot + 1) & (self.keys.len() - 1);
        }
    }

    /// The patterns of a group that equal `text`, which has the group's length.
    pub fn equal<'a>(
        &'a self,
        group: Group,
        text: &'a [u8],
        needles: &'a Needles,
    ) -> impl Iterator<Item = u32> + 'a {
        let members = &self.members[group.first as usize..][..group.count as usize];
        let from = if members.len() == 1 {
            0
        } else {
            members.partition_point(|number| needles.bytes(*number) < text)
        };
        members[from..]
            .iter()
            .copied()
            .take_while(move |number| needles.bytes(*number) == text)
    }
}

/// A window in the order that the table wants: by bytes, offset, length, pattern.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, zeroize::Zeroize)]
pub(super) struct WindowKey {
    key: u64,
    offset: u32,
    length: u32,
    pattern: u32,
}

impl WindowKey {
    pub fn new(window: &Window, needles: &Needles) -> Self {
        Self {
            key: window.key,
            offset: window.offset,
            length: needles.bytes(window.pattern).len() as u32,
            pattern: window.pattern,
        }
    }
}
