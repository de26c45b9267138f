//! Ids to indices, in the order of their first appearance.
//!
//! Score files repeat few ids millions of times, often in the same order again and again: the last id and the one that
//! first appeared after it are tried first, then a table of short ids packed into one word, then the table of all.

use std::collections::HashMap;

use foldhash::fast::FixedState;

/// Longest id that packs into a word beside its length.
const SHORT: usize = 15;

/// Ids in the order of their first appearance.
#[derive(Debug, Default)]
pub(super) struct Names {
    list: Vec<String>,
    index: HashMap<Box<[u8]>, u32, FixedState>,
    /// Fields as the file has them (quotes and all), packed.
    short: HashMap<u128, u32, FixedState>,
    /// By index: its field when last met.
    fields: Vec<u128>,
    last: [u32; 2],
}

impl Names {
    /// Index of an id; `hint` 0 or 1 tells columns apart, whose last ids are remembered.
    pub(super) fn index(&mut self, id: &[u8], hint: usize) -> u32 {
        let is = |index: u32| {
            let name = self.list.get(index as usize);
            // Comparing no bytes at addresses that are none is slow on some processors.
            name.is_some_and(|name| {
                name.len() == id.len() && (id.is_empty() || name.as_bytes() == id)
            })
        };
        let last = self.last[hint];
        if is(last) {
            return last;
        }
        let index = if is(last + 1) {
            last + 1
        } else if let Some(index) = self.index.get(id) {
            *index
        } else {
            let index = self.list.len() as u32;
            self.list.push(String::from_utf8_lossy(id).into_owned());
            self.index.insert(id.into(), index);
            self.fields.push(LONG);
            index
        };
        self.last[hint] = index;
        index
    }

    /// Index of a packed field that was met before; never that of [`LONG`].
    #[inline]
    pub(super) fn known(&mut self, field: u128, hint: usize) -> Option<u32> {
        if field == LONG {
            return None;
        }
        let is = |index: u32| self.fields.get(index as usize) == Some(&field);
        let last = self.last[hint];
        if is(last) {
            return Some(last);
        }
        let index = if is(last + 1) {
            last + 1
        } else {
            *self.short.get(&field)?
        };
        self.last[hint] = index;
        Some(index)
    }

    /// Remembers under which field an index stands in the file.
    pub(super) fn learn(&mut self, field: u128, index: u32) {
        if field != LONG {
            self.short.insert(field, index);
            self.fields[index as usize] = field;
        }
    }

    /// Number of ids.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// One id.
    pub(super) fn name(&self, index: u32) -> &str {
        &self.list[index as usize]
    }

    /// Takes in the ids of the same file's next part; gives their indices here.
    pub(super) fn append(&mut self, other: &Self) -> Vec<u32> {
        let ids = other.list.iter();
        ids.map(|id| self.index(id.as_bytes(), 0)).collect()
    }

    /// All ids.
    pub(super) fn into_list(self) -> Vec<String> {
        self.list
    }
}

/// Stands for every field too long to pack.
pub(super) const LONG: u128 = 0;

/// The field at `start..end` in one word: its bytes and, in the highest byte, its length. Empty ones are [`LONG`] too.
#[inline]
pub(super) fn packed(bytes: &[u8], start: usize, end: usize) -> u128 {
    let length = end - start;
    if length > SHORT {
        return LONG;
    }
    let word = if let Some(word) = bytes.get(start..).and_then(|rest| rest.first_chunk()) {
        u128::from_le_bytes(*word)
    } else {
        let mut word = [0; 16];
        word[..length].copy_from_slice(&bytes[start..end]);
        u128::from_le_bytes(word)
    };
    word & ((1 << (length * 8)) - 1) | (length as u128) << 120
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Beside a plain list of ids, whatever came before.
        #[test]
        fn indices_are_first_appearances(fields in prop::collection::vec(("[ab]{1,3}|[ab]{14,17}", 0_usize..2), 1..200)) {
            let (mut names, mut plain) = (Names::default(), Vec::<String>::new());
            for (field, hint) in fields {
                let key = packed(field.as_bytes(), 0, field.len());
                let index = names.known(key, hint).unwrap_or_else(|| {
                    let index = names.index(field.as_bytes(), hint);
                    names.learn(key, index);
                    index
                });
                let expected = plain.iter().position(|id| *id == field).unwrap_or_else(|| {
                    plain.push(field);
                    plain.len() - 1
                });
                prop_assert_eq!(index as usize, expected);
            }
            prop_assert_eq!(names.into_list(), plain);
        }

        #[test]
        fn packing_keeps_fields_apart(text in "[a\\x00]{0,40}", cuts in (0_usize..40, 0_usize..16, 0_usize..40, 0_usize..16)) {
            let bytes = text.as_bytes();
            let field = |start: usize, length: usize| {
                let start = start.min(bytes.len());
                (start, (start + length).min(bytes.len()))
            };
            let (a, b) = (field(cuts.0, cuts.1), field(cuts.2, cuts.3));
            let same = bytes[a.0..a.1] == bytes[b.0..b.1];
            prop_assert_eq!(packed(bytes, a.0, a.1) == packed(bytes, b.0, b.1), same);
        }
    }
}
