//! Names in one step: cards and subjects of the rig, screens and targets of the DUT. Called by `scenarios`.

use serde_json::Value;

use crate::diagnostic::{Diagnostic, nearest};

use super::scenarios::Context;
use super::{File, flow, uses};

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
