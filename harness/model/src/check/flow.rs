//! The DUT's screen flow: does it hold together, and does a scenario name only screens and targets that it has?
//!
//! Called for the DUT's profile and for each step. A profile without a flow checks nothing here: the run then tells. Whether a screen can
//! come at the place where a scenario waits for it is `waits`' question.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, nearest};
use crate::rig::Flow;

use super::File;

/// Places of screen ids in a verb's argument.
const SCREENS: [(&str, &str); 4] = [
    ("wait_screen", "screen"),
    ("stay_on_screen", "screen"),
    ("touch", "screen"),
    ("read_text", "screen"),
];

/// The flow itself: known names, and no screen that nothing leads to.
pub fn profile(file: &File, flow: &Flow, found: &mut Vec<Diagnostic>) {
    if !flow.screens.contains_key(&flow.start) {
        found.push(unknown(file, "/flow/start", &flow.start, flow));
    }
    for (id, screen) in &flow.screens {
        let touched = screen
            .targets
            .led()
            .map(|(target, next)| (format!("targets/{target}"), next));
        let lists = touched.chain([("leads_to".to_owned(), screen.leads_to.as_slice())]);
        for (place, list) in lists {
            for (index, next) in list.iter().enumerate() {
                if !flow.screens.contains_key(next) {
                    let pointer = format!("/flow/screens/{id}/{place}/{index}");
                    found.push(unknown(file, &pointer, next, flow));
                }
            }
        }
    }
    let reached = reachable(flow);
    for id in flow
        .screens
        .keys()
        .filter(|id| !reached.contains(id.as_str()))
    {
        found.push(file.at(
            &format!("/flow/screens/{id}"),
            format!("no way leads from `{}` to the screen `{id}`", flow.start),
            "add it to the `leads_to` of the screen before it, or to the target whose touch it follows",
        ));
    }
}

/// Screens and targets that a step names.
pub fn names(
    file: &File,
    pointer: &str,
    verb: &str,
    argument: &Value,
    flow: &Flow,
    found: &mut Vec<Diagnostic>,
) {
    let Some((_, key)) = SCREENS.iter().find(|(known, _)| *known == verb) else {
        return;
    };
    let here = format!("{pointer}/{verb}/{key}");
    let named: Vec<(String, &str)> = match argument.get(key) {
        Some(Value::String(id)) => vec![(here, id)],
        Some(Value::Array(ids)) => ids
            .iter()
            .enumerate()
            .filter_map(|(index, id)| Some((format!("{here}/{index}"), id.as_str()?)))
            .collect(),
        _ => Vec::new(),
    };
    for (place, id) in named.iter().filter(|(_, id)| !id.contains("${")) {
        if !flow.screens.contains_key(*id) {
            found.push(unknown(file, place, id, flow));
        }
    }
    let target = argument.get("target").and_then(Value::as_str);
    let (Some(target), [(_, id)]) = (target, named.as_slice()) else {
        return;
    };
    let Some(screen) = flow.screens.get(*id) else {
        return;
    };
    let known = screen.targets.ids();
    if !target.contains("${") && !known.contains(&target) {
        let help = nearest(target, known.iter().copied()).map_or_else(
            || format!("it has: {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        found.push(file.at(
            &format!("{pointer}/{verb}/target"),
            format!("the screen `{id}` has no target `{target}`"),
            help,
        ));
    }
}

fn unknown(file: &File, pointer: &str, id: &str, flow: &Flow) -> Diagnostic {
    let help = nearest(id, flow.screens.keys().map(String::as_str)).map_or_else(
        || "`flow:` of the DUT's profile lists its screens".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    let message = format!("unreachable: the DUT has no screen `{id}`");
    file.at(pointer, message, help)
}

fn reachable(flow: &Flow) -> BTreeSet<&str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![flow.start.as_str()];
    while let Some(id) = open.pop() {
        if let Some(screen) = flow.screens.get(id)
            && reached.insert(id)
        {
            let touched = screen.targets.led().flat_map(|(_, next)| next);
            open.extend(screen.leads_to.iter().chain(touched).map(String::as_str));
        }
    }
    reached
}
