//! The shipped files as sources, for tests of `check`.

use std::fs;
use std::path::{Path, PathBuf};

use shinsa_model::check::Source;
use shinsa_model::diagnostic::Diagnostic;
use shinsa_model::schema::Layout;

pub fn source(path: &str, layout: Layout) -> Source {
    let text = fs::read_to_string(root().join(path)).unwrap();
    Source {
        path: path.into(),
        layout,
        text,
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn folder(path: &str, layout: Layout) -> Vec<Source> {
    let entries = fs::read_dir(root().join(path)).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
        .iter()
        .map(|name| source(&format!("{path}/{name}"), layout))
        .collect()
}

pub fn shipped() -> Vec<Source> {
    let mut sources = vec![
        source("scenarios/criteria/reader-1.2.yaml", Layout::Criteria),
        source("rigs/virtual/rig.yaml", Layout::Rig),
        source("rigs/virtual/dut.yaml", Layout::Dut),
    ];
    sources.extend(folder("scenarios/sequences", Layout::Sequence));
    sources.extend(folder("scenarios/certification", Layout::Scenario));
    sources.extend(folder("scenarios/evaluation", Layout::Scenario));
    sources.extend(folder("scenarios/long", Layout::Scenario));
    sources.extend(folder("scenarios/smoke", Layout::Scenario));
    sources
}

pub fn text(problems: &[Diagnostic]) -> String {
    problems
        .iter()
        .map(|problem| format!("{}\n", problem.rendered))
        .collect::<Vec<_>>()
        .join("\n")
}
