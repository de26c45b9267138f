//! From trails of the residue package to the wire's reply. Holds places and counts, never bytes.

use std::collections::BTreeMap;
use std::path::Path;

use shinsa_residue::hunt::{CONTROLS, Finding, PinCounts, PinPlaces, Trail};
use shinsa_residue::search::Cell;
use shinsa_wire::v1;

use crate::missed::Missed;
use crate::told::{below, region};

/// Findings listed at most, all targets together; the rest is counted.
const FINDINGS: usize = 10_000;

/// A reply that grows by one target after the other.
#[derive(Debug, Default)]
pub struct Telling {
    reply: v1::SearchReply,
    /// Followed contexts, and how many PINs they show.
    followed: BTreeMap<u64, u32>,
    /// What was not searched.
    pub missed: Missed,
}

impl Telling {
    /// What the search of one process (`pid`) or path (`root`) of a target gave.
    pub fn trail(&mut self, target: &str, pid: Option<u32>, root: Option<&Path>, trail: Trail) {
        self.reply.more_findings += trail.more;
        self.reply.dismissed += trail.by_chance;
        for found in trail.findings {
            if self.reply.findings.len() < FINDINGS {
                self.reply.findings.push(finding(target, root, found));
            } else {
                self.reply.more_findings += 1;
            }
        }
        self.reply.searched.push(v1::Searched {
            target: target.into(),
            regions: trail.report.regions,
            bytes: trail.report.searched,
            zeros: trail.report.zeros,
            pid: pid.unwrap_or(0),
            left_out: trail.report.left_out,
        });
        self.missed.of(target, root, &trail.report);
        for counts in trail.pins {
            self.reply.pin_counts.push(pins(target, &counts));
        }
        for told in trail.pin_places {
            self.reply.pin_places.push(places(target, told));
        }
        for (context, pins) in trail.followed {
            *self.followed.entry(context).or_insert(0) += pins;
        }
    }

    /// The reply.
    pub fn finish(self) -> v1::SearchReply {
        let followed = self.followed.into_iter();
        v1::SearchReply {
            followed: followed
                .map(|(context, pins)| v1::FollowedContext { context, pins })
                .collect(),
            not_searched: self.missed.list,
            more_not_searched: self.missed.more,
            controls: CONTROLS as u32,
            ..self.reply
        }
    }
}

fn finding(target: &str, root: Option<&Path>, found: Finding) -> v1::Finding {
    v1::Finding {
        canary: found.canary,
        encoding: found.encoding,
        target: target.into(),
        region: region(found.region).into(),
        place: below(root, &found.place),
        position: found.position,
        length: found.length,
        controlled: found.controlled,
    }
}

fn pins(target: &str, counts: &PinCounts) -> v1::PinCounts {
    v1::PinCounts {
        form: form(counts.cell).into(),
        target: target.into(),
        region: region(counts.region).into(),
        counts: counts.counts.to_vec(),
    }
}

fn places(target: &str, told: PinPlaces) -> v1::PinPlaces {
    v1::PinPlaces {
        form: form(told.cell).into(),
        target: target.into(),
        region: region(told.region).into(),
        places: told.places,
        contexts: told.contexts,
    }
}

/// Names of the short forms: those of the same bytes in `shinsa_residue::encodings`, so that one of them can be asked for as seed.
pub fn form(cell: Cell) -> &'static str {
    match cell {
        Cell::Ascii => "ascii",
        Cell::Utf16Le => "utf-16le",
        Cell::Utf16Be => "utf-16be",
        Cell::Utf32Le => "utf-32le",
        Cell::Stride2 => "ascii>stride-2",
        Cell::Stride4 => "ascii>stride-4",
        Cell::Stride8 => "ascii>stride-8",
        Cell::Stride16 => "ascii>stride-16",
        Cell::Stride24 => "ascii>stride-24",
        Cell::Values => "digit-values",
        Cell::Values32 => "digit-values>u32-array",
        Cell::U32Le => "u32-le",
        Cell::U32Be => "u32-be",
        Cell::U64Le => "u64-le",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shinsa_residue::canary::{Canary, Kind as CanaryKind, SecretBytes};
    use shinsa_residue::encodings::forms;

    #[test]
    fn every_counted_form_can_be_seeded() {
        let value = SecretBytes::copied(b"4711");
        let pin = Canary::new("t/pin".into(), CanaryKind::Pin, value).unwrap();
        let known = forms(&pin);
        for cell in Cell::ALL {
            let name = form(cell);
            assert!(known.iter().any(|form| form.name() == name), "{name}");
        }
    }
}
