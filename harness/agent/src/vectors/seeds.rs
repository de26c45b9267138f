//! Planted vectors: the arm that shows that a template would be seen. They are of nobody.

use sha2::{Digest, Sha256};
use shinsa_residue::templates::planted;
use zeroize::Zeroizing;

use crate::hold::Holder;
use crate::random;
use crate::refused::Refused;

/// Lengths of the vectors that are planted: recognisers give such.
const LENGTHS: [usize; 3] = [128, 512, 1024];

/// See [`LENGTHS`], for the wire.
pub fn lengths() -> Vec<u32> {
    LENGTHS.map(|length| length as u32).into()
}

/// A process that holds a vector of each length for a subject's label.
///
/// # Errors
/// No random numbers, or the process cannot be started.
pub fn plant(label: &str, key: &[u8; 32]) -> Result<Holder, Refused> {
    let mut copies: Vec<Zeroizing<Vec<u8>>> = Vec::new();
    for length in LENGTHS {
        let seed = Sha256::new()
            .chain_update(b"shinsa planted vector 1")
            .chain_update(key)
            .chain_update((length as u64).to_le_bytes())
            .chain_update(label)
            .finalize();
        let numbers = planted(seed.into(), *random::bytes()?, length);
        let mut bytes = Zeroizing::new(Vec::with_capacity(length * 4));
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        copies.push(bytes);
    }
    let slices: Vec<&[u8]> = copies.iter().map(|copy| copy.as_slice()).collect();
    Holder::holding(&slices)
}
