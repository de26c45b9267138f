//! Reads the files that a check or a run is made of. Size is looked at before content; nothing is interpreted here.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use sha2::{Digest, Sha256};
use shinsa_model::check::{self, Resolved, Source};
use shinsa_model::diagnostic::Diagnostic;
use shinsa_model::plan::InputFile;
use shinsa_model::schema::Layout;
use shinsa_model::yaml::{self, LARGEST_FILE};

use crate::exit::Stop;

/// Catalogue where none is named.
const CATALOGUE: &str = "scenarios/criteria/reader-1.2.yaml";

/// Files of a check, plan or run.
#[derive(Debug, Clone, Args)]
pub struct Inputs {
    /// Scenario files, or folders that hold them.
    #[arg(default_value = "scenarios/certification")]
    pub scenarios: Vec<PathBuf>,
    /// Rig file.
    #[arg(long)]
    pub rig: Option<PathBuf>,
    /// Criteria files; the first is the catalogue, each later one overlays it. Default: scenarios/criteria/reader-1.2.yaml.
    #[arg(long)]
    pub criteria: Vec<PathBuf>,
    /// Folder of shared step sequences; default: `sequences` beside or above the scenarios.
    #[arg(long)]
    pub sequences: Option<PathBuf>,
    /// Skip scenarios that need what this rig does not have; their items stay not tested.
    #[arg(long)]
    pub allow_missing: bool,
}

/// Read and checked.
pub struct Loaded {
    /// What it means.
    pub resolved: Resolved,
    /// Files with hashes, in order of reading.
    pub inputs: Vec<InputFile>,
}

/// Reads and checks everything; all problems are in the error, ready to print.
pub fn load(inputs: &Inputs) -> Result<Loaded, Vec<Diagnostic>> {
    let mut reader = Reader::default();
    let catalogue = [PathBuf::from(CATALOGUE)];
    let criteria: &[PathBuf] = match (inputs.scenarios.is_empty(), inputs.criteria.is_empty()) {
        (true, _) => &[],
        (_, true) => &catalogue,
        _ => &inputs.criteria,
    };
    for path in criteria {
        reader.file(path, Layout::Criteria);
    }
    if let Some(rig) = &inputs.rig {
        reader.file(rig, Layout::Rig);
        // The DUT's profile is named by the rig file; a rig file that cannot be read is told by the check.
        let dut = reader
            .text_of(rig)
            .and_then(|text| yaml::parse(text).ok())
            .and_then(|root| Some(root.child("dut")?.value().as_str()?.to_owned()));
        if let Some(dut) = dut {
            reader.file(
                &rig.parent().unwrap_or(Path::new(".")).join(dut),
                Layout::Dut,
            );
        }
    }
    let sequences = inputs
        .sequences
        .clone()
        .or_else(|| sequences_near(&inputs.scenarios));
    for path in sequences
        .iter()
        .map(|folder| reader.folder(folder))
        .collect::<Vec<_>>()
        .concat()
    {
        reader.file(&path, Layout::Sequence);
    }
    for given in &inputs.scenarios {
        let files = if given.is_dir() {
            reader.folder(given)
        } else {
            vec![given.clone()]
        };
        if files.is_empty() {
            let help = "put scenario files (*.yaml) into it, or name another folder";
            reader.problems.push(Diagnostic::of_file(
                &given.display().to_string(),
                "no scenario in this folder",
                help,
            ));
        }
        for path in &files {
            reader.file(path, Layout::Scenario);
        }
    }
    let checked = check::check_for(&reader.sources, inputs.allow_missing);
    match checked {
        Ok(resolved) if reader.problems.is_empty() => Ok(Loaded {
            resolved,
            inputs: reader.inputs(),
        }),
        Ok(_) => Err(reader.problems),
        Err(found) => Err([reader.problems, found].concat()),
    }
}

/// As [`load`], with the problems printed into one message.
pub fn load_or_stop(inputs: &Inputs) -> Result<Loaded, Stop> {
    load(inputs).map_err(|problems| Stop::usage(told(&problems)))
}

/// All problems with a count at the end.
pub fn told(problems: &[Diagnostic]) -> String {
    let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
    format!(
        "{}\n\n{} problem{}",
        all.join("\n\n"),
        all.len(),
        if all.len() == 1 { "" } else { "s" }
    )
}

/// `sequences` in, beside or above the first scenario path.
fn sequences_near(scenarios: &[PathBuf]) -> Option<PathBuf> {
    let first = scenarios.first()?;
    first
        .ancestors()
        .take(3)
        .map(|folder| folder.join("sequences"))
        .find(|folder| folder.is_dir())
}

#[derive(Default)]
struct Reader {
    sources: Vec<Source>,
    problems: Vec<Diagnostic>,
}

impl Reader {
    fn file(&mut self, path: &Path, layout: Layout) {
        let shown = path.display().to_string();
        let mut refuse = |message: String, help: &str| {
            self.problems
                .push(Diagnostic::of_file(&shown, message, help));
        };
        match fs::metadata(path) {
            Ok(meta) if meta.len() > LARGEST_FILE => {
                return refuse(
                    format!("{} bytes: a file has at most {LARGEST_FILE}", meta.len()),
                    "split the file; it was not read",
                );
            }
            Ok(meta) if !meta.is_file() => return refuse("not a file".into(), "name a YAML file"),
            _ => {}
        }
        match fs::read(path).map(String::from_utf8) {
            Ok(Ok(text)) => self.sources.push(Source {
                path: shown,
                layout,
                text,
            }),
            Ok(Err(error)) => refuse(
                format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to()),
                "save the file as UTF-8",
            ),
            Err(error) => refuse(
                format!("cannot be read: {error}"),
                "check the path and its permissions",
            ),
        }
    }

    /// YAML files of a folder and those below it, sorted; a folder named `sequences` or `criteria` below it is not searched.
    fn folder(&mut self, folder: &Path) -> Vec<PathBuf> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let path = folder.display().to_string();
                self.problems.push(Diagnostic::of_file(
                    &path,
                    format!("cannot be read: {error}"),
                    "check the path and its permissions",
                ));
                return Vec::new();
            }
        };
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        paths.sort();
        let apart = |path: &Path| {
            path.file_name()
                .is_some_and(|name| name == "sequences" || name == "criteria")
        };
        paths
            .into_iter()
            .flat_map(|path| {
                if path.is_dir() && !path.is_symlink() && !apart(&path) {
                    self.folder(&path)
                } else if path
                    .extension()
                    .is_some_and(|end| end == "yaml" || end == "yml")
                {
                    vec![path]
                } else {
                    Vec::new()
                }
            })
            .collect()
    }

    fn text_of(&self, path: &Path) -> Option<&str> {
        let shown = path.display().to_string();
        self.sources
            .iter()
            .find(|source| source.path == shown)
            .map(|source| source.text.as_str())
    }

    fn inputs(&self) -> Vec<InputFile> {
        let role = |layout| {
            Layout::ALL
                .iter()
                .find(|(_, known)| *known == layout)
                .map_or("", |(name, _)| name)
        };
        self.sources
            .iter()
            .map(|source| InputFile {
                path: source.path.clone(),
                role: role(source.layout).into(),
                sha256: hex::encode(Sha256::digest(&source.text)),
            })
            .collect()
    }
}
