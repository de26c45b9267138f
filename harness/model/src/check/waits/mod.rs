//! Waits: can the screen that a step waits for come there at all, after the steps before it?
//!
//! A wait for what never comes is not measured, run after run. Each scenario is followed with its sequences put in place, once for
//! every value of its matrix; each sequence also by itself, where it may begin on any screen. Refused is a wait that no way of the DUT's flow
//! (`rig::Flow`) leads to with the touches made since the wait before. Steps of which the flow does not tell (a restart, a management function, a person's hand)
//! leave every screen possible: what is refused here is wrong, what is not refused may still be. Called by `check`.

mod standing;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::expect;
use crate::rig::Flow;
use crate::scenario::{Expect, MatrixValues, Sequence};

use super::scenarios::{Context, DEEPEST_USE};
use super::steps::{capabilities_of, fill};
use super::{Checked, File};
use standing::Standing;

/// Repetitions of a step that are followed: the first, what comes after it, and once more.
const REPETITIONS: u64 = 3;
/// Steps followed of one trial; a scenario that has more is followed no further.
const STEPS: usize = 10_000;

/// Verbs that change screens only in ways that the flow tells of, or not at all.
const TOLD: &[&str] = &[
    "insert_card",
    "present_face",
    "withdraw_face",
    "capture_screen",
    "read_text",
    "read_keypad",
    "card_status",
    "send_apdu",
    "read_retry_counter",
    "read_platform",
    "read_environment",
    "collect",
    "set_back_end",
    "read_back_end",
    "evaluate_matcher",
    "search_residue",
    "snapshot_pages",
    "collect_vectors",
    "mark_files",
    "changed_files",
    "pause",
];

/// Waits of sequences that are refused where they stand, by sequence and pointer: nobody who uses one is told again.
#[derive(Default)]
pub struct Told(BTreeSet<(String, String)>);

/// Each sequence by itself: only its own waits; those of sequences it uses are told there or, where they do not follow, at the `use`.
pub fn sequences<'f>(
    files: impl Iterator<Item = &'f File<'f>>,
    context: &Context,
    found: &mut Vec<Diagnostic>,
) -> Told {
    let mut told = Told::default();
    let Some(flow) = context.flow else {
        return told;
    };
    for file in files {
        let mut whole = context.sequences.values();
        let Some(sequence) = whole.find(|known| known.path == file.source.path) else {
            continue;
        };
        let mut walk = Walk::new(flow, context.sequences);
        walk.list(&sequence.raw, "steps", &sequence.typed.parameters, None, 0);
        for refused in walk.refused {
            if refused.inner.is_none() {
                let id = sequence.typed.sequence.clone();
                told.0.insert((id, refused.step.clone()));
            }
            refused.tell(file, &told, found);
        }
    }
    told
}

/// A scenario, for every value of its matrix.
pub fn scenario(
    file: &File,
    raw: &Value,
    context: &Context,
    told: &Told,
    found: &mut Vec<Diagnostic>,
) {
    let Some(flow) = context.flow else { return };
    for parameters in trials(raw) {
        let mut walk = Walk::new(flow, context.sequences);
        for part in ["setup", "steps", "teardown"] {
            // The teardown begins wherever the trial ended.
            if part == "teardown" {
                walk.standing.forget();
            }
            walk.list(raw, part, &parameters, None, 0);
        }
        for refused in walk.refused {
            refused.tell(file, told, found);
        }
    }
}

/// Parameters of the trial with the matrix's first values, and of one for every other value of each: real trials, though not all of them.
fn trials(raw: &Value) -> Vec<BTreeMap<String, Value>> {
    let entries = |name: &str| {
        raw.get(name)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
    };
    let mut first: BTreeMap<String, Value> = entries("parameters")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let lists: Vec<(&String, &Vec<Value>)> = entries("matrix")
        .filter_map(|(name, values)| Some((name, MatrixValues::written(values)?)))
        .collect();
    for (name, values) in &lists {
        first.extend(values.first().map(|value| ((*name).clone(), value.clone())));
    }
    let mut trials = vec![first.clone()];
    for (name, values) in lists {
        for value in values.iter().skip(1) {
            let mut other = first.clone();
            other.insert(name.clone(), value.clone());
            trials.push(other);
        }
    }
    trials
}

/// A wait that cannot be met.
struct Refused {
    /// Place of what is waited for, in the file being checked: the step itself or the `use` that leads to it.
    pointer: String,
    /// The waiting step.
    step: String,
    /// Sequence that the waiting step stands in, where that is not the file being checked.
    inner: Option<String>,
    message: String,
    help: String,
}

impl Refused {
    fn tell(self, file: &File, told: &Told, found: &mut Vec<Diagnostic>) {
        let message = match self.inner {
            Some(sequence) if told.0.contains(&(sequence.clone(), self.step.clone())) => return,
            Some(sequence) => format!("{} (a wait of the sequence `{sequence}`)", self.message),
            None => self.message,
        };
        found.push(file.at(&self.pointer, message, self.help));
    }
}

