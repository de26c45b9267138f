//! Everything a scan says, in one value: what JSON and table show. Holds no searched byte and no secret.

use std::ops::Range;
use std::path::PathBuf;

use serde::Serialize;
use shinsa_residue::hunt::{Finding, Hunt};
use shinsa_residue::sources::{NotSearched, Why};

use super::Searched;
use super::pins::{Standing, Watched, standings};
use super::rules::Match;
use crate::exit::{FAIL, INCONCLUSIVE, PASS};

/// What a scan says.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// What drew the control values, in hex.
    pub seed: String,
    /// Forms looked for.
    pub forms: u64,
    /// Bytes of all renderings of pictures.
    pub picture_bytes: u64,
    /// Forms that nothing looks for.
    pub left_out: Vec<String>,
    /// Findings by source.
    pub findings: Vec<Found>,
    /// Findings too many to be kept.
    pub more: u64,
    /// Hits that say nothing, for control values were met in the same form.
    pub by_chance: u64,
    /// Matches of the user's own rules.
    pub rules: Vec<Match>,
    /// How the PINs stand.
    pub pins: Vec<Standing>,
    /// Bytes searched, and known to be zero.
    pub bytes: Bytes,
    /// What was not searched.
    pub not_searched: Vec<Missed>,
    /// How many more were not searched.
    pub not_listed: u64,
    /// What else was noticed.
    pub notes: Vec<String>,
    /// Exit code.
    pub code: u8,
}

/// How much was read.
#[derive(Debug, Serialize)]
pub struct Bytes {
    /// Read and searched.
    pub searched: u64,
    /// Known to be zero without reading.
    pub zeros: u64,
}

/// A finding and its source.
#[derive(Debug, Serialize)]
pub struct Found {
    /// As the command line names it.
    pub source: String,
    /// Where in it.
    pub place: String,
    /// Kind of region.
    pub region: String,
    /// Address or offset.
    pub position: u64,
    /// Bytes.
    pub length: u64,
    /// Form.
    pub encoding: String,
    /// Id.
    pub canary: String,
    /// It counts because no control value was met.
    pub controlled: bool,
}

/// Something that was not searched.
#[derive(Debug, Serialize)]
pub struct Missed {
    /// As the command line names it.
    pub source: String,
    /// Where in it.
    pub place: String,
    /// First position and the one after the last, where they are known.
    pub range: Option<[u64; 2]>,
    /// Why.
    pub why: String,
    /// Whether the search is incomplete without it.
    pub counts: bool,
}

impl Outcome {
    /// Puts together what all sources gave; `missing` are names that stood for nothing.
    pub fn of(
        hunt: &Hunt,
        seed: [u8; 32],
        searched: Vec<Searched>,
        missing: Vec<String>,
        watched: &Watched,
    ) -> Self {
        let counts = searched.iter().flat_map(|one| &one.trail.pins);
        let mut outcome = Self {
            seed: hex::encode(seed),
            forms: hunt.patterns(),
            picture_bytes: hunt.picture_bytes(),
            left_out: hunt.left_out().to_vec(),
            findings: Vec::new(),
            more: 0,
            by_chance: 0,
            rules: Vec::new(),
            pins: standings(watched, counts),
            bytes: Bytes {
                searched: 0,
                zeros: 0,
            },
            not_searched: Vec::new(),
            not_listed: 0,
            notes: Vec::new(),
            code: PASS,
        };
        for source in missing {
            outcome.not_searched.push(Missed {
                place: source.clone(),
                source,
                range: None,
                why: Why::Gone.to_string(),
                counts: true,
            });
        }
        let roots: Vec<PathBuf> = searched
            .iter()
            .filter_map(|one| one.target.root())
            .collect();
        for one in searched {
            outcome.add(hunt, one, &roots);
        }
        outcome.code = outcome.decided();
        outcome
    }

