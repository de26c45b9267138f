//! Values that are met by chance as well (3-16): birth dates in digits, PINs in long forms. The searches after many people's authentications, put
//! together and judged by `shinsa_stats::controls`. Pure.
//!
//! Each form is a test of its own; the family is all forms searched for (Bonferroni), at the family level of the statistics of PINs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use shinsa_stats::controls::met_alone;
use shinsa_stats::pins::FAMILY_ALPHA;

use super::ledger::Ledger;
use super::limit::Bounds;
use super::rule::Ruling;
use super::values::{Gathered, ends};
use crate::event::StepOutcome;
use crate::observation::Observation;
use crate::plan::Trial;
use crate::residue::{CONTROLS, MET_ALONE, PATTERNS};
use crate::scenario::CommonResidue;
use crate::text::Bilingual;
use crate::verdict::Verdict;

/// One person's first search.
#[derive(Debug, Clone, PartialEq)]
pub struct Searched {
    /// Whose values.
    subject: String,
    /// Forms that were met and whose controls were not.
    alone: BTreeSet<String>,
    /// Controls of each value.
    controls: u64,
    /// Forms searched for.
    patterns: u64,
}

/// Collects the searches of a trial.
pub fn gather(of: &CommonResidue, trial: &Trial, ledger: &Ledger, gathered: &mut Gathered) {
    let subject = trial.parameters.get(&of.subject).map(Value::to_string);
    let steps = ends(trial, ledger, |planned| {
        planned.step.id.as_ref() == Some(&of.step)
    });
    for end in steps {
        let done = end.filter(|facts| *facts.outcome == StepOutcome::Done);
        let read = done.and_then(|facts| {
            let searched = searched(facts.observation?, subject.clone()?)?;
            Some((facts.seq, searched))
        });
        let Some((seq, searched)) = read else {
            gathered.miss("探索の記録がない", "no record of the search");
            continue;
        };
        gathered.evidence.push(seq);
        let known = |one: &Searched| one.subject == searched.subject;
        if !gathered.common.iter().any(known) {
            gathered.common.push(searched);
        }
    }
}

fn searched(observation: &Observation, subject: String) -> Option<Searched> {
    let value = &observation.value;
    let forms = value.get(MET_ALONE)?.as_array()?.iter();
    Some(Searched {
        subject,
        alone: forms
            .map(|form| form.as_str().map(str::to_owned))
            .collect::<Option<_>>()?,
        controls: value.get(CONTROLS)?.as_u64()?,
        patterns: value.get(PATTERNS)?.as_u64()?,
    })
}

/// The number of forms that are met too often, against its limit; how many searches.
pub fn rule(gathered: &Gathered, limit: &Bounds) -> (Ruling, u64) {
    let all = &gathered.common;
    let searches = all.len() as u64;
    let controls = all.iter().map(|one| one.controls).min().unwrap_or(0);
    let family = all.iter().map(|one| one.patterns).max().unwrap_or(0) as f64;
    let mut met: BTreeMap<&str, u64> = BTreeMap::new();
    for form in all.iter().flat_map(|one| &one.alone) {
        *met.entry(form).or_default() += 1;
    }
    let too_often = |met: u64| {
        met_alone(met, searches, controls).is_ok_and(|p| met > 0 && p * family <= FAMILY_ALPHA)
    };
    let found = met.values().filter(|met| too_often(**met)).count() as f64;
    let by_count = limit.judge(found, found);
    // What is left every time would have to be told from chance.
    let open = (by_count == Verdict::Pass && !too_often(searches)).then(|| Bilingual {
        ja: format!("探索が足りない（{searches} 名分。毎回残る値も偶然と区別できない）"),
        en: format!(
            "too few searches ({searches} people): even a value that is left every time could not be told from chance"
        ),
    });
    let guarded = if open.is_some() {
        Verdict::Inconclusive
    } else {
        by_count
    };
    let ruling = Ruling {
        estimate: Some(found),
        bounds: None,
        guarded,
        simple: guarded,
        open,
    };
    (ruling, searches)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(people: usize, leaks: usize) -> Verdict {
        let one = |n: usize| Searched {
            subject: n.to_string(),
            alone: (n < leaks)
                .then(|| "birth_digits ascii".to_owned())
                .into_iter()
                .collect(),
            controls: 100,
            patterns: 900,
        };
        let gathered = Gathered {
            common: (0..people).map(one).collect(),
            ..Gathered::default()
        };
        let limit = Bounds {
            least: None,
            most: Some(0.0),
        };
        rule(&gathered, &limit).0.guarded
    }

    /// Of 900 forms one may be met by chance in a few searches; not in as many as a leak.
    #[test]
    fn chance_passes_and_a_leak_fails() {
        assert_eq!(of(7, 0), Verdict::Pass);
        assert_eq!(of(7, 1), Verdict::Pass);
        assert_eq!(of(7, 4), Verdict::Fail);
        assert_eq!(of(300, 12), Verdict::Pass);
        assert_eq!(of(300, 16), Verdict::Fail);
    }

    #[test]
    fn few_searches_decide_nothing() {
        assert_eq!(of(2, 0), Verdict::Inconclusive);
        assert_eq!(of(2, 2), Verdict::Inconclusive);
        assert_eq!(of(0, 0), Verdict::Inconclusive);
    }
}
