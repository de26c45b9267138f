//! Streams the files of a folder in pieces, sorted, without following links.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use shinsa_wire::v1::FileChunk;

/// Bytes of a piece.
const PIECE: usize = 64 << 10;

/// Gives every file's pieces to `give` until that says stop (`false`). An absent folder has no files.
pub fn stream(folder: &Path, mut give: impl FnMut(FileChunk) -> bool) -> Result<()> {
    let mut files = Vec::new();
    list(folder, &mut files)?;
    files.sort();
    for file in files {
        if !stream_file(folder, &file, &mut give)? {
            break;
        }
    }
    Ok(())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| folder.display().to_string()),
    };
    for entry in entries {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            list(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn stream_file(
    folder: &Path,
    path: &Path,
    give: &mut impl FnMut(FileChunk) -> bool,
) -> Result<bool> {
    let what = || path.display().to_string();
    let mut file = File::open(path).with_context(what)?;
    let mut left = file.metadata()?.len();
    let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
    loop {
        // What is appended while we read belongs to the next collection.
        let size = left.min(PIECE as u64);
        let mut data = vec![0; size as usize];
        file.read_exact(&mut data).with_context(what)?;
        left -= size;
        let chunk = FileChunk {
            path: name.clone(),
            data,
            last: left == 0,
        };
        if !give(chunk) {
            return Ok(false);
        }
        if left == 0 {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_sorted_in_pieces_with_an_end() {
        let folder = std::env::temp_dir().join(format!("supervisor-files-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("b")).unwrap();
        std::fs::write(folder.join("b/two"), vec![7; PIECE + 1]).unwrap();
        std::fs::write(folder.join("a"), b"").unwrap();
        let mut pieces = Vec::new();
        let mut keep = |chunk: FileChunk| {
            pieces.push((chunk.path, chunk.data.len(), chunk.last));
            true
        };
        stream(&folder, &mut keep).unwrap();
        stream(&folder.join("absent"), &mut keep).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        let expected = [("a", 0, true), ("b/two", PIECE, false), ("b/two", 1, true)];
        assert_eq!(pieces, expected.map(|(p, n, l)| (p.to_owned(), n, l)));
    }
}
