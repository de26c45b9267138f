//! The document store: a folder of the applicant's files with an `index.yaml`, read and hashed at the start of a run.
//!
//! Called by `run`, which journals every record before the first trial. Judges nothing: a missing, altered or expired
//! file is recorded as it was found, and `shinsa_model::documents` says what that means. Only a wrong index is an error.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use shinsa_model::event::DocumentRecord;

/// Largest index that is read, bytes.
const LARGEST_INDEX: u64 = 1 << 20;

/// Why a store cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No index, or no access.
    #[error("{path}: {source}: a document store is a folder with an index.yaml (example: fixtures/documents)", path = .path.display())]
    Index {
        /// The index.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not an index.
    #[error("{path}: {why}", path = .path.display())]
    Layout {
        /// The index.
        path: PathBuf,
        /// What is wrong and where.
        why: String,
    },
    /// Entries that make no sense, all of them.
    #[error("{path}:\n{}", .problems.join("\n"), path = .path.display())]
    Entries {
        /// The index.
        path: PathBuf,
        /// One line each.
        problems: Vec<String>,
    },
}

/// `index.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    format: u32,
    documents: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    kind: String,
    file: String,
    sha256: String,
    issued: String,
    #[serde(default)]
    expires: String,
    #[serde(default)]
    version: String,
    criteria: Vec<String>,
    #[serde(default)]
    reviewer: String,
    #[serde(default)]
    review: Review,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Review {
    Accepted,
    Rejected,
    #[default]
    None,
}

/// Reads the index of a store and hashes every file in it. `today` is the day of the run, by the caller's clock.
///
/// # Errors
/// The index is missing, larger than 1 MiB, not of this layout, or has entries that make no sense (all named at once).
pub fn read_store(
    folder: &Path,
    today: jiff::civil::Date,
) -> Result<Vec<DocumentRecord>, StoreError> {
    let path = folder.join("index.yaml");
    let index = parse(&path)?;
    let problems: Vec<String> = index
        .documents
        .iter()
        .enumerate()
        .flat_map(|(i, entry)| problems(i, entry))
        .collect();
    if !problems.is_empty() {
        return Err(StoreError::Entries { path, problems });
    }
    Ok(index
        .documents
        .into_iter()
        .map(|entry| record(folder, entry, today))
        .collect())
}

fn parse(path: &Path) -> Result<Index, StoreError> {
    let io = |source| StoreError::Index {
        path: path.to_owned(),
        source,
    };
    let layout = |why: String| StoreError::Layout {
        path: path.to_owned(),
        why,
    };
    let mut text = String::new();
    File::open(path)
        .map_err(io)?
        .take(LARGEST_INDEX + 1)
        .read_to_string(&mut text)
        .map_err(io)?;
    if text.len() as u64 > LARGEST_INDEX {
        return Err(layout(
            "larger than 1 MiB: an index lists files, it does not hold them".into(),
        ));
    }
    let index: Index = serde_yaml::from_str(&text).map_err(|error| layout(error.to_string()))?;
    if index.format != 1 {
        return Err(layout(format!(
            "format {} is not known: this version of shinsa reads format 1",
            index.format
        )));
    }
    Ok(index)
}

/// What is wrong with an entry, one line each.
fn problems(i: usize, entry: &Entry) -> Vec<String> {
    let mut found = Vec::new();
    let mut need = |holds: bool, what: &str| {
        if !holds {
            found.push(format!("  documents[{i}] ({}): {what}", entry.kind));
        }
    };
    let date = |text: &str| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
    let plain = Path::new(&entry.file)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    need(
        !entry.kind.is_empty(),
        "kind is empty: name the kind that the catalogue asks for",
    );
    need(
        plain && !entry.file.is_empty(),
        "file must be a path below the store, without `..`",
    );
    let hex = entry.sha256.len() == 64 && entry.sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    need(
        hex,
        "sha256 must be 64 hex digits, as `sha256sum FILE` prints them",
    );
    need(date(&entry.issued), "issued must be a date, YYYY-MM-DD");
    need(
        entry.expires.is_empty() || date(&entry.expires),
        "expires must be a date, YYYY-MM-DD, or be left out",
    );
    need(
        !entry.criteria.is_empty(),
        "criteria is empty: name the items that it is handed in for",
    );
    let reviewed = entry.review != Review::None;
    need(
        !reviewed || !entry.reviewer.is_empty(),
        "a review needs the reviewer's role in `reviewer`",
    );
    need(
        reviewed || entry.reviewer.is_empty(),
        "a reviewer is named but no `review: accepted` or `rejected`",
    );
    found
}

