//! Artefacts: files named by their content, `artefacts/<first two hex>/<sha256>`. Stored once, however often they are seen.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use shinsa_model::observation::Artefact;

/// Path of an artefact below a run's folder.
pub fn path(folder: &Path, sha256: &str) -> PathBuf {
    folder
        .join("artefacts")
        .join(sha256.get(..2).unwrap_or("__"))
        .join(sha256)
}

/// Stores bytes; they are on the disk when this returns. Never replaces what is there.
pub fn store(folder: &Path, name: &str, media: &str, bytes: &[u8]) -> io::Result<Artefact> {
    let sha256 = hex::encode(Sha256::digest(bytes));
    let target = path(folder, &sha256);
    if !target.exists() {
        let parent = target.parent().unwrap_or(folder);
        fs::create_dir_all(parent)?;
        let mut file = tempfile::NamedTempFile::new_in(parent)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&target).map_err(|error| error.error)?;
        fs::File::open(parent)?.sync_all()?;
    }
    Ok(Artefact {
        name: name.into(),
        sha256,
        bytes: bytes.len() as u64,
        media: media.into(),
    })
}

/// Reads an artefact back; `InvalidData` when its bytes no longer give its name.
pub fn load(folder: &Path, sha256: &str) -> io::Result<Vec<u8>> {
    let bytes = fs::read(path(folder, sha256))?;
    if hex::encode(Sha256::digest(&bytes)) == sha256 {
        return Ok(bytes);
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidData,
        format!("artefact {sha256} was changed"),
    ))
}
