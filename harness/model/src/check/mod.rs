//! Check: files in, resolved values or every problem at once.
//!
//! Pure: the caller reads the files (and refuses files above [`crate::yaml::LARGEST_FILE`] unread). What is checked: the layout of each
//! file, then names across files: criteria, sequences, parameters, capabilities, cards, subjects, marks, steps, units; then
//! whether the screens that are waited for can come.
//! Nothing is planned or run while a problem stands.

mod criteria;
mod flow;
mod layout;
mod measurements;
mod names;
mod parameters;
mod scenarios;
mod searches;
mod steps;
mod uses;
mod waits;

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::criterion::{CatalogueFile, Criterion};
use crate::diagnostic::{Diagnostic, Problem};
use crate::rig::{DutProfile, RigFile};
use crate::scenario::{MatrixValues, Scenario, Sequence};
use crate::schema::Layout;
use crate::yaml::{self, Node};

pub use steps::{VERBS, capabilities_of, fill};

/// A file's text with what it is.
#[derive(Debug, Clone)]
pub struct Source {
    /// As the user gave it.
    pub path: String,
    /// What it is.
    pub layout: Layout,
    /// Content.
    pub text: String,
}

/// A scenario or sequence that holds together: the raw value (for filling in parameters) and its typed form with defaults filled in.
#[derive(Debug, Clone)]
pub struct Checked<T> {
    /// File.
    pub path: String,
    /// As written.
    pub raw: Value,
    /// With default parameters.
    pub typed: T,
}

/// Everything that a plan is made from.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// After all overlays, catalogue order.
    pub criteria: Vec<Criterion>,
    /// In order of files.
    pub scenarios: Vec<Checked<Scenario>>,
    /// By id.
    pub sequences: BTreeMap<String, Checked<Sequence>>,
    /// The rig, where one was given.
    pub rig: Option<RigFile>,
    /// The DUT's profile.
    pub dut: Option<DutProfile>,
}

/// A file being checked.
struct File<'a> {
    source: &'a Source,
    root: Node,
}

impl File<'_> {
    fn diagnose(&self, problem: Problem) -> Diagnostic {
        Diagnostic::new(&self.source.path, &self.source.text, problem)
    }

    /// A problem at a JSON pointer.
    fn at(&self, pointer: &str, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        self.diagnose(Problem::new(self.root.at(pointer).span.clone(), message).help(help))
    }
}

/// Checks all files together. Order matters: later criteria files overlay earlier ones.
pub fn check(sources: &[Source]) -> Result<Resolved, Vec<Diagnostic>> {
    check_for(sources, false)
}

/// As [`check`]. With `allow_missing`, a scenario that needs what no driver of the rig provides is no problem: the plan
/// skips it and says why.
pub fn check_for(sources: &[Source], allow_missing: bool) -> Result<Resolved, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let schemas: BTreeMap<&str, _> = Layout::ALL
        .iter()
        .map(|(name, layout)| (*name, (layout.schema(), layout.validator())))
        .collect();
    let mut files = Vec::new();
    for source in sources {
        let name = Layout::ALL
            .iter()
            .find(|(_, layout)| *layout == source.layout)
            .map_or("", |(name, _)| name);
        let (schema, validator) = &schemas[name];
        match read(source, schema, validator) {
            Ok(file) => files.push(file),
            Err(problems) => found.extend(problems),
        }
    }
    let resolved = resolve(&files, &mut found, sources, allow_missing);
    if found.is_empty() {
        return Ok(resolved);
    }
    found.sort_by(|a, b| (&a.path, a.line, a.column).cmp(&(&b.path, b.line, b.column)));
    found.dedup();
    Err(found)
}

/// A file by itself that has its layout; what it means is the caller's.
pub struct Whole<'a, T> {
    /// Content.
    pub typed: T,
    file: File<'a>,
}

impl<T> Whole<'_, T> {
    /// A problem at a JSON pointer.
    pub fn at(
        &self,
        pointer: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Diagnostic {
        self.file.at(pointer, message, help)
    }
}

/// Reads one file by itself.
pub fn whole<T: DeserializeOwned>(source: &Source) -> Result<Whole<'_, T>, Vec<Diagnostic>> {
    let (file, value) = read(source, &source.layout.schema(), &source.layout.validator())?;
    let mut found = Vec::new();
    match typed(&file, &value, &mut found) {
        Some(typed) => Ok(Whole { typed, file }),
        None => Err(found),
    }
}

/// A file as a tree with places and as a value with defaults filled in, if it has its layout.
fn read<'a>(
    source: &'a Source,
    schema: &Value,
    validator: &Validator,
) -> Result<(File<'a>, Value), Vec<Diagnostic>> {
    let told = |problems: Vec<Problem>| {
        let place = |problem| Diagnostic::new(&source.path, &source.text, problem);
        problems.into_iter().map(place).collect::<Vec<_>>()
    };
    let root = yaml::parse(&source.text).map_err(told)?;
    let value = with_defaults(&root.value());
    let newer = value
        .get("format")
        .and_then(Value::as_u64)
        .filter(|format| *format > 1);
    let problems = match newer {
        Some(format) => vec![
            Problem::new(
                root.at("/format").span.clone(),
                format!("format {format} is newer than this shinsa, which reads format 1"),
            )
            .help("use a newer shinsa, or write the file in format 1"),
        ],
        None => layout::problems(validator, schema, &root, &value),
    };
    if problems.is_empty() {
        Ok((File { source, root }, value))
    } else {
        Err(told(problems))
    }
}

