//! One search under way: regions and chunks to the searches, hits to findings. Called by [`Hunt::search`](super::Hunt).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::{ControlFlow, Range};

use crate::likeness::{Likely, Looking};
use crate::search::{Form, Hit, Stream};
use crate::sources::{Chunk, Item, NotSearched, Options, Region, Report, Source, Why, walk};

use super::build::Hunt;
use super::gapped::Reading;
use super::pictures::SHORTEST_FRAGMENT;
use super::pins::Counting;
use super::telling::FEWEST;
use super::trail::{Finding, MOST, Trail};

/// Hits kept of one form that is met by chance, and of all others together: the first must not crowd out those that prove something.
fn room(controlled: bool) -> usize {
    if controlled { 1_000 } else { 2 * MOST }
}

/// Walks a source and gives all that was found. Where something was met in a form that is met by chance, walks it again for control
/// values in that form: a hundred times as many forms need not be looked for where there is nothing to weigh.
pub(super) fn search(hunt: &Hunt, source: &Source, options: &Options) -> Trail {
    let (walking, mut report) = walked(hunt, source, options);
    let controlled = walking.found.iter();
    let doubtful: HashSet<u32> = controlled
        .filter(|one| one.finding.controlled)
        .map(|one| one.form)
        .collect();
    let mut met = HashSet::new();
    if !doubtful.is_empty() {
        match hunt.with_controls(&doubtful) {
            Ok(controls) => {
                let (again, reread) = walked(&controls, source, options);
                met = again.met_by_controls;
                report.also(reread);
            }
            // The size was checked when the hunt was built; without controls a finding stays one.
            Err(refused) => debug_assert!(false, "{refused}"),
        }
    }
    walking.finish(report, &met)
}

fn walked<'a>(hunt: &'a Hunt, source: &Source, options: &Options) -> (Walking<'a>, Report) {
    let mut walking = Walking {
        hunt,
        stream: None,
        reading: hunt.gapped.as_ref().map(Reading::new),
        counting: hunt.pins.as_ref().map(Counting::new),
        looking: (!hunt.likeness.is_empty()).then(|| Looking::new(&hunt.likeness)),
        not_compared: Vec::new(),
        regions: Vec::new(),
        current: None,
        gapped: Vec::new(),
        met_by_controls: HashSet::new(),
        found: Vec::new(),
        kept: HashMap::new(),
        trail: Trail::default(),
    };
    let report = walk(source, options, |item| {
        match item {
            Item::Region(region) => walking.region(region),
            Item::Chunk(chunk) => walking.chunk(&chunk),
        }
        ControlFlow::Continue(())
    });
    walking.resolve();
    (walking, report)
}

/// A hit whose controls may still be met.
struct Candidate {
    finding: Finding,
    form: u32,
}

struct Walking<'a> {
    hunt: &'a Hunt,
    /// Bytes that join.
    stream: Option<Stream<'a>>,
    reading: Option<Reading<'a>>,
    counting: Option<Counting<'a>>,
    looking: Option<Looking<'a>>,
    /// What looks like a picture and was not compared.
    not_compared: Vec<NotSearched>,
    /// The regions whose bytes are in the stream, by position.
    regions: Vec<Region>,
    /// The region last begun, until its first bytes come.
    current: Option<Region>,
    /// Hits of forms with gaps in the same bytes.
    gapped: Vec<Hit>,
    /// Forms in which a control value was met.
    met_by_controls: HashSet<u32>,
    found: Vec<Candidate>,
    /// Hits so far: of each form that is met by chance, and of all others.
    kept: HashMap<Option<u32>, usize>,
    trail: Trail,
}

impl Walking<'_> {
    fn region(&mut self, region: &Region) {
        self.current = Some(region.clone());
    }

    fn chunk(&mut self, chunk: &Chunk<'_>) {
        if !chunk.joins {
            // After a gap the region is still the same.
            let current = self.current.take().or_else(|| self.regions.last().cloned());
            self.resolve();
            self.current = current;
            self.stream = Some(Stream::new(&self.hunt.searcher, chunk.position));
            if let Some(reading) = &mut self.reading {
                reading.restart(chunk.position);
            }
            if let Some(looking) = &mut self.looking {
                looking.restart(chunk.position);
            }
        }
        self.regions.extend(self.current.take());
        if let Some(stream) = &mut self.stream {
            stream.feed(chunk.bytes);
        }
        if let Some(reading) = &mut self.reading {
            let (gapped, more) = (&mut self.gapped, &mut self.trail.more);
            reading.feed(chunk.bytes, &mut |hit| {
                if gapped.len() < 100 * MOST {
                    gapped.push(hit);
                } else {
                    *more += 1;
                }
            });
        }
        if let Some(looking) = &mut self.looking {
            looking.feed(chunk.bytes);
        }
        if let (Some(counting), Some(region)) = (&mut self.counting, self.regions.last()) {
            counting.feed(region.kind, chunk);
        }
    }

    /// Ends the stretch of bytes that join: its hits become findings.
    fn resolve(&mut self) {
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
        for hit in hits {
            let entry = self.hunt.names.entry(hit.tag);
            if entry.owner.is_some() {
                self.hit(hit);
            } else if !holds(&explained, &hit) {
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
            let end = hit.position + u64::from(hit.length);
            match spans.last_mut() {
                Some(last) if hit.position < last.end => last.end = last.end.max(end),
                _ => spans.push(hit.position..end),
            }
        }
        spans
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
        let kept = self.kept.entry(controlled.then_some(form)).or_default();
        *kept += 1;
        if *kept > room(controlled) {
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

    fn finish(mut self, mut report: Report, met: &HashSet<u32>) -> Trail {
        let not_compared = self.not_compared.drain(..);
        not_compared.for_each(|one| report.missed(one));
        self.trail.report = report;
        for candidate in self.found {
            if candidate.finding.controlled && met.contains(&candidate.form) {
                self.trail.by_chance += 1;
            } else if self.trail.findings.len() < MOST {
                self.trail.findings.push(candidate.finding);
            } else {
                self.trail.more += 1;
            }
        }
        for (form, count) in self.kept {
            let beyond = count.saturating_sub(room(form.is_some())) as u64;
            if form.is_some_and(|form| met.contains(&form)) {
                self.trail.by_chance += beyond;
            } else {
                self.trail.more += beyond;
            }
        }
        self.trail.pins = self.counting.map(Counting::finish).unwrap_or_default();
        self.trail
    }
}

/// Whether a hit overlaps one of the spans.
fn holds(spans: &[Range<u64>], hit: &Hit) -> bool {
    let next = spans.partition_point(|span| span.end <= hit.position);
    spans
        .get(next)
        .is_some_and(|span| span.start < hit.position + u64::from(hit.length))
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

impl Hunt {
    /// A region in words. A name in which a canary stands is not told.
    fn place(&self, region: &Region) -> String {
        let text = match region.name.as_str() {
            "" => region.place.to_string(),
            name => format!("{} {name}", region.place),
        };
        self.without_secrets(&text)
    }

    /// A text for people, or a remark in its place when a form of a canary stands in it.
    pub fn without_secrets(&self, text: &str) -> String {
        let found = self.searcher.search(text.as_bytes(), 0, 1);
        let wanted = |hit: &Hit| self.names.entry(hit.tag).owner.is_some();
        if found.hits.iter().any(wanted) {
            "(a name that holds a canary)".to_owned()
        } else {
            text.to_owned()
        }
    }
}
