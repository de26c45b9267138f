//! Findings and gaps of a search as readings: counts, and lists without a byte of what was found. A finding that counts only against controls
//! counts, where none was met; but for values that are met by chance (`canaries::common`), which only many searches tell.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use shinsa_model::residue::{MET_ALONE, PATTERNS};
use shinsa_model::rig::HandedOver;
use shinsa_wire::v1;

use super::super::Values;
use super::canaries::common;
use crate::texts::personal::Searcher;

/// Most entries of a list; all are counted.
const LISTED: usize = 100;

/// What is left of a card.
#[derive(Default)]
pub struct Found {
    pub memory: u64,
    pub storage: u64,
    pub pictures: u64,
    pub chance: u64,
    pub handed_over: u64,
    /// Forms of values met by chance whose controls were not met: `birth_digits ascii`.
    pub alone: BTreeSet<String>,
    /// Places in the reply's list of those that are handed over on purpose.
    intended: Vec<bool>,
}

impl Found {
    /// Sorts the findings by where they are and what they prove.
    pub fn of(reply: &v1::SearchReply, targets: &[v1::Target], declared: &[HandedOver]) -> Self {
        let mut found = Self::default();
        for finding in &reply.findings {
            let intended = declared.iter().any(|one| is_handed_over(finding, one));
            found.intended.push(intended);
            let by_chance = is_common(finding);
            if by_chance && !intended {
                let (_, key) = finding.canary.split_once('/').unwrap_or_default();
                found.alone.insert(format!("{key} {}", finding.encoding));
            }
            let count = if intended {
                &mut found.handed_over
            } else if by_chance {
                &mut found.chance
            } else if is_process(targets, &finding.target) {
                &mut found.memory
            } else if is_picture(&finding.canary) {
                &mut found.pictures
            } else {
                &mut found.storage
            };
            *count += 1;
        }
        found
    }
}

/// Is it of a value that any memory may hold by chance?
fn is_common(finding: &v1::Finding) -> bool {
    finding.controlled && common(&finding.canary)
}

fn is_picture(canary: &str) -> bool {
    canary.ends_with("/chip_photo") || canary.ends_with("/captured_face")
}

fn is_handed_over(finding: &v1::Finding, declared: &HandedOver) -> bool {
    let key = finding.canary.split_once('/').map_or("", |(_, key)| key);
    finding.target == declared.target
        && finding.place.starts_with(&declared.below)
        && declared.data.iter().any(|data| data == key)
}

/// Is this target a process, as the agent says? One that it does not list (planted leaks) is.
pub fn is_process(targets: &[v1::Target], name: &str) -> bool {
    let target = targets.iter().find(|target| target.name == name);
    target.is_none_or(|target| target.kind == "process")
}

/// Readings of a search. Counts of nothing only where nothing was left unsearched.
/// Names that hold a canary are told without it.
pub fn readings(
    reply: &v1::SearchReply,
    found: &Found,
    age: Option<Duration>,
    searcher: &Searcher<'_>,
) -> Values {
    let missed = reply.not_searched.iter().filter(|place| !place.harmless);
    let missed: Vec<&v1::NotSearched> = missed.collect();
    let missed_count = missed.len() as u64 + reply.more_not_searched;
    let bytes: u64 = reply.searched.iter().map(|part| part.bytes).sum();
    let zeros: u64 = reply.searched.iter().map(|part| part.zeros).sum();
    let mut readings = Values::from([
        (PATTERNS.to_owned(), reply.patterns.into()),
        ("picture_bytes".to_owned(), reply.picture_bytes.into()),
        ("searched_bytes".to_owned(), bytes.into()),
        ("zero_bytes".to_owned(), zeros.into()),
        ("not_searched".to_owned(), missed_count.into()),
        ("not_searched_for".to_owned(), json!(reply.forms_left_out)),
        ("chance_findings".to_owned(), found.chance.into()),
        ("dismissed".to_owned(), reply.dismissed.into()),
        (MET_ALONE.to_owned(), json!(found.alone)),
        ("handed_over".to_owned(), found.handed_over.into()),
        (
            "listed".to_owned(),
            list(&reply.findings, &found.intended, searcher),
        ),
    ]);
    for (name, count) in [
        ("memory_findings", found.memory),
        ("storage_findings", found.storage),
        ("storage_pictures", found.pictures),
    ] {
        if count > 0 || missed_count + reply.more_findings == 0 {
            readings.insert(name.into(), count.into());
        }
    }
    if missed_count > 0 {
        readings.insert("places_not_searched".into(), gaps(&missed, searcher));
    }
    if let (Some(begun), Some(ended)) = (&reply.begun, &reply.ended) {
        let seconds = (ended.at_ns - begun.at_ns) as f64 / 1e9;
        readings.insert("search_s".into(), seconds.into());
    }
    if let Some(age) = age {
        readings.insert("age_s".into(), age.as_secs_f64().into());
    }
    readings
}

