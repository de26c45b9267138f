//! The end of a stretch of bytes that join: its hits become findings. The second half of `walk`, which calls it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::pictures::SHORTEST_FRAGMENT;
use super::telling::FEWEST;
use super::trail::Finding;
use super::walk::{Candidate, Walking, room};
use crate::likeness::Likely;
use crate::search::{Form, Hit};
use crate::sources::{NotSearched, Region, Why};

impl Walking<'_> {
    /// Ends the stretch of bytes that join: its hits become findings.
    pub(super) fn resolve(&mut self) {
        let Some(stream) = self.stream.take() else {
            return;
        };
        let found = stream.finish();
        self.trail.more += found.beyond;
        let mut hits = found.hits;
        let by_stretches = &self.hunt.by_stretches;
        let of_pictures: Vec<Hit> = hits
            .extract_if(.., |hit| by_stretches.binary_search(&hit.tag).is_ok())
            .collect();
        hits.append(&mut self.gapped);
        hits.sort_unstable();
        let first = self.found.len();
        let explained = self.explained(&hits);
        self.pieces_of_forms(&hits, &explained);
        for hit in hits {
            let entry = self.hunt.names.entry(hit.tag);
            if entry.owner.is_some() {
                self.hit(hit);
            } else if !holds(&explained, &span(&hit)) {
                self.met_by_controls.insert(entry.form);
            }
        }
        only_longest(&mut self.found, first);
        let fragments = found.fragments.iter();
        let long = fragments.filter(|fragment| fragment.length >= SHORTEST_FRAGMENT);
        self.pieces(
            long.map(|fragment| (fragment.tag, fragment.position, fragment.length)),
            1,
        );
        let stretches = of_pictures.iter();
        self.pieces(
            stretches.map(|hit| (hit.tag, hit.position, hit.length.into())),
            FEWEST,
        );
        self.likely(first);
        self.regions.clear();
    }

    /// Where canaries stand: sorted, apart. A control value that is met there is a part of the canary's own bytes
    /// (`1988/2/1` in `1988/2/17`).
    fn explained(&self, hits: &[Hit]) -> Vec<Range<u64>> {
        let mut spans: Vec<Range<u64>> = Vec::new();
        for hit in hits {
            if self.hunt.names.entry(hit.tag).owner.is_none() {
                continue;
            }
            let span = span(hit);
            match spans.last_mut() {
                Some(last) if span.start < last.end => last.end = last.end.max(span.end),
                _ => spans.push(span),
            }
        }
        spans
    }

    /// Pieces at edges of pages that are no part of a whole form.
    fn pieces_of_forms(&mut self, hits: &[Hit], explained: &[Range<u64>]) {
        let Some(cutting) = &mut self.cutting else {
            return;
        };
        let whole = hits.iter().filter_map(|hit| {
            let owner = self.hunt.names.entry(hit.tag).owner?;
            Some((span(hit), owner))
        });
        let whole: Vec<_> = whole.collect();
        let (hunt, regions) = (self.hunt, &self.regions);
        let mut last: Option<(u64, Arc<str>)> = None;
        cutting.resolve(&whole, explained, &mut |position| {
            let region = region_at(regions, position)?;
            let known = last.take().filter(|(start, _)| *start == region.start);
            let (_, place) =
                last.insert(known.unwrap_or_else(|| (region.start, Arc::from(hunt.place(region)))));
            Some((Arc::clone(place), region.kind))
        });
    }

    /// At the end of the source: pieces that say something.
    pub(super) fn cut(&mut self) {
        let Some(cutting) = self.cutting.take() else {
            return;
        };
        self.met_by_controls.extend(cutting.met());
        let (told, more) = cutting.tell();
        self.trail.more += more;
        for (piece, cut) in told {
            let Some(owner) = cut.owner else { continue };
            if !self.room(cut.form, cut.controlled) {
                continue;
            }
            let form = self.hunt.names.form_name(cut.form);
            let finding = Finding {
                canary: self.hunt.names.id_of(owner).to_owned(),
                encoding: format!("{form}+{}", piece.side.name()),
                region: piece.kind,
                place: piece.place.to_string(),
                position: piece.position,
                length: piece.length.into(),
                controlled: cut.controlled,
            };
            let form = cut.form;
            self.found.push(Candidate { finding, form });
        }
    }

    /// Whether one more hit of a form is kept; counts it.
    fn room(&mut self, form: u32, controlled: bool) -> bool {
        let kept = self.kept.entry(controlled.then_some(form)).or_default();
        *kept += 1;
        *kept <= room(controlled)
    }

    fn hit(&mut self, hit: Hit) {
        let entry = self.hunt.names.entry(hit.tag);
        let Some(owner) = entry.owner else {
            return;
        };
        let name = self.hunt.names.form_name(entry.form);
        let encoding = match hit.form {
            Form::Plain => name.to_owned(),
            Form::XorConstant => format!("xor>{name}"),
            Form::AddConstant => format!("add>{name}"),
        };
        let found = (owner, entry.form, entry.controlled);
        self.found(found, encoding, hit.position, hit.length.into());
    }

    fn found(
        &mut self,
        (owner, form, controlled): (u32, u32, bool),
        encoding: String,
        position: u64,
        length: u64,
    ) {
        if !self.room(form, controlled) {
            return;
        }
        let Some(region) = region_at(&self.regions, position) else {
            return;
        };
        let finding = Finding {
            canary: self.hunt.names.id_of(owner).to_owned(),
            encoding,
            region: region.kind,
            place: self.hunt.place(region),
            position,
            length,
            controlled,
        };
        self.found.push(Candidate { finding, form });
    }

    /// What was met of one rendering in one region is one finding, where there are at least `fewest` pieces of it: tag, position and
    /// length of each.
    fn pieces(&mut self, pieces: impl Iterator<Item = (u32, u64, u64)>, fewest: usize) {
        let mut sums: BTreeMap<(u32, usize), (u64, u64, usize)> = BTreeMap::new();
        for (tag, position, length) in pieces {
            let region = self
                .regions
                .partition_point(|region| region.start <= position);
            let sum = sums.entry((tag, region)).or_insert((position, 0, 0));
            sum.1 += length;
            sum.2 += 1;
        }
        for ((tag, _), (position, length, count)) in sums {
            let entry = self.hunt.names.entry(tag);
            let encoding = self.hunt.names.form_name(entry.form).to_owned();
            if let Some(owner) = entry.owner.filter(|_| count >= fewest) {
                self.found((owner, entry.form, false), encoding, position, length);
            }
        }
    }

    /// Copies that are not byte-exact, but for those that exact findings (from `first` on) tell of already.
    fn likely(&mut self, first: usize) {
        let Some(looking) = &mut self.looking else {
            return;
        };
        let (likely, not_compared) = looking.take();
        for one in likely {
            if !self.told(&one, first) {
                self.found((one.owner, 0, false), one.form, one.position, one.length);
            }
        }
        for range in not_compared {
            if let Some(region) = region_at(&self.regions, range.start) {
                self.not_compared.push(NotSearched {
                    place: region.place.clone(),
                    name: region.name.clone(),
                    range: Some(range),
                    why: Why::NotCompared,
                });
            }
        }
    }

    /// Whether bytes of the same picture were found there.
    fn told(&self, likely: &Likely, first: usize) -> bool {
        let id = self.hunt.names.id_of(likely.owner);
        let end = likely.position + likely.length;
        let exact = self.found[first..].iter().map(|one| &one.finding);
        exact
            .filter(|one| one.canary == id)
            .any(|one| one.position < end && one.position + one.length.max(1) > likely.position)
    }
}