fn record(folder: &Path, entry: Entry, today: jiff::civil::Date) -> DocumentRecord {
    DocumentRecord {
        sha256_found: hash(folder, &entry.file).unwrap_or_default(),
        document_kind: entry.kind,
        file: entry.file,
        sha256_index: entry.sha256.to_ascii_lowercase(),
        issued: entry.issued,
        expires: entry.expires,
        version: entry.version,
        criteria: entry.criteria,
        reviewer: entry.reviewer,
        review: match entry.review {
            Review::Accepted => "accepted".into(),
            Review::Rejected => "rejected".into(),
            Review::None => String::new(),
        },
        today: today.to_string(),
        artefact: None,
    }
}

/// SHA-256 of a file below the store; a link that leads out of it, or anything but a regular file, is not read.
fn hash(folder: &Path, file: &str) -> io::Result<String> {
    let path = folder.join(file).canonicalize()?;
    if !path.starts_with(folder.canonicalize()?) || !path.is_file() {
        return Err(io::Error::other("not a regular file of the store"));
    }
    let mut sha = Sha256::new();
    io::copy(&mut File::open(path)?, &mut sha)?;
    Ok(hex::encode(sha.finalize()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const GOOD: &str = "format: 1\ndocuments:\n  - kind: manual\n    file: a.txt\n    sha256: HASH\n    issued: 2026-01-31\n    criteria: [3-22]\n";

    fn today() -> jiff::civil::Date {
        jiff::civil::date(2026, 11, 20)
    }

    fn store(index: &str) -> (tempfile::TempDir, Result<Vec<DocumentRecord>, StoreError>) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.txt"), "manual").unwrap();
        fs::write(folder.path().join("index.yaml"), index).unwrap();
        let read = read_store(folder.path(), today());
        (folder, read)
    }

    fn good() -> String {
        GOOD.replace("HASH", &hex::encode(Sha256::digest(b"manual")))
    }

    #[test]
    fn a_file_is_recorded_as_it_was_found() {
        let read = store(&good()).1.unwrap();
        assert_eq!(read[0].sha256_found, read[0].sha256_index);
        assert_eq!(
            (read[0].today.as_str(), read[0].review.as_str()),
            ("2026-11-20", "")
        );
        let altered = store(&GOOD.replace("HASH", &"0".repeat(64))).1.unwrap();
        assert_ne!(altered[0].sha256_found, altered[0].sha256_index);
        let missing = store(&good().replace("a.txt", "b.txt")).1.unwrap();
        assert_eq!(missing[0].sha256_found, "");
    }

    #[test]
    fn wrong_entries_are_named_all_at_once() {
        let index = good()
            .replace("a.txt", "../a.txt")
            .replace("2026-01-31", "2026-02-31")
            .replace("[3-22]", "[]");
        let Err(StoreError::Entries { problems, .. }) = store(&index).1 else {
            panic!("accepted")
        };
        assert_eq!(problems.len(), 3, "{problems:?}");
        for (from, to) in [
            ("1\n", "2\n"),
            ("kind:", "kin:"),
            ("criteria:", "review: maybe\n    criteria:"),
        ] {
            let index = good().replacen(from, to, 1);
            assert!(
                matches!(store(&index).1, Err(StoreError::Layout { .. })),
                "{index}"
            );
        }
        let unsigned = good().replace("    criteria", "    review: accepted\n    criteria");
        assert!(matches!(
            store(&unsigned).1,
            Err(StoreError::Entries { .. })
        ));
        assert!(matches!(
            read_store(Path::new("/nonexistent"), today()),
            Err(StoreError::Index { .. })
        ));
    }

    #[test]
    fn a_link_out_of_the_store_is_not_followed() {
        let (folder, _) = store(&good());
        let outside = tempfile::NamedTempFile::new().unwrap();
        fs::remove_file(folder.path().join("a.txt")).unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("a.txt")).unwrap();
        assert_eq!(
            read_store(folder.path(), today()).unwrap()[0].sha256_found,
            ""
        );
    }

    #[test]
    fn the_shipped_store_is_whole() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/documents");
        let read = read_store(&folder, today()).unwrap();
        assert!(read.len() > 20);
        for record in read {
            assert_eq!(
                record.sha256_found, record.sha256_index,
                "{}: run fixtures/documents/generate",
                record.file
            );
        }
    }
}