/// Where steps stand that are in a sequence.
#[derive(Clone, Copy)]
struct Inside<'a> {
    sequence: &'a str,
    /// The `use` in the file being checked.
    pointer: &'a str,
}

struct Walk<'a> {
    sequences: &'a BTreeMap<String, Checked<Sequence>>,
    flow: &'a Flow,
    standing: Standing<'a>,
    refused: Vec<Refused>,
    left: usize,
}

impl<'a> Walk<'a> {
    fn new(flow: &'a Flow, sequences: &'a BTreeMap<String, Checked<Sequence>>) -> Self {
        Self {
            sequences,
            flow,
            standing: Standing::anywhere(flow),
            refused: Vec::new(),
            left: STEPS,
        }
    }

    fn list(
        &mut self,
        raw: &Value,
        part: &str,
        parameters: &BTreeMap<String, Value>,
        inside: Option<Inside>,
        depth: usize,
    ) {
        let steps = raw
            .get(part)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        for (index, step) in steps.enumerate() {
            let step = fill(step, parameters);
            let pointer = format!("/{part}/{index}");
            let times = step.get("times").and_then(Value::as_u64).unwrap_or(1);
            for _ in 0..times.min(REPETITIONS) {
                if self.left == 0 {
                    self.standing.forget();
                    return;
                }
                self.left -= 1;
                match step.get("use") {
                    Some(used) => self.sequence(&pointer, used, inside, depth),
                    None => self.single(&pointer, &step, inside),
                }
            }
        }
    }

    fn sequence(&mut self, pointer: &str, used: &Value, inside: Option<Inside>, depth: usize) {
        let name = used.as_str().or_else(|| used.get("sequence")?.as_str());
        let known = name.and_then(|name| self.sequences.get_key_value(name));
        let Some((name, sequence)) = known.filter(|_| depth < DEEPEST_USE) else {
            self.standing.forget();
            return;
        };
        let mut parameters = sequence.typed.parameters.clone();
        let with = used.get("with").and_then(Value::as_object);
        for (key, value) in with.into_iter().flatten() {
            parameters.insert(key.clone(), value.clone());
        }
        let place = format!("{pointer}/use");
        let inside = Inside {
            sequence: name,
            pointer: inside.map_or(&place, |inside| inside.pointer),
        };
        self.list(&sequence.raw, "steps", &parameters, Some(inside), depth + 1);
    }

    fn single(&mut self, pointer: &str, step: &Value, inside: Option<Inside>) {
        let verbs = capabilities_of(step);
        let [(verb, _)] = verbs.as_slice() else {
            self.standing.forget();
            return;
        };
        match *verb {
            "wait_screen" | "stay_on_screen" => self.wait(pointer, verb, step, inside),
            "touch" => {
                let target = step[verb].get("target").and_then(Value::as_str);
                // A label instead of an id: it may be any of them.
                let mut screens = self.flow.screens.values();
                let id =
                    target.filter(|id| screens.any(|screen| screen.targets.ids().contains(id)));
                self.standing.touched(id);
            }
            // Digits, where the profile tells of them as targets.
            "enter_pin" => self.standing.touched(None),
            "remove_card" => self.standing.card_taken(),
            told if TOLD.contains(&told) => {}
            _ => self.standing.forget(),
        }
    }

    fn wait(&mut self, pointer: &str, verb: &str, step: &Value, inside: Option<Inside>) {
        let named = match &step[verb]["screen"] {
            Value::Array(list) => list.iter().map(Value::as_str).collect(),
            one => vec![one.as_str()],
        };
        let flow = self.flow;
        let ids = named.iter().flatten();
        let known: Vec<&str> = ids
            .filter_map(|id| Some(flow.screens.get_key_value(*id)?.0.as_str()))
            .collect();
        let expected = step.get("expect").and_then(|expect| expect.get("screen"));
        let expected =
            expected.and_then(|expect| serde_json::from_value::<Expect>(expect.clone()).ok());
        let met = |id: &&&str| {
            let holds = |expect| expect::holds(expect, &Value::from(**id));
            expected.as_ref().is_none_or(holds)
        };
        let wanted: Vec<&str> = known.iter().filter(met).copied().collect();
        // Unknown screens are told elsewhere, and nothing follows from them.
        if known.len() != named.len() || wanted.is_empty() {
            self.standing.forget();
            return;
        }
        let possible = self.standing.possible(&wanted);
        if possible.is_empty() {
            let narrowed = !self.standing.possible(&known).is_empty();
            let (message, help) = self.standing.words(&wanted);
            let place = if narrowed {
                format!("{pointer}/expect/screen")
            } else {
                format!("{pointer}/{verb}/screen")
            };
            self.refused.push(Refused {
                pointer: inside.map_or(place, |inside| inside.pointer.to_owned()),
                step: pointer.to_owned(),
                inner: inside.map(|inside| inside.sequence.to_owned()),
                message,
                help,
            });
        }
        // What follows is followed as if a refused wait had been met: each mistake is told once.
        let stands = if possible.is_empty() {
            wanted
        } else {
            possible
        };
        self.standing.come_to(&stands);
    }
}
