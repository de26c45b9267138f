//! Vectors that appeared since a mark, as sketches.

use std::collections::HashMap;

use shinsa_residue::sources::{Kind, Report};
use shinsa_residue::templates::{Format, Vector};
use shinsa_wire::v1;

use super::look::{Run, look};
use super::seeds;
use super::{Keys, Mark, Vectors};
use crate::config::{Config, SEEDED};
use crate::freezer::Freezer;
use crate::held::Held;
use crate::missed::Missed;
use crate::processes::{self, Running};
use crate::refused::Refused;
use crate::told;

/// Vectors of one format told at most; more are counted. A planted one is told in any case.
const MOST: usize = 1_024;

/// Collects. The caller adds the times.
///
/// # Errors
/// An unknown mark or target, seeds that cannot be planted. What cannot be read is no error: it is told.
pub fn collect(
    config: &Config,
    freezer: &Freezer,
    vectors: &mut Vectors,
    request: &v1::CollectVectorsRequest,
) -> Result<v1::CollectVectorsReply, Refused> {
    vectors.keys()?;
    let vectors = &*vectors;
    let (Some(keys), Some(mark)) = (&vectors.keys, vectors.since(&request.since)?) else {
        return Err(Refused::Invalid(
            "since: name the mark of a snapshot".into(),
        ));
    };
    let planted = match request.seed.as_str() {
        "" => None,
        label => Some(seeds::plant(label, &keys.seeds)?),
    };
    let mut collecting = Collecting {
        keys,
        mark,
        told: HashMap::new(),
        reply: v1::CollectVectorsReply {
            formats: Format::ALL.map(|format| format.name().into()).into(),
            ..Default::default()
        },
    };
    let mut missed = Missed::default();
    if let Some(planted) = &planted {
        let process = Running::of(planted.pid());
        let process =
            process.ok_or_else(|| Refused::System("the process for seeds ended early".into()))?;
        // Of the agent's own program only what was written counts; nobody set a mark for this process.
        let report = collecting.process(SEEDED, &process, Some(Kind::Mapped));
        missed.of(SEEDED, None, &report);
    }
    let targets = processes::chosen_running(config, &request.targets)?;
    let held = Held::of(&targets, freezer, request.freeze, &mut missed)?;
    for (target, process) in &held.running {
        let report = collecting.process(&target.name, process, None);
        missed.of(&target.name, None, &report);
    }
    held.let_go(&mut missed);
    Ok(v1::CollectVectorsReply {
        not_searched: missed.list,
        more_not_searched: missed.more,
        planted: planted.map_or_else(Vec::new, |_| seeds::lengths()),
        ..collecting.reply
    })
}

struct Collecting<'a> {
    keys: &'a Keys,
    mark: &'a Mark,
    /// Vectors told of each format.
    told: HashMap<Format, usize>,
    reply: v1::CollectVectorsReply,
}

impl Collecting<'_> {
    fn process(&mut self, target: &str, process: &Running, without: Option<Kind>) -> Report {
        let report = look(
            process.identity,
            without,
            |_, _| {},
            |run| self.run(target, process, run),
        );
        self.reply.searched.push(v1::Searched {
            target: target.into(),
            regions: report.regions,
            bytes: report.searched,
            zeros: report.zeros,
            pid: process.pid(),
            left_out: 0,
        });
        report
    }

    fn run(&mut self, target: &str, process: &Running, run: &Run<'_>) {
        if self.mark.knows(process.identity, run, self.keys.hashes) {
            self.reply.unchanged += 1;
            return;
        }
        // What `Runs` finds is a vector but for numbers that are all alike to the last bit of their mean.
        let Ok(vector) = Vector::of(run.format, run.numbers.iter().copied()) else {
            return;
        };
        let told = self.told.entry(run.format).or_default();
        if *told >= MOST {
            self.reply.more_vectors += 1;
            return;
        }
        *told += 1;
        let sketch = self.keys.sketcher.sketch(&vector);
        self.reply.vectors.push(v1::VectorSketch {
            format: run.format.name().into(),
            length: run.numbers.len() as u32,
            target: target.into(),
            region: told::region(run.region).into(),
            position: run.address,
            sketch: sketch.iter().map(|number| number.cast_unsigned()).collect(),
        });
    }
}
