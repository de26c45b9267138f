//! Decide: from measurements, steps, answers and documents to one verdict per criterion. Pure; called by `judge` only.
//!
//! An item is decided only when all of its methods are. Evidence combines as: fail, error, inconclusive, not tested,
//! pass, the earlier wins; where one method is still without evidence and another has some, the item is inconclusive.
//! Documents alone end as `reviewed` or `submitted`, never as `pass`.

mod grounds;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use grounds::{Ground, Source};
use words::both;

use crate::criterion::{Criterion, Method, Obligation};
use crate::documents::{self, Versions};
use crate::event::{Event, Record};
use crate::measure::Measured;
use crate::measure::ledger::Ledger;
use crate::plan::Plan;
use crate::text::Bilingual;
use crate::verdict::{CriterionVerdict, DocumentFinding, Verdict};

/// Longest list of open points or of grounds that a reason quotes.
const QUOTED: usize = 3;

/// One verdict per criterion, catalogue order.
pub fn decide(
    plan: &Plan,
    records: &[Record],
    ledger: &Ledger,
    measured: &[Measured],
) -> Vec<CriterionVerdict> {
    let versions = Versions::new(plan, ledger);
    let alone = plan.criteria.iter().map(|criterion| {
        let grounds = grounds::of_scenarios(criterion, plan, ledger, measured);
        let documents = of_documents(criterion, records, &versions);
        one(criterion, grounds, documents, records, measured)
    });
    let mut verdicts: Vec<CriterionVerdict> = alone.collect();
    rest_on_others(plan, &mut verdicts);
    verdicts
}

/// The run in one word: the worst of the mandatory items. An empty catalogue is not tested.
pub fn overall(plan: &Plan, verdicts: &[CriterionVerdict]) -> Verdict {
    let mandatory = plan
        .criteria
        .iter()
        .zip(verdicts)
        .filter(|(c, _)| c.obligation == Obligation::Mandatory);
    let worst = mandatory
        .map(|(_, verdict)| verdict.verdict)
        .min_by_key(|verdict| rank(*verdict));
    match worst {
        None => Verdict::NotTested,
        Some(Verdict::Submitted) => Verdict::Inconclusive,
        Some(Verdict::Reviewed | Verdict::NotApplicable) => Verdict::Pass,
        Some(verdict) => verdict,
    }
}

/// Worst first.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fail => 0,
        Verdict::Error => 1,
        Verdict::Inconclusive => 2,
        Verdict::NotTested => 3,
        Verdict::Submitted => 4,
        Verdict::Reviewed => 5,
        Verdict::Pass => 6,
        Verdict::NotApplicable => 7,
    }
}

/// Findings of each document due, and the one that counts.
fn of_documents(
    criterion: &Criterion,
    records: &[Record],
    versions: &Versions,
) -> Vec<Vec<DocumentFinding>> {
    if !criterion.methods.contains(&Method::Document) {
        return Vec::new();
    }
    let due = criterion.documents.iter();
    due.map(|due| documents::findings(due, criterion, records, versions))
        .collect()
}

fn one(
    criterion: &Criterion,
    mut grounds: Vec<Ground>,
    documents: Vec<Vec<DocumentFinding>>,
    records: &[Record],
    measured: &[Measured],
) -> CriterionVerdict {
    let only_documents = criterion
        .methods
        .iter()
        .all(|method| *method == Method::Document);
    let store = records
        .iter()
        .any(|record| matches!(record.event, Event::Document(_)));
    for finding in documents.iter().filter_map(|findings| findings.last()) {
        // A missing document is no evidence, except where a store was handed in for this very purpose.
        let missing = finding.file.is_empty() && !(store && only_documents);
        grounds.push(Ground {
            source: Source::Document,
            verdict: if missing {
                Verdict::NotTested
            } else {
                finding.verdict
            },
            reason: finding.reason.clone(),
        });
    }
    let missing = ungathered(criterion, &grounds);
    let verdict = combine(&grounds, !missing.is_empty(), only_documents);
    let mut open: Vec<Bilingual> = missing;
    if !matches!(verdict, Verdict::Pass | Verdict::Reviewed) {
        let undecided = |g: &&Ground| {
            matches!(
                g.verdict,
                Verdict::Inconclusive | Verdict::NotTested | Verdict::Submitted
            )
        };
        open.extend(some(
            grounds
                .iter()
                .filter(undecided)
                .map(|g| g.reason.clone())
                .collect(),
        ));
    }
    CriterionVerdict {
        criterion: criterion.id.clone(),
        verdict,
        reason: reason(verdict, &grounds, &open),
        open,
        measurements: measured
            .iter()
            .filter(|m| m.criterion == criterion.id)
            .map(|m| m.measurement.clone())
            .collect(),
        documents: documents.into_iter().flatten().collect(),
    }
}

