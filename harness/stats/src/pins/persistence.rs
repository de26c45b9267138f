//! Addresses that held the right PIN in every trial: a buffer that is always reused shows itself by its place.

/// Survivors and what chance explains of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Persistence {
    /// Addresses that held the true PIN after each of the trials, ascending.
    pub addresses: Vec<u64>,
    /// Upper bound of the chance that any address does so if memory knows nothing of the PINs (0 … 1).
    pub chance: f64,
}

/// Intersects `held[t]`, the addresses (ascending, each once) that held PIN t after trial t. Addresses are counted from
/// what stays put (module, region), or address-space randomisation hides survivors; one encoding at a time.
///
/// `watched` is how many addresses held any PIN of the urn after the first trial, `urn` the urn's size. Given what memory
/// shows and the PINs drawn before, PIN t is one of `urn` − t equally likely ones: each further trial divides the
/// expected survivors by that, about 10⁴.
pub fn persistent(held: &[&[u64]], watched: u64, urn: usize) -> Persistence {
    let Some((first, others)) = held.split_first() else {
        return Persistence {
            addresses: Vec::new(),
            chance: 1.0,
        };
    };
    let everywhere = |address: &&u64| {
        others
            .iter()
            .all(|trial| trial.binary_search(address).is_ok())
    };
    let expected = (0..held.len()).fold(watched as f64, |expected, drawn| {
        expected / urn.saturating_sub(drawn).max(1) as f64
    });
    Persistence {
        addresses: first.iter().filter(everywhere).copied().collect(),
        chance: expected.min(1.0),
    }
}
