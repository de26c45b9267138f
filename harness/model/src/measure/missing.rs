//! What was planned and does not count: how often, why, and in which trials. Never replaced, never left out of the words. Filled in by
//! `values` and its parts; `measure` makes the verdict inconclusive where anything stands here.

use std::collections::BTreeMap;

use crate::plan::Trial;
use crate::text::Bilingual;

/// Most trials named for one reason.
const NAMED: usize = 12;

/// Values that do not count.
#[derive(Debug, Default)]
pub struct Missing {
    /// Reason (ja, en) → how often, and the trials.
    reasons: BTreeMap<(String, String), (u64, Vec<String>)>,
    /// Parameters that set trials apart.
    differing: Vec<String>,
    /// Trial that is gathered now: its id, and what sets it apart.
    trial: String,
}

impl Missing {
    /// Nothing yet, in these trials of one scenario.
    pub fn of(trials: &[&Trial]) -> Self {
        let mut differing: Vec<String> = Vec::new();
        for pair in trials.windows(2) {
            let names = pair.iter().flat_map(|trial| trial.parameters.keys());
            for name in names {
                let differs = pair[0].parameters.get(name) != pair[1].parameters.get(name);
                if differs && !differing.contains(name) {
                    differing.push(name.clone());
                }
            }
        }
        Self {
            differing,
            ..Self::default()
        }
    }

    /// What is missing from now on is missing in this trial.
    pub fn now(&mut self, trial: &Trial) {
        let values = self
            .differing
            .iter()
            .filter_map(|name| trial.parameters.get(name));
        let values = values.map(|value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        });
        let words: Vec<String> = [trial.id.clone()].into_iter().chain(values).collect();
        self.trial = words.join(" ");
    }

    /// One value of the present trial.
    pub fn add(&mut self, ja: &str, en: &str) {
        let (count, trials) = self.reasons.entry((ja.into(), en.into())).or_default();
        *count += 1;
        if trials.last() != Some(&self.trial) {
            trials.push(self.trial.clone());
        }
    }

    /// Number of planned values that do not count.
    pub fn count(&self) -> u64 {
        self.reasons.values().map(|(count, _)| count).sum()
    }

    /// Reasons in words; `None` where nothing is missing.
    pub fn words(&self) -> Option<Bilingual> {
        let list = |words: fn(&(String, String)) -> &String, more: fn(usize) -> String| {
            let parts = self.reasons.iter().map(|(why, (count, trials))| {
                let mut named: Vec<String> = trials.iter().take(NAMED).cloned().collect();
                if trials.len() > NAMED {
                    named.push(more(trials.len() - NAMED));
                }
                format!("{} ×{count}: {}", words(why), named.join(", "))
            });
            parts.collect::<Vec<_>>().join("; ")
        };
        let count = self.count();
        (count > 0).then(|| Bilingual {
            ja: format!(
                "計数されなかった値 {count} 個（{}）",
                list(|why| &why.0, |more| format!("ほか {more} 件"))
            ),
            en: format!(
                "{count} values do not count ({})",
                list(|why| &why.1, |more| format!("and {more} more"))
            ),
        })
    }
}