fn typed<T: DeserializeOwned>(
    file: &File,
    value: &Value,
    found: &mut Vec<Diagnostic>,
) -> Option<T> {
    serde_json::from_value(value.clone())
        .map_err(|error| found.push(file.at("", error.to_string(), "see `shinsa schema`")))
        .ok()
}

fn resolve(
    files: &[(File, Value)],
    found: &mut Vec<Diagnostic>,
    sources: &[Source],
    allow_missing: bool,
) -> Resolved {
    let of = |layout: Layout| {
        files
            .iter()
            .filter(move |(file, _)| file.source.layout == layout)
    };
    let catalogues: Vec<(&File, CatalogueFile)> = of(Layout::Criteria)
        .filter_map(|(file, value)| Some((file, typed(file, value, found)?)))
        .collect();
    let criteria = criteria::merge(&catalogues, found);
    let rig = of(Layout::Rig).find_map(|(file, value)| {
        let rig = typed::<RigFile>(file, value, found)?;
        names::series(file, &rig, found).then(|| rig.expanded())
    });
    let dut = of(Layout::Dut).find_map(|(file, value)| {
        let profile: DutProfile = typed(file, value, found)?;
        if let Some(known) = &profile.flow {
            flow::profile(file, known, found);
        }
        Some(profile)
    });
    let mut sequences: BTreeMap<String, Checked<Sequence>> = BTreeMap::new();
    for (file, value) in of(Layout::Sequence) {
        let Some(typed) = typed::<Sequence>(file, value, found) else {
            continue;
        };
        if let Some(other) = sequences.get(&typed.sequence) {
            let message = format!("sequence `{}` is also in {}", typed.sequence, other.path);
            found.push(file.at("/sequence", message, "give it another id"));
        }
        let id = typed.sequence.clone();
        sequences.insert(
            id,
            Checked {
                path: file.source.path.clone(),
                raw: file.root.value(),
                typed,
            },
        );
    }
    // Names are only looked up in files that are whole: a broken sequence must not make every user of it wrong.
    let every_sequence_is_whole = sequences.len()
        == sources
            .iter()
            .filter(|source| source.layout == Layout::Sequence)
            .count();
    let mut scenarios: Vec<Checked<Scenario>> = Vec::new();
    let context = scenarios::Context {
        criteria: &criteria,
        sequences: &sequences,
        rig: rig.as_ref(),
        flow: dut.as_ref().and_then(|dut| dut.flow.as_ref()),
        every_sequence_is_whole,
    };
    for (file, value) in of(Layout::Sequence) {
        // Cards and subjects of a sequence are its users': the planner looks them up when it is used.
        scenarios::check_sequence(
            file,
            value,
            &scenarios::Context {
                rig: None,
                ..context
            },
            found,
        );
    }
    let of_sequences = of(Layout::Sequence).map(|(file, _)| file);
    let told = waits::sequences(of_sequences, &context, found);
    for (file, value) in of(Layout::Scenario) {
        let Some(typed) = typed::<Scenario>(file, value, found) else {
            continue;
        };
        if let Some(other) = scenarios
            .iter()
            .find(|other| other.typed.scenario == typed.scenario)
        {
            let message = format!("scenario `{}` is also in {}", typed.scenario, other.path);
            found.push(file.at("/scenario", message, "give it another id"));
        }
        // What a rig cannot run need not fit its cards and people either.
        let skipped = allow_missing
            && rig
                .as_ref()
                .is_some_and(|rig| !rig.missing(&typed.requires).is_empty());
        let context = scenarios::Context {
            rig: context.rig.filter(|_| !skipped),
            ..context
        };
        scenarios::check(file, &typed, value, &context, found);
        let raw = file.root.value();
        waits::scenario(file, &raw, &context, &told, found);
        scenarios.push(Checked {
            path: file.source.path.clone(),
            raw,
            typed,
        });
    }
    Resolved {
        criteria,
        scenarios,
        sequences,
        rig,
        dut,
    }
}

/// A file's value with `${name}` replaced by the parameters' defaults (of a matrix: the first value), so that its
/// layout can be checked. Undefined names are left for the semantic check.
fn with_defaults(value: &Value) -> Value {
    let mut parameters = BTreeMap::new();
    for (name, default) in value
        .get("parameters")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        parameters.insert(name.clone(), default.clone());
    }
    for (name, values) in value
        .get("matrix")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        if let Some(first) = MatrixValues::written(values).and_then(|values| values.first()) {
            parameters.insert(name.clone(), first.clone());
        }
    }
    if parameters.is_empty() {
        value.clone()
    } else {
        fill(value, &parameters)
    }
}
