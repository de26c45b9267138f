//! Judge: everything that is derived from a stored run, in one value that serialises to the same bytes each time.
//!
//! Pure: `shinsa run` calls it at the end, `shinsa judge` again at any later time. Must not read files, clocks or the
//! YAML that the plan came from.

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use crate::decide;
use crate::event::{Event, Record};
use crate::measure::accuracy::ScoreFiles;
use crate::measure::{self, ledger::Ledger};
use crate::plan::Plan;
use crate::verdict::{Judgement, Verdict};

/// Where the journal that was judged ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Hash of the last line, hex.
    pub sum: String,
    /// Lines.
    pub lines: u64,
}

/// Derives every verdict of a run.
///
/// `scores`: the score files that the journal names, by SHA-256, as far as they are there unchanged.
pub fn judge(plan: &Plan, records: &[Record], head: &Head, scores: &ScoreFiles) -> Judgement {
    let ledger = Ledger::new(records);
    let measured = measure::measure(plan, &ledger, scores);
    let criteria = decide::decide(plan, records, &ledger, &measured);
    let (run, plan_sha256) = identity(records);
    Judgement {
        format: 1,
        run,
        journal_head: head.sum.clone(),
        journal_lines: head.lines,
        plan_sha256,
        simulated: simulated(records),
        complete: plan
            .trials
            .iter()
            .all(|trial| ledger.counted(&trial.id).is_some()),
        overall: decide::overall(plan, &criteria),
        criteria,
    }
}

/// Exit code of a judged run; the one place where verdicts become numbers (the rest of the contract stands in the CLI):
/// 0 pass, 1 fail, 3 inconclusive or not tested, 4 error of harness or rig.
pub fn exit_code(overall: Verdict) -> u8 {
    match overall {
        Verdict::Pass | Verdict::Reviewed | Verdict::NotApplicable => 0,
        Verdict::Fail => 1,
        Verdict::Inconclusive | Verdict::NotTested | Verdict::Submitted => 3,
        Verdict::Error => 4,
    }
}

fn identity(records: &[Record]) -> (String, String) {
    let started = records.iter().find_map(|record| match &record.event {
        Event::RunStarted {
            run, plan_sha256, ..
        } => Some((run.clone(), plan_sha256.clone())),
        _ => None,
    });
    started.unwrap_or_default()
}

fn simulated(records: &[Record]) -> bool {
    records.iter().any(|record| match &record.event {
        Event::Preflight(preflight) => preflight
            .equipment
            .iter()
            .any(|instrument| instrument.simulated),
        _ => false,
    })
}
