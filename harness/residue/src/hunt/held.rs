//! What a reading keeps of one chunk for the next. Called by `cut` and `gapped`.

/// Keeps the last `reach` bytes fed. `held` holds those kept before, and behind them the first `reach` bytes of the chunk, or all of a shorter one.
pub(super) fn keep_last(held: &mut Vec<u8>, chunk: &[u8], reach: usize) {
    if chunk.len() >= reach {
        held.clear();
        held.extend_from_slice(&chunk[chunk.len() - reach..]);
    } else {
        let drop = held.len().saturating_sub(reach);
        let kept = held.len() - drop;
        held.copy_within(drop.., 0);
        held.truncate(kept);
    }
}
