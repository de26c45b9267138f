//! One search under way: regions and chunks to the searches; `resolve` turns hits into findings. Called by [`Hunt::search`](super::Hunt).

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use crate::likeness::Looking;
use crate::search::{Hit, Stream};
use crate::sources::{Chunk, Item, NotSearched, Options, Region, Report, Source, walk};

use super::build::Hunt;
use super::cut::Cutting;
use super::gapped::Reading;
use super::pins::Counting;
use super::trail::{Finding, MOST, Trail};

/// Hits kept of one form that is met by chance, and of all others together: the first must not crowd out those that prove something.
pub(super) fn room(controlled: bool) -> usize {
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
    let trail = walking.finish(report, &met);
    #[cfg(target_os = "linux")]
    let trail = super::volumes::named(hunt, trail);
    trail
}

fn walked<'a>(hunt: &'a Hunt, source: &Source, options: &Options) -> (Walking<'a>, Report) {
    let mut walking = Walking {
        hunt,
        stream: None,
        reading: hunt.gapped.as_ref().map(Reading::new),
        counting: hunt
            .pins
            .as_ref()
            .map(|pins| Counting::new(pins, hunt.around.as_ref())),
        cutting: hunt.cuts.as_ref().map(Cutting::new),
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
    walking.cut();
    (walking, report)
}

/// A hit whose controls may still be met.
pub(super) struct Candidate {
    pub(super) finding: Finding,
    pub(super) form: u32,
}

pub(super) struct Walking<'a> {
    pub(super) hunt: &'a Hunt,
    /// Bytes that join.
    pub(super) stream: Option<Stream<'a>>,
    pub(super) reading: Option<Reading<'a>>,
    pub(super) counting: Option<Counting<'a>>,
    pub(super) cutting: Option<Cutting<'a>>,
    pub(super) looking: Option<Looking<'a>>,
    /// What looks like a picture and was not compared.
    pub(super) not_compared: Vec<NotSearched>,
    /// The regions whose bytes are in the stream, by position.
    pub(super) regions: Vec<Region>,
    /// The region last begun, until its first bytes come.
    pub(super) current: Option<Region>,
    /// Hits of forms with gaps in the same bytes.
    pub(super) gapped: Vec<Hit>,
    /// Forms in which a control value was met.
    pub(super) met_by_controls: HashSet<u32>,
    pub(super) found: Vec<Candidate>,
    /// Hits so far: of each form that is met by chance, and of all others.
    pub(super) kept: HashMap<Option<u32>, usize>,
    pub(super) trail: Trail,
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
        if let (Some(cutting), Some(region)) = (&mut self.cutting, self.regions.last()) {
            cutting.feed(chunk, region);
        }
        if let (Some(counting), Some(region)) = (&mut self.counting, self.regions.last()) {
            counting.feed(region, chunk);
        }
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
        if let Some(counted) = self.counting.map(Counting::finish) {
            self.trail.pins = counted.pins;
            self.trail.pin_places = counted.places;
            self.trail.followed = counted.followed;
        }
        self.trail
    }
}

impl Hunt {
    /// A region in words. A name in which a canary stands is not told.
    pub(super) fn place(&self, region: &Region) -> String {
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
