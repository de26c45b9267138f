//! Damaged packings: no panic, no loop, and the file's own bytes are searched whatever they are.

use super::{archive, gzip, walk_bytes};
use crate::sources::tests::Walked;
use crate::sources::{Kind, Options};
use proptest::prelude::*;

/// The file's own bytes were handed over whole, and what was unpacked is bounded.
fn sound(bytes: &[u8], walked: &Walked) -> bool {
    let own = walked
        .pieces
        .iter()
        .filter(|piece| piece.region.kind == Kind::File);
    own.flat_map(|piece| &piece.bytes).eq(bytes)
}

fn samples() -> [Vec<u8>; 3] {
    let text = b"one line of a log\n".repeat(20);
    [
        archive(&[("a", &text), ("stored", &text), ("c.gz", &gzip(&text))]),
        gzip(&archive(&[("a", &text)])),
        gzip(&gzip(&text)),
    ]
}

#[test]
fn a_cut_at_any_place_is_sound() {
    for sample in samples() {
        for cut in (0..sample.len()).rev().step_by(2) {
            assert!(sound(
                &sample[..cut],
                &walk_bytes(&sample[..cut], &Options::default())
            ));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn changed_bytes_are_sound(
        which in 0usize..3,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        wide in any::<bool>(),
    ) {
        let mut bytes = samples()[which].clone();
        for (at, value) in changes {
            // Wide changes hit lengths and offsets, of which zip keeps the last few in its end.
            let at = at.index(bytes.len());
            let end = bytes.len().min(at + if wide { 4 } else { 1 });
            bytes[at..end].fill(value);
        }
        let walked = walk_bytes(&bytes, &Options::default());
        prop_assert!(sound(&bytes, &walked));
    }
}
