//! Which trials: combinations of the matrix, enough repeats of each, in their order. Called by `plan`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{PlanError, PlanOptions, trial_seed};
use crate::measure::share::LEAST_ICC;
use crate::rig::RigFile;
use crate::scenario::{MatrixValues, MeasurementSpec, Order, Scenario, Statistic};

/// Parameters of one trial.
type Parameters = BTreeMap<String, Value>;

/// Parameters of every trial, in order of running.
pub(super) fn given(
    scenario: &Scenario,
    measurements: &[MeasurementSpec],
    rig: &RigFile,
    options: &PlanOptions,
) -> Result<Vec<Parameters>, PlanError> {
    // Sample sizes are those of all people, however few come today.
    let everyone = combinations(scenario, rig, None);
    if everyone.is_empty() {
        return Err(PlanError::NoSeries(
            scenario.scenario.clone(),
            rig.rig.clone(),
        ));
    }
    let repeats = repeats(scenario, measurements, &everyone)?;
    let repeats = options
        .max_trials
        .map_or(repeats, |most| repeats.min(most.max(1)));
    let combinations = match options.max_subjects {
        None => everyone,
        most => combinations(scenario, rig, most),
    };
    let combinations = spread(combinations, options.max_combinations);
    let all = combinations
        .iter()
        .flat_map(|one| std::iter::repeat_n(one.clone(), repeats as usize));
    Ok(ordered(all.collect(), scenario, options.seed))
}

/// Mixed by keys that the seed gives (a sort by independent random keys is a uniform permutation).
fn ordered(given: Vec<Parameters>, scenario: &Scenario, seed: u64) -> Vec<Parameters> {
    let key = |place: usize| trial_seed(seed, &format!("{}/order/{place}", scenario.scenario));
    let group = |parameters: &Parameters| match &scenario.order {
        Order::RandomWithin(name) => parameters.get(name).cloned(),
        _ => None,
    };
    if scenario.order == Order::AsWritten {
        return given;
    }
    let mut groups: Vec<Option<Value>> = Vec::new();
    let mut keyed: Vec<((usize, u64), Parameters)> = Vec::new();
    for (place, parameters) in given.into_iter().enumerate() {
        let group = group(&parameters);
        let known = groups.iter().position(|known| *known == group);
        let number = known.unwrap_or_else(|| {
            groups.push(group);
            groups.len() - 1
        });
        keyed.push(((number, key(place)), parameters));
    }
    keyed.sort_by_key(|(key, _)| *key);
    keyed
        .into_iter()
        .map(|(_, parameters)| parameters)
        .collect()
}

fn repeats(
    scenario: &Scenario,
    measurements: &[MeasurementSpec],
    combinations: &[Parameters],
) -> Result<u32, PlanError> {
    let Some(repeat) = &scenario.repeat else {
        return Ok(1);
    };
    let Some(name) = &repeat.enough_for else {
        return Ok(repeat.times.unwrap_or(1).max(1));
    };
    let wrong = || PlanError::NoSampleSize(scenario.scenario.clone());
    let spec = measurements
        .iter()
        .find(|spec| spec.name == *name)
        .ok_or_else(wrong)?;
    let share = match (&spec.statistic, &spec.of.success, &spec.limit) {
        (Some(Statistic::Percentile(share)), ..) => share.fraction(),
        (_, Some(_), Some(limit)) => limit.at_least.as_ref().ok_or_else(wrong)?.base(),
        _ => return Err(wrong()),
    };
    let confidence = spec
        .confidence
        .as_ref()
        .map_or(0.95, crate::quantity::Share::fraction);
    let violations = u64::from(repeat.errors_allowed.unwrap_or(0));
    let trials =
        shinsa_stats::sample_size::for_share(share, confidence, violations).map_err(|_| wrong())?;
    let of = spec.of.success.as_ref();
    let different = |name: Option<&String>| {
        name.map_or(1, |name| {
            let mut values: Vec<String> = combinations
                .iter()
                .filter_map(|one| Some(one.get(name)?.to_string()))
                .collect();
            values.sort_unstable();
            values.dedup();
            values.len().max(1)
        })
    };
    let groups = different(of.and_then(|of| of.worst_by.as_ref()));
    // Each group must clear the limit by itself: trials of other groups do not help.
    let combined = (combinations.len() / groups).max(1) as u64;
    let Some(subject) = of.and_then(|of| of.subject.as_ref()) else {
        return u32::try_from(trials.div_ceil(combined)).map_err(|_| wrong());
    };
    let subjects = different(Some(subject));
    let each = combined.div_ceil(subjects as u64);
    enough(trials, subjects as u64, each).ok_or_else(|| {
        // One more than what infinitely many trials of each would be worth.
        let needed = (trials as f64 * LEAST_ICC).floor() as u64 + 1;
        PlanError::TooFewSubjects(scenario.scenario.clone(), subjects, needed)
    })
}