fn span(hit: &Hit) -> Range<u64> {
    hit.position..hit.position + u64::from(hit.length)
}

/// Whether a range overlaps one of the spans.
pub(super) fn holds(spans: &[Range<u64>], range: &Range<u64>) -> bool {
    let next = spans.partition_point(|span| span.end <= range.start);
    spans.get(next).is_some_and(|span| span.start < range.end)
}

/// The region that holds a position: the last one that begins at it or before.
fn region_at(regions: &[Region], position: u64) -> Option<&Region> {
    let behind = regions.partition_point(|region| region.start <= position);
    regions.get(behind.saturating_sub(1))
}

/// Drops findings from `first` on (by position) that lie inside a longer one of the same canary.
fn only_longest(found: &mut Vec<Candidate>, first: usize) {
    let mut kept: Vec<Candidate> = Vec::with_capacity(found.len() - first);
    let mut rest: Vec<Candidate> = found.drain(first..).collect();
    rest.sort_by(|a, b| {
        let key = |one: &Candidate| (one.finding.position, u64::MAX - one.finding.length);
        key(a).cmp(&key(b))
    });
    for one in rest {
        let end = one.finding.position + one.finding.length;
        let inside = kept.iter().rev().take(64).any(|other| {
            let (other, one) = (&other.finding, &one.finding);
            other.canary == one.canary
                && other.position + other.length >= end
                && other.length > one.length
                && (!other.controlled || one.controlled)
        });
        if !inside {
            kept.push(one);
        }
    }
    found.append(&mut kept);
}
