//! Folders that a target's processes write to without being told to, and that no target of kind "files" holds: what is written and
//! closed there nobody sees. Looks at no file in them. Called by marks.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use shinsa_wire::v1;

use super::system;
use crate::processes::{self, Running};

/// Working and temporary folders of `running` that lie outside `watched`, each once.
pub fn unwatched(running: &[(String, Running)], watched: &[PathBuf]) -> Vec<v1::NotSearched> {
    let mut places: Vec<v1::NotSearched> = Vec::new();
    for (target, process) in running {
        for (what, folder) in [
            ("working folder", working(process)),
            ("temporary folder", temporary(process)),
        ] {
            let (place, why) = match folder {
                Ok(Some(folder)) if !is_within(&folder, watched) => {
                    let why = "is not watched: make it a target of kind files".to_owned();
                    (folder.display().to_string(), why)
                }
                Ok(_) => continue,
                // One that has ended meanwhile writes nothing more.
                Err(_) if Running::of(process.pid()).is_none() => continue,
                Err(error) => (String::new(), error),
            };
            let place = v1::NotSearched {
                target: target.clone(),
                place,
                why: format!("{what} of {}: {why}", process.name),
                ..Default::default()
            };
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    places
}

/// None where nothing is written by a relative name: in the system's own first folder, and in one that is gone.
fn working(process: &Running) -> Result<Option<PathBuf>, String> {
    let folder = processes::working_folder(process)?;
    let is_windows = |name: &OsStr| name.eq_ignore_ascii_case("System32");
    let is_first = folder.parent().is_none() || folder.file_name().is_some_and(is_windows);
    Ok(Some(folder).filter(|folder| !is_first && folder.exists()))
}

fn temporary(process: &Running) -> Result<Option<PathBuf>, String> {
    let all = processes::environment(process)?;
    let told = system::TOLD_BY.iter().find_map(|name| {
        let mut all = all.iter();
        all.find(|(known, value)| processes::same(known, name) && !value.is_empty())
    });
    let folder = told.map(|(_, value)| value.as_str()).or(system::TEMPORARY);
    Ok(folder.map(PathBuf::from))
}

fn is_within(folder: &Path, watched: &[PathBuf]) -> bool {
    let folder = folder.canonicalize();
    folder.is_ok_and(|folder| watched.iter().any(|root| folder.starts_with(root)))
}