/// Repeats after which `subjects`, each with `each` trials a repeat, are worth `trials` independent ones under the least
/// correlation assumed (Kish's design effect).
fn enough(trials: u64, subjects: u64, each: u64) -> Option<u32> {
    (1..=100_000_u32).find(|repeats| {
        let of_each = (u64::from(*repeats) * each) as f64;
        let effect = 1.0 + (of_each - 1.0) * LEAST_ICC;
        of_each * subjects as f64 / effect >= trials as f64
    })
}

/// At most so many (at least one), evenly spread from the first on.
fn spread(all: Vec<Parameters>, most: Option<u32>) -> Vec<Parameters> {
    let (count, most) = (
        all.len(),
        most.map_or(all.len(), |most| most.max(1) as usize),
    );
    if count <= most {
        return all;
    }
    let kept: Vec<usize> = (0..most).map(|n| n * count / most).collect();
    let numbered = all.into_iter().enumerate();
    numbered
        .filter_map(|(n, one)| kept.contains(&n).then_some(one))
        .collect()
}

/// Every combination of the matrix, over the parameters' defaults; with at most so many people of each series (at least one). What comes in turn
/// is shared out among them.
fn combinations(scenario: &Scenario, rig: &RigFile, people: Option<u32>) -> Vec<Parameters> {
    let mut combinations = vec![scenario.parameters.clone()];
    let mut in_turn = Vec::new();
    for (name, values) in &scenario.matrix {
        if let MatrixValues::InTurn(of) = values {
            in_turn.push((name, &of.in_turn));
            continue;
        }
        let series = matches!(values, MatrixValues::Series(_));
        let mut values = values.on(rig);
        if let Some(most) = people.filter(|_| series) {
            values.truncate(most.max(1) as usize);
        }
        let with = |base: &Parameters, value: &Value| {
            let mut parameters = base.clone();
            parameters.insert(name.clone(), value.clone());
            parameters
        };
        combinations = combinations
            .iter()
            .flat_map(|base| values.iter().map(|value| with(base, value)))
            .collect();
    }
    for (name, values) in in_turn {
        for (parameters, value) in combinations.iter_mut().zip(values.iter().cycle()) {
            parameters.insert(name.clone(), value.clone());
        }
    }
    combinations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_spread() {
        let numbered = |n: u32| Parameters::from([("n".to_owned(), Value::from(n))]);
        let of = |count, most| -> Vec<u64> {
            let kept = spread((0..count).map(numbered).collect(), most);
            kept.iter().filter_map(|one| one["n"].as_u64()).collect()
        };
        assert_eq!(of(11, Some(3)), [0, 3, 7]);
        assert_eq!(of(2, Some(5)), [0, 1]);
        assert_eq!(of(3, Some(0)), [0]);
        assert_eq!(of(3, None), [0, 1, 2]);
    }

    /// Twelve subjects are worth at most 120 trials; 498 need 50 of them or more.
    #[test]
    fn subjects_cannot_be_replaced_by_repeats() {
        assert_eq!(enough(498, 498, 1), Some(1));
        assert_eq!(enough(498, 249, 1), Some(3));
        assert_eq!(enough(498, 49, 1), None);
        assert_eq!(enough(29, 29, 1), Some(1));
    }
}