fn list(findings: &[v1::Finding], intended: &[bool], searcher: &Searcher<'_>) -> Value {
    let one = |(finding, intended): (&v1::Finding, bool)| {
        json!({
            "canary": finding.canary, "encoding": finding.encoding, "target": finding.target, "region": finding.region,
            "place": searcher.hide(&finding.place), "position": finding.position, "length": finding.length, "by_chance": is_common(finding), "handed_over": intended,
        })
    };
    // What proves something comes first.
    let mut sorted: Vec<(&v1::Finding, bool)> =
        findings.iter().zip(intended.iter().copied()).collect();
    sorted.sort_by_key(|(finding, intended)| (*intended, is_common(finding)));
    sorted.into_iter().take(LISTED).map(one).collect()
}

/// Places that were not searched, with reasons.
pub fn gaps(missed: &[&v1::NotSearched], searcher: &Searcher<'_>) -> Value {
    let one = |place: &&v1::NotSearched| json!({"target": place.target, "place": searcher.hide(&place.place), "bytes": place.bytes, "why": searcher.hide(&place.why)});
    missed.iter().take(LISTED).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(findings: Vec<v1::Finding>, missed: Vec<v1::NotSearched>) -> v1::SearchReply {
        v1::SearchReply {
            findings,
            not_searched: missed,
            ..Default::default()
        }
    }

    fn targets() -> Vec<v1::Target> {
        let target = |name: &str, kind: &str| v1::Target {
            name: name.into(),
            machine: "terminal".into(),
            kind: kind.into(),
        };
        vec![target("software", "process"), target("disk", "files")]
    }

    fn finding(target: &str, canary: &str, controlled: bool) -> v1::Finding {
        v1::Finding {
            target: target.into(),
            canary: canary.into(),
            controlled,
            ..Default::default()
        }
    }

    #[test]
    fn findings_are_counted_by_what_they_prove() {
        let reply = reply(
            vec![
                finding("software", "c/name", false),
                finding("software", "c/birth_digits", true),
                finding("disk", "c/chip_photo", false),
                // As a whole number it is held against controls, but chance never shows it.
                finding("disk", "c/number_b", true),
                finding("disk", "c/address", false),
            ],
            Vec::new(),
        );
        let declared = HandedOver {
            target: "disk".into(),
            below: String::new(),
            data: vec!["address".into()],
        };
        let found = Found::of(&reply, &targets(), &[declared]);
        let readings = readings(
            &reply,
            &found,
            Some(Duration::from_secs(1)),
            &Searcher::new(&[]),
        );
        for name in [
            "memory_findings",
            "storage_findings",
            "storage_pictures",
            "chance_findings",
            "handed_over",
        ] {
            assert_eq!(readings[name], 1, "{name}");
        }
        assert_eq!(readings["age_s"], 1.0);
        assert_eq!(readings["met_alone"], json!(["birth_digits "]));
    }

    #[test]
    fn nothing_found_in_a_part_is_no_reading() {
        let missed = v1::NotSearched {
            why: "permission denied".into(),
            ..Default::default()
        };
        let reply = reply(vec![finding("disk", "c/name", false)], vec![missed]);
        let readings = readings(
            &reply,
            &Found::of(&reply, &targets(), &[]),
            None,
            &Searcher::new(&[]),
        );
        assert!(!readings.contains_key("memory_findings"));
        assert_eq!(readings["storage_findings"], 1);
        assert_eq!(readings["not_searched"], 1);
    }
}
