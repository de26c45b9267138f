//! What a tag of the search stands for: whose form it is, and what the form is called. Holds no secret.

use std::collections::HashMap;

use crate::canary::Kind;

/// What the search's number for a pattern stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Place in the list of wanted ids; none for a control value.
    pub(super) owner: Option<u32>,
    /// Place in the list of forms.
    pub(super) form: u32,
    /// Whether a hit counts only against controls.
    pub(super) controlled: bool,
}

/// Entries by tag, forms by their place, ids of what is wanted.
#[derive(Default)]
pub(super) struct Names {
    entries: Vec<Entry>,
    forms: Vec<String>,
    by_name: HashMap<(Option<Kind>, String), u32>,
    ids: Vec<String>,
}

impl Names {
    /// Gives a new id a place.
    pub fn id(&mut self, id: &str) -> u32 {
        self.ids.push(id.to_owned());
        self.ids.len() as u32 - 1
    }

    /// The place of a form of a kind (none: of pictures).
    pub fn form(&mut self, kind: Option<Kind>, name: &str) -> u32 {
        let next = self.forms.len() as u32;
        *self
            .by_name
            .entry((kind, name.to_owned()))
            .or_insert_with(|| {
                self.forms.push(name.to_owned());
                next
            })
    }

    /// A tag for an entry.
    pub fn tag(&mut self, entry: Entry) -> u32 {
        self.entries.push(entry);
        self.entries.len() as u32 - 1
    }

    /// The entry of a tag.
    pub fn entry(&self, tag: u32) -> Entry {
        self.entries[tag as usize]
    }

    /// The id at a place.
    pub fn id_of(&self, owner: u32) -> &str {
        &self.ids[owner as usize]
    }

    /// The form at a place.
    pub fn form_name(&self, form: u32) -> &str {
        &self.forms[form as usize]
    }

    /// How many entries are wanted, controls not counted.
    pub fn wanted(&self) -> u64 {
        let wanted = self.entries.iter().filter(|entry| entry.owner.is_some());
        wanted.count() as u64
    }
}

/// A kind as `left_out` names it.
pub(super) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Pin => "pin",
        Kind::Number => "number",
        Kind::Date => "date",
        Kind::Text => "text",
        Kind::Bytes => "bytes",
    }
}
