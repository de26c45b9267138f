//! What the sources' tests share: a walk kept whole, secrets made at run time, memory with chosen mappings.

mod mapped;
mod together;

use super::{Kind, Options, Region, Report, Source, walk};
use crate::sources::Item;
use rand::RngCore;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

pub(super) use mapped::Mapped;

/// Bytes that were handed over without a gap.
pub(super) struct Piece {
    pub(super) position: u64,
    pub(super) bytes: Vec<u8>,
    /// The region of its first byte.
    pub(super) region: Region,
}

/// A whole walk.
pub(super) struct Walked {
    pub(super) regions: Vec<Region>,
    pub(super) pieces: Vec<Piece>,
    pub(super) report: Report,
}

impl Walked {
    /// Where `needle` lies, with the region of the piece.
    pub(super) fn find(&self, needle: &[u8]) -> Vec<(u64, &Region)> {
        let pieces = self.pieces.iter();
        pieces
            .flat_map(|piece| {
                let hits = memchr::memmem::find_iter(&piece.bytes, needle);
                hits.map(|at| (piece.position + at as u64, &piece.region))
            })
            .collect()
    }

    pub(super) fn kinds(&self, needle: &[u8]) -> Vec<Kind> {
        self.find(needle).iter().map(|hit| hit.1.kind).collect()
    }
}

pub(super) fn walked(source: &Source, options: &Options) -> Walked {
    let (mut regions, mut pieces) = (Vec::new(), Vec::<Piece>::new());
    let mut handed_over = 0;
    let report = walk(source, options, |item| {
        match item {
            Item::Region(region) => regions.push(region.clone()),
            Item::Chunk(chunk) => {
                assert!(!chunk.bytes.is_empty() && chunk.bytes.len() <= 1 << 20);
                handed_over += chunk.bytes.len() as u64;
                if chunk.joins {
                    let before: &mut Piece = pieces.last_mut().expect("nothing to join");
                    assert_eq!(before.position + before.bytes.len() as u64, chunk.position);
                    before.bytes.extend_from_slice(chunk.bytes);
                } else {
                    pieces.push(Piece {
                        position: chunk.position,
                        bytes: chunk.bytes.to_vec(),
                        region: regions.last().expect("a chunk of no region").clone(),
                    });
                }
            }
        }
        ControlFlow::Continue(())
    });
    assert_eq!(report.regions, regions.len() as u64);
    assert!(report.searched <= handed_over && handed_over <= report.searched + report.zeros);
    assert!(!report.broken_off);
    Walked {
        regions,
        pieces,
        report,
    }
}

pub(super) fn walked_path(path: &Path) -> Walked {
    walked(&Source::Path(PathBuf::from(path)), &Options::default())
}

/// Letters nothing else in memory holds: never a literal, which the test's own code would hold.
pub(super) fn secret() -> Vec<u8> {
    let mut bytes = [0; 24];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| b'a' + byte % 26).collect()
}

/// Bytes that do not pack.
pub(super) fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}