    fn add(&mut self, hunt: &Hunt, one: Searched, roots: &[PathBuf]) {
        let (source, trail) = (hunt.without_secrets(&one.target.name), one.trail);
        self.findings.extend(
            trail
                .findings
                .into_iter()
                .map(|finding| found(&source, finding)),
        );
        self.more += trail.more;
        self.by_chance += trail.by_chance;
        self.more += one.rules.more;
        for mut found in one.rules.kept {
            found.place = hunt.without_secrets(&found.place);
            self.rules.push(found);
        }
        for failed in one.rules.failed {
            self.not_searched.push(Missed {
                source: source.clone(),
                place: hunt.without_secrets(&failed),
                range: None,
                why: "the rules could not be run to their end".into(),
                counts: true,
            });
        }
        let report = trail.report;
        self.bytes.searched += report.searched;
        self.bytes.zeros += report.zeros;
        self.not_listed += report.not_listed;
        self.not_searched.extend(
            report
                .not_searched
                .iter()
                .map(|one| missed(hunt, &source, one, roots)),
        );
        if let Some(why) = one.not_frozen {
            // It was asked to stand still, for what moves behind a search is not seen.
            self.not_searched.push(Missed {
                place: source.clone(),
                source,
                range: None,
                why: format!("what moved meanwhile, for it was not held still: {why}"),
                counts: true,
            });
        }
        for (place, note) in &report.notes {
            self.notes
                .push(hunt.without_secrets(&format!("{place}: {note}")));
        }
    }

    fn decided(&self) -> u8 {
        let incomplete = self.not_listed > 0 || self.not_searched.iter().any(|one| one.counts);
        if !self.findings.is_empty() || !self.rules.is_empty() || self.more > 0 {
            FAIL
        } else if incomplete {
            INCONCLUSIVE
        } else {
            PASS
        }
    }
}

fn found(source: &str, finding: Finding) -> Found {
    Found {
        source: source.to_owned(),
        place: finding.place,
        region: format!("{:?}", finding.region),
        position: finding.position,
        length: finding.length,
        encoding: finding.encoding,
        canary: finding.canary,
        controlled: finding.controlled,
    }
}

fn missed(hunt: &Hunt, source: &str, one: &NotSearched, roots: &[PathBuf]) -> Missed {
    let place = match one.name.as_str() {
        "" => one.place.to_string(),
        name => format!("{} {name}", one.place),
    };
    Missed {
        source: source.to_owned(),
        place: hunt.without_secrets(&place),
        range: one.range.clone().map(|Range { start, end }| [start, end]),
        why: hunt.without_secrets(&one.why.to_string()),
        counts: !one.harmless(roots),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use shinsa_residue::hunt::{Trail, Wanted};
    use shinsa_residue::sources::process::Identity;
    use shinsa_residue::sources::{Place, Report, Source};

    use super::super::rules::Matches;
    use super::super::targets::Target;
    use super::*;

    /// What is said of a process of which this was not searched, and that was not held still for this reason.
    fn of_process(why: Option<Why>, not_frozen: Option<&str>) -> Outcome {
        let wanted = Wanted {
            count_pins: true,
            ..Wanted::default()
        };
        let own = std::process::id();
        let missed = why.map(|why| NotSearched {
            place: Place::Process { pid: own },
            name: String::new(),
            range: None,
            why,
        });
        let searched = Searched {
            target: Target {
                name: "process 1".into(),
                source: Source::Process(Identity::of(own).unwrap()),
            },
            trail: Trail {
                report: Report {
                    not_searched: missed.into_iter().collect(),
                    ..Report::default()
                },
                ..Trail::default()
            },
            rules: Matches::default(),
            not_frozen: not_frozen.map(str::to_owned),
        };
        let hunt = Hunt::new(&wanted, [0; 32]).unwrap();
        Outcome::of(&hunt, [0; 32], vec![searched], Vec::new(), &Vec::new())
    }

    #[test]
    fn children_and_a_process_that_ran_on_make_a_search_incomplete() {
        assert_eq!(of_process(Some(Why::KernelPages), None).code, PASS);
        let forked = of_process(Some(Why::Forked(vec![13])), None);
        assert_eq!(forked.code, INCONCLUSIVE);
        assert!(forked.not_searched[0].why.contains("[13]"));
        let ran = of_process(None, Some("threads still running: [7]"));
        assert_eq!(ran.code, INCONCLUSIVE);
        assert!(ran.not_searched[0].why.ends_with("running: [7]"));
    }
}
