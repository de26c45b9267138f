//! Names in one step: cards and subjects of the rig, screens and targets of the DUT. Called by `scenarios`.

use serde_json::Value;

use crate::diagnostic::{Diagnostic, nearest};
use crate::rig::{LONGEST_SERIES, RigFile};
use crate::scenario::{MatrixValues, Order, Scenario};

use super::scenarios::Context;
use super::{File, flow, uses};

/// Are the series of a rig short enough to be written out, and nobody there twice?
pub fn series(file: &File, rig: &RigFile, found: &mut Vec<Diagnostic>) -> bool {
    let before = found.len();
    for (index, series) in rig.series.iter().enumerate() {
        let at = format!("/series/{index}");
        let many = u64::from(series.last) + 1;
        let many = many.saturating_sub(u64::from(series.first));
        if many == 0 || many > u64::from(LONGEST_SERIES) {
            found.push(file.at(
                &at,
                format!("a series of {many} subjects"),
                format!("1 to {LONGEST_SERIES}: `first` is at most `last`"),
            ));
        } else if rig.series[..index]
            .iter()
            .any(|other| other.prefix == series.prefix)
            || series
                .subjects()
                .any(|subject| rig.subjects.contains(&subject))
        {
            found.push(file.at(
                &at,
                format!(
                    "subjects of the series `{}` are there already",
                    series.prefix
                ),
                "give it another prefix",
            ));
        }
    }
    found.len() == before
}

/// Values of a scenario's matrix that are subjects of a series: the rig must have it. What comes together must be there.
pub fn matrix(
    file: &File,
    scenario: &Scenario,
    rig: Option<&RigFile>,
    found: &mut Vec<Diagnostic>,
) {
    if let Order::RandomWithin(name) = &scenario.order
        && !scenario.matrix.contains_key(name)
    {
        found.push(file.at(
            "/order",
            format!("`{name}` is no parameter of the matrix"),
            "`random-within` names the parameter whose trials come together",
        ));
    }
    for (name, values) in &scenario.matrix {
        if matches!(values, MatrixValues::InTurn(of) if of.in_turn.is_empty()) {
            found.push(file.at(
                &format!("/matrix/{name}/in_turn"),
                "no value to take in turn",
                "give one at least",
            ));
        }
    }
    let Some(rig) = rig else { return };
    for (name, values) in &scenario.matrix {
        let MatrixValues::Series(of) = values else {
            continue;
        };
        if rig.series.iter().all(|series| series.prefix != of.series) {
            let known = rig.series.iter().map(|series| series.prefix.as_str());
            let help = nearest(&of.series, known).map_or_else(
                || "add it to `series:` of the rig file".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("rig `{}` has no series `{}`", rig.rig, of.series);
            found.push(file.at(&format!("/matrix/{name}"), message, help));
        }
    }
}

/// One step with its one verb.
pub fn one_step(
    file: &File,
    pointer: &str,
    verb: &str,
    step: &Value,
    context: &Context,
    needed: &mut Vec<(String, String)>,
    found: &mut Vec<Diagnostic>,
) {
    let argument = &step[verb];
    let text = |name: &str| argument.get(name).and_then(Value::as_str);
    if verb == "touch" && text("target").is_some() == argument.get("at_mm").is_some() {
        found.push(file.at(
            &format!("{pointer}/touch"),
            "a touch has either `target` or `at_mm`",
            "name exactly one of them",
        ));
    }
    if let Some(rig) = context.rig {
        if let Some(card) = text("card")
            .filter(|card| !card.contains("${") && rig.cards.iter().all(|known| known.id != **card))
        {
            let help = nearest(card, rig.cards.iter().map(|known| known.id.as_str()));
            let help = help.map_or_else(
                || "add it to the rig file's cards".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            found.push(file.at(
                &format!("{pointer}/{verb}/card"),
                format!("rig `{}` has no card `{card}`", rig.rig),
                help,
            ));
        }
        if let Some(subject) = text("subject").filter(|subject| {
            !subject.contains("${") && !rig.subjects.iter().any(|known| known == subject)
        }) {
            found.push(file.at(
                &format!("{pointer}/{verb}/subject"),
                format!("rig `{}` has no subject `{subject}`", rig.rig),
                "add it to the rig file's subjects",
            ));
        }
    }
    if let Some(known) = context.flow {
        flow::names(file, pointer, verb, argument, known, found);
    }
    if verb == "use" {
        uses::used_sequence(
            file,
            &format!("{pointer}/use"),
            argument,
            context,
            needed,
            found,
        );
    }
}