/// Methods of the criterion that no ground came from, in words.
fn ungathered(criterion: &Criterion, grounds: &[Ground]) -> Vec<Bilingual> {
    let has = |source: Source| {
        grounds
            .iter()
            .any(|g| g.source == source && g.verdict != Verdict::NotTested)
    };
    let (rig, attested, documented) = (
        has(Source::Rig),
        has(Source::Attestation),
        has(Source::Document),
    );
    let lacks = criterion.methods.iter().filter(|method| match method {
        Method::Test | Method::Measurement => !rig,
        Method::Attestation => !attested,
        Method::Document => !documented,
    });
    lacks
        .map(|method| {
            let name = words::method(*method);
            both(
                format!("{}の証拠がない", name.ja),
                format!("no evidence by {}", name.en),
            )
        })
        .collect()
}

/// The rule in this module's first paragraph.
fn combine(grounds: &[Ground], incomplete: bool, only_documents: bool) -> Verdict {
    if grounds
        .iter()
        .all(|ground| ground.verdict == Verdict::NotTested)
    {
        return Verdict::NotTested;
    }
    let worst = grounds
        .iter()
        .map(|ground| ground.verdict)
        .min_by_key(|verdict| rank(*verdict));
    match worst {
        Some(verdict @ (Verdict::Fail | Verdict::Error)) => verdict,
        _ if incomplete => Verdict::Inconclusive,
        Some(Verdict::Submitted) if only_documents => Verdict::Submitted,
        Some(Verdict::Reviewed) if only_documents => Verdict::Reviewed,
        Some(Verdict::Pass | Verdict::Reviewed) => Verdict::Pass,
        _ => Verdict::Inconclusive,
    }
}

/// The grounds that made the verdict, a few of them.
fn reason(verdict: Verdict, grounds: &[Ground], open: &[Bilingual]) -> Bilingual {
    let decisive = |ground: &&Ground| match verdict {
        Verdict::Fail | Verdict::Error | Verdict::Submitted | Verdict::Reviewed => {
            ground.verdict == verdict
        }
        Verdict::Pass => true,
        _ => false,
    };
    let mut parts: Vec<Bilingual> = grounds
        .iter()
        .filter(decisive)
        .map(|ground| ground.reason.clone())
        .collect();
    if parts.is_empty() {
        parts = open.to_vec();
    }
    if parts.is_empty() {
        return both(
            "この項目を判定する試験がない",
            "nothing that decides this item was planned",
        );
    }
    let count = parts.len();
    let parts = some(parts);
    let head = match verdict {
        Verdict::Pass => both(
            format!("証拠 {count} 件すべて適合。"),
            format!("all {count} pieces of evidence conform. "),
        ),
        _ => both("", ""),
    };
    let join = |of: fn(&Bilingual) -> &str, glue: &str| {
        parts.iter().map(of).collect::<Vec<_>>().join(glue)
    };
    both(
        format!("{}{}", head.ja, join(|b| &b.ja, "。")),
        format!("{}{}", head.en, join(|b| &b.en, "; ")),
    )
}

/// The first few, and how many more.
fn some(mut parts: Vec<Bilingual>) -> Vec<Bilingual> {
    if parts.len() > QUOTED {
        let more = parts.len() - QUOTED;
        parts.truncate(QUOTED);
        parts.push(both(format!("ほか {more} 件"), format!("and {more} more")));
    }
    parts
}

/// A `pass` that rests on an item that is not one becomes inconclusive; repeated until nothing changes, so that
/// chains are followed. A circle of items (refused by `check`) does no harm here.
fn rest_on_others(plan: &Plan, verdicts: &mut [CriterionVerdict]) {
    let place: BTreeMap<&str, usize> = plan
        .criteria
        .iter()
        .enumerate()
        .map(|(i, c)| (c.id.as_str(), i))
        .collect();
    let good = |verdict: Verdict| {
        matches!(
            verdict,
            Verdict::Pass | Verdict::Reviewed | Verdict::NotApplicable
        )
    };
    loop {
        let mut changed = false;
        for (i, criterion) in plan.criteria.iter().enumerate() {
            if !matches!(verdicts[i].verdict, Verdict::Pass | Verdict::Reviewed) {
                continue;
            }
            let said = |id: &String| {
                place
                    .get(id.as_str())
                    .map_or(Verdict::NotTested, |&other| verdicts[other].verdict)
            };
            let weak = criterion
                .depends_on
                .iter()
                .find(|id| !good(said(id)))
                .cloned();
            if let Some(id) = weak {
                let name = words::verdict(said(&id));
                let why = both(
                    format!("前提となる {id} が「{}」である", name.ja),
                    format!("rests on {id}, which is {}", name.en),
                );
                let own = &verdicts[i].reason;
                let reason = both(
                    format!("{}。{}", why.ja, own.ja),
                    format!("{}; {}", why.en, own.en),
                );
                verdicts[i].verdict = Verdict::Inconclusive;
                verdicts[i].reason = reason;
                verdicts[i].open.push(why);
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}
