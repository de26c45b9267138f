//! Random numbers of the operating system: keys and seeds. Called by `search` and `vectors`.

use zeroize::Zeroizing;

use crate::refused::Refused;

/// 32 bytes, wiped on drop.
///
/// # Errors
/// The system gives none.
pub fn bytes() -> Result<Zeroizing<[u8; 32]>, Refused> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes)
        .map_err(|error| Refused::System(format!("no random numbers from the system: {error}")))?;
    Ok(bytes)
}
