//! Rows of scores on their way: kept in a file as they come, so that a broken evaluation goes on where it stopped.
//!
//! The file is scratch, not evidence: the whole matrix becomes an artefact when it is complete. Each row carries a sum; a
//! torn or changed row and all behind it are dropped and compared again.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use shinsa_model::event::Fault;

use crate::fault::harness;

const SUM: usize = 8;

/// Rows by reference.
pub(super) struct Rows {
    by_reference: BTreeMap<u32, Vec<f32>>,
    file: Option<(File, PathBuf)>,
    before: usize,
}

impl Rows {
    /// Opens (or begins) the rows of one evaluation; without a folder they live in memory only.
    pub(super) fn open(folder: Option<&Path>, key: &str, probes: usize) -> Result<Self, Fault> {
        let mut by_reference = BTreeMap::new();
        let Some(folder) = folder else {
            return Ok(Self {
                by_reference,
                file: None,
                before: 0,
            });
        };
        let path = folder.join(format!("{key}.rows"));
        let broken = |error: std::io::Error| harness(format!("{}: {error}", path.display()));
        std::fs::create_dir_all(folder).map_err(broken)?;
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .map_err(broken)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(broken)?;
        let length = 4 + probes * 4 + SUM;
        let mut good = 0;
        for block in bytes.chunks_exact(length) {
            let (content, sum) = block.split_at(length - SUM);
            if Sha256::digest(content)[..SUM] != *sum {
                break;
            }
            let words: Vec<[u8; 4]> = content.as_chunks::<4>().0.to_vec();
            let scores = words[1..]
                .iter()
                .map(|word| f32::from_le_bytes(*word))
                .collect();
            by_reference.insert(u32::from_le_bytes(words[0]), scores);
            good += length;
        }
        file.set_len(good as u64).map_err(broken)?;
        let before = by_reference.len();
        Ok(Self {
            by_reference,
            file: Some((file, path)),
            before,
        })
    }

    /// Rows that were there before.
    pub(super) fn stored(&self) -> usize {
        self.before
    }

    pub(super) fn holds(&self, reference: u32) -> bool {
        self.by_reference.contains_key(&reference)
    }

    pub(super) fn row(&self, reference: u32) -> &[f32] {
        self.by_reference.get(&reference).map_or(&[], Vec::as_slice)
    }

    /// Keeps a row.
    pub(super) fn store(&mut self, reference: u32, scores: Vec<f32>) -> Result<(), Fault> {
        if let Some((file, path)) = &mut self.file {
            let mut block = reference.to_le_bytes().to_vec();
            block.extend(scores.iter().flat_map(|score| score.to_le_bytes()));
            let sum = Sha256::digest(&block);
            block.extend_from_slice(&sum[..SUM]);
            file.write_all(&block)
                .map_err(|error| harness(format!("{}: {error}", path.display())))?;
        }
        self.by_reference.insert(reference, scores);
        Ok(())
    }

    /// The evaluation is complete: the scratch file goes.
    pub(super) fn discard(self) {
        if let Some((_, path)) = self.file {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_survive_and_torn_or_changed_ones_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Rows::open(Some(folder.path()), "k", 3).unwrap();
        let mut rows = open();
        rows.store(0, vec![0.1, 0.2, 0.3]).unwrap();
        rows.store(4, vec![0.4, 0.5, 0.6]).unwrap();
        drop(rows);
        let path = folder.path().join("k.rows");
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        let mut rows = open();
        assert_eq!(
            (rows.stored(), rows.holds(0), rows.holds(4)),
            (1, true, false)
        );
        rows.store(4, vec![0.4, 0.5, 0.6]).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        let mut changed = bytes;
        changed[5] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        assert_eq!(open().stored(), 0);
        open().discard();
        assert!(!path.exists());
    }
}
