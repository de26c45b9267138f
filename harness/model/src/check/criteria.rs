//! Criteria files laid over each other: later wins, field by field.

use crate::criterion::{CatalogueFile, Criterion, CriterionEntry, Rule};
use crate::diagnostic::{Diagnostic, nearest};
use crate::quantity::Share;

use super::File;

/// The catalogue after all overlays, in order of first appearance.
pub fn merge(files: &[(&File, CatalogueFile)], found: &mut Vec<Diagnostic>) -> Vec<Criterion> {
    let mut merged: Vec<Criterion> = Vec::new();
    for (file, catalogue) in files {
        for (index, entry) in catalogue.criteria.iter().enumerate() {
            let twice = catalogue.criteria[..index]
                .iter()
                .any(|other| other.id == entry.id);
            if twice {
                let message = format!("item {} stands twice in this file", entry.id);
                found.push(file.at(
                    &format!("/criteria/{index}/id"),
                    message,
                    "keep one of them",
                ));
            }
            match merged.iter_mut().find(|known| known.id == entry.id) {
                Some(known) => overlay(known, entry, &catalogue.edition),
                None => {
                    if let Some(item) = new_item(entry, &catalogue.edition) {
                        merged.push(item);
                    } else {
                        let near = nearest(&entry.id, merged.iter().map(|known| known.id.as_str()));
                        let help = near.map_or_else(
                        || "a new item needs title, requirement, class, obligation and methods".to_owned(),
                        |id| format!("did you mean {id}? A new item needs title, requirement, class, obligation and methods"),
                    );
                        found.push(file.at(
                            &format!("/criteria/{index}/id"),
                            format!("item {} is not in the catalogue", entry.id),
                            help,
                        ));
                    }
                }
            }
        }
    }
    for (file, catalogue) in files {
        for (index, entry) in catalogue.criteria.iter().enumerate() {
            for unknown in entry
                .depends_on
                .iter()
                .flatten()
                .filter(|id| merged.iter().all(|known| known.id != **id))
            {
                let message = format!(
                    "item {} depends on {unknown}, which is not in the catalogue",
                    entry.id
                );
                found.push(file.at(
                    &format!("/criteria/{index}/depends_on"),
                    message,
                    "name an item of the catalogue",
                ));
            }
            if depends_on_itself(&merged, &entry.id) {
                let message = format!("item {} depends on itself through others", entry.id);
                found.push(file.at(
                    &format!("/criteria/{index}/id"),
                    message,
                    "break the circle of depends_on",
                ));
            }
        }
    }
    merged
}

fn depends_on_itself(items: &[Criterion], id: &str) -> bool {
    let needs = |id: &str| {
        items
            .iter()
            .find(|item| item.id == id)
            .map(|item| item.depends_on.clone())
            .unwrap_or_default()
    };
    let mut open = needs(id);
    let mut seen = Vec::new();
    while let Some(next) = open.pop() {
        if next == id {
            return true;
        }
        if !seen.contains(&next) {
            open.extend(needs(&next));
            seen.push(next);
        }
    }
    false
}

fn overlay(known: &mut Criterion, entry: &CriterionEntry, edition: &str) {
    fn set<T: Clone>(field: &mut T, new: Option<&T>) {
        if let Some(new) = new {
            field.clone_from(new);
        }
    }
    set(&mut known.title, entry.title.as_ref());
    set(&mut known.requirement, entry.requirement.as_ref());
    set(&mut known.class, entry.class.as_ref());
    set(&mut known.obligation, entry.obligation.as_ref());
    set(&mut known.methods, entry.methods.as_ref());
    set(&mut known.rule, entry.rule.as_ref());
    set(&mut known.confidence, entry.confidence.as_ref());
    set(&mut known.documents, entry.documents.as_ref());
    set(&mut known.depends_on, entry.depends_on.as_ref());
    known.limit = entry.limit.clone().or(known.limit.take());
    known.note = entry.note.clone().or(known.note.take());
    known.edition = edition.into();
}

fn new_item(entry: &CriterionEntry, edition: &str) -> Option<Criterion> {
    Some(Criterion {
        id: entry.id.clone(),
        title: entry.title.clone()?,
        requirement: entry.requirement.clone()?,
        class: entry.class?,
        obligation: entry.obligation?,
        methods: entry.methods.clone()?,
        limit: entry.limit.clone(),
        rule: entry.rule.unwrap_or(Rule::Guarded),
        confidence: entry.confidence.unwrap_or(Share::from_percent(95.0)),
        documents: entry.documents.clone().unwrap_or_default(),
        depends_on: entry.depends_on.clone().unwrap_or_default(),
        note: entry.note.clone(),
        edition: edition.into(),
    })
}
