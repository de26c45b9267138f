//! What a search for residue finds must be measured: a finding that no measurement reads fails nobody. Called by `scenarios`.

use crate::diagnostic::Diagnostic;
use crate::scenario::{Keeper, PinCount, Scenario};

use super::File;

/// Each search of a card's data has a measurement for each kind of place that it looks into.
pub fn measured(file: &File, scenario: &Scenario, found: &mut Vec<Diagnostic>) {
    for (index, step) in scenario.steps.iter().enumerate() {
        let Some(search) = &step.search_residue else {
            continue;
        };
        // The other counts of PINs look for no data.
        if !matches!(search.pins, None | Some(PinCount::After)) {
            continue;
        }
        for field in fields(search.within) {
            let reads = scenario.measurements.iter().any(|spec| {
                let reading = spec.of.reading.as_ref();
                reading.is_some_and(|reading| {
                    step.id.as_ref() == Some(&reading.step) && reading.field == *field
                })
            });
            if !reads {
                found.push(file.at(
                    &format!("/steps/{index}/search_residue"),
                    format!("no measurement reads `{field}` of this search: what it finds there would fail nobody"),
                    "give the step an `id`, and add a measurement `of: { reading: { step: …, field: … } }` with `at_most: 0 count`",
                ));
            }
        }
    }
}

fn fields(within: Option<Keeper>) -> &'static [&'static str] {
    match within {
        Some(Keeper::Memory) => &["memory_findings"],
        Some(Keeper::Storage) => &["storage_findings", "storage_pictures"],
        None => &["memory_findings", "storage_findings", "storage_pictures"],
    }
}
