//! How often each subject was there, and how many ways there are to share authentications out among them.

use std::collections::BTreeMap;

/// Authentications of each subject, the fewest first.
pub(super) fn repeats(subjects: &[u32]) -> Vec<u64> {
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    for subject in subjects {
        *counts.entry(*subject).or_default() += 1;
    }
    let mut repeats: Vec<u64> = counts.into_values().collect();
    repeats.sort_unstable();
    repeats
}

/// Ways to part the authentications into groups of the sizes that the subjects have: n! / (∏ sizes! ∏ equal sizes!). Within
/// and between depend on the parts alone, so no p value below its inverse can be reached, whatever the data.
///
/// Five subjects with three authentications each: 1,401,400.
pub fn partitions(subjects: &[u32]) -> f64 {
    let factorial = |n: u64| (2..=n).map(|k| k as f64).product::<f64>();
    let repeats = repeats(subjects);
    let ways = repeats
        .iter()
        .fold(factorial(subjects.len() as u64), |ways, size| {
            ways / factorial(*size)
        });
    repeats
        .chunk_by(|a, b| a == b)
        .fold(ways, |ways, equal| ways / factorial(equal.len() as u64))
}
