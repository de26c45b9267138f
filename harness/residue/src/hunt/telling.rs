//! Pictures with flat areas, of which too few windows are searchable for an index of all: in each band of rows, the stretch that tells
//! most, as a pattern. Called by `pictures`. A copy is found by whichever of its bands is whole; a fragment that misses them all is not.

use crate::canary::SecretBytes;

/// Bytes of a stretch.
const STRETCH: usize = 48;
/// Fewest different bytes in it.
const DISTINCT: usize = 8;
/// Bands of a rendering.
const BANDS: usize = 64;
/// Fewest stretches that make a rendering searchable, and of hits in one region that make a finding: one alone may be met in a
/// picture that shares a background.
pub(super) const FEWEST: usize = 3;

/// The most telling stretch of each band; empty where fewer than [`FEWEST`] tell anything.
pub(super) fn stretches(bytes: &SecretBytes, row: usize) -> Vec<SecretBytes> {
    let data = bytes.reveal();
    let rows = data.len() / row.max(1);
    let band = rows.div_ceil(BANDS).max(1) * row.max(1);
    let mut found: Vec<&[u8]> = data
        .chunks(band)
        .filter_map(|band| {
            band.chunks_exact(row.min(band.len()).max(1))
                .filter_map(best)
                .max_by_key(|one| distinct(one))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    if found.len() < FEWEST {
        return Vec::new();
    }
    found.into_iter().map(SecretBytes::copied).collect()
}

/// The stretch of a row with the most different bytes.
fn best(row: &[u8]) -> Option<&[u8]> {
    let stretches = row.windows(STRETCH).step_by(4);
    stretches
        .max_by_key(|one| distinct(one))
        .filter(|one| distinct(one) >= DISTINCT)
}

fn distinct(bytes: &[u8]) -> usize {
    let mut seen = [0_u64; 4];
    for byte in bytes {
        seen[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }
    seen.iter().map(|word| word.count_ones() as usize).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_rows_tell_nothing() {
        let flat = SecretBytes::copied(&[7; 64 * 100]);
        assert!(stretches(&flat, 64).is_empty());
    }

    #[test]
    fn every_stretch_is_of_the_picture() {
        let data: Vec<u8> = (0..64 * 100_u32)
            .map(|n| {
                if n % 64 < 60 {
                    (n.wrapping_mul(2_654_435_761) >> 13) as u8
                } else {
                    0
                }
            })
            .collect();
        let found = stretches(&SecretBytes::copied(&data), 64);
        assert!(found.len() >= 30);
        for one in &found {
            assert!(data.windows(STRETCH).any(|window| window == one.reveal()));
        }
    }
}
