//! The document store: a folder of the applicant's files with an `index.yaml`, read and hashed at the start of a run.
//!
//! Called by `run`, which journals every record before the first trial. Judges nothing: a missing, altered or expired
//! file is recorded as it was found, and `shinsa_model::documents` says what that means. Only a wrong index is an error.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};

use sha2::{Digest, Sha256};
use shinsa_model::check::{self, Source, Whole};
use shinsa_model::diagnostic::Diagnostic;
use shinsa_model::event::DocumentRecord;
use shinsa_model::handed_in::{DocumentEntry, DocumentIndex, Review};
use shinsa_model::schema::Layout;

/// Largest index that is read, bytes.
const LARGEST_INDEX: u64 = 1 << 20;

/// Reads the index of a store and hashes every file in it. `today` is the day of the run, by the caller's clock.
///
/// # Errors
/// The index is missing, larger than 1 MiB, not of its layout, or has entries that make no sense: all named at once.
pub fn read_store(
    folder: &Path,
    today: jiff::civil::Date,
) -> Result<Vec<DocumentRecord>, Vec<Diagnostic>> {
    let source = read(&folder.join("index.yaml"))?;
    let index = check::whole::<DocumentIndex>(&source)?;
    let problems: Vec<Diagnostic> = (0..index.typed.documents.len())
        .flat_map(|nth| problems(nth, &index))
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let entries = index.typed.documents.into_iter();
    Ok(entries.map(|entry| record(folder, entry, today)).collect())
}

fn read(path: &Path) -> Result<Source, Vec<Diagnostic>> {
    let shown = path.display().to_string();
    let refuse = |message: String, help: &str| vec![Diagnostic::of_file(&shown, message, help)];
    let mut text = String::new();
    let read =
        File::open(path).and_then(|file| file.take(LARGEST_INDEX + 1).read_to_string(&mut text));
    if let Err(error) = read {
        let help = "a document store is a folder with an index.yaml (example: fixtures/documents)";
        return Err(refuse(error.to_string(), help));
    }
    if text.len() as u64 > LARGEST_INDEX {
        let help = "an index lists files, it does not hold them";
        return Err(refuse("larger than 1 MiB".into(), help));
    }
    Ok(Source {
        path: shown,
        layout: Layout::Documents,
        text,
    })
}

/// What is wrong with an entry beyond its layout.
fn problems(nth: usize, index: &Whole<DocumentIndex>) -> Vec<Diagnostic> {
    let entry = &index.typed.documents[nth];
    let mut found = Vec::new();
    let mut need = |holds: bool, key: &str, message: &str, help: &str| {
        if !holds {
            found.push(index.at(&format!("/documents/{nth}{key}"), message, help));
        }
    };
    let date = |text: &str| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
    let plain = Path::new(&entry.file)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let hex = entry.sha256.len() == 64 && entry.sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (kind, reviewer) = (!entry.kind.is_empty(), !entry.reviewer.is_empty());
    need(
        kind,
        "/kind",
        "kind is empty",
        "name the kind that the catalogue asks for",
    );
    need(
        plain && !entry.file.is_empty(),
        "/file",
        "not a path below the store",
        "write it without `..` and without a leading `/`",
    );
    need(
        hex,
        "/sha256",
        "not a SHA-256",
        "64 hex digits, as `sha256sum FILE` prints them",
    );
    need(
        date(&entry.issued),
        "/issued",
        "not a date",
        "write YYYY-MM-DD",
    );
    let unlimited = entry.expires.is_empty();
    need(
        unlimited || date(&entry.expires),
        "/expires",
        "not a date",
        "write YYYY-MM-DD, or leave it out",
    );
    need(
        !entry.criteria.is_empty(),
        "/criteria",
        "handed in for nothing",
        "name the items that it is handed in for",
    );
    let looked_at = entry.review != Review::None;
    need(
        !looked_at || reviewer,
        "/review",
        "a review without a reviewer",
        "write the reviewer's role in `reviewer`",
    );
    need(
        looked_at || !reviewer,
        "/reviewer",
        "a reviewer without a review",
        "write `review: accepted` or `review: rejected`",
    );
    found
}

fn record(folder: &Path, entry: DocumentEntry, today: jiff::civil::Date) -> DocumentRecord {
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

    fn store(
        index: &str,
    ) -> (
        tempfile::TempDir,
        Result<Vec<DocumentRecord>, Vec<Diagnostic>>,
    ) {
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
        let altered = store(&GOOD.replace("HASH", &"a".repeat(64))).1.unwrap();
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
        let problems = store(&index).1.unwrap_err();
        let places: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(places, [4, 6, 7]);
        for (from, to, message) in [
            ("1\n", "2\n", "format 2 is newer"),
            ("kind:", "kin:", "kin"),
            ("criteria:", "review: maybe\n    criteria:", "maybe"),
        ] {
            let problems = store(&good().replacen(from, to, 1)).1.unwrap_err();
            assert!(
                problems[0].rendered.contains(message),
                "{}",
                problems[0].rendered
            );
        }
        let unsigned = good().replace("    criteria", "    review: accepted\n    criteria");
        assert_eq!(store(&unsigned).1.unwrap_err()[0].line, 7);
        let absent = read_store(Path::new("/nonexistent"), today()).unwrap_err();
        assert!(absent[0].rendered.contains("fixtures/documents"));
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
