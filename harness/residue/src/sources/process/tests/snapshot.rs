//! Page hashes: which pages changed.

use super::own::walk_of;
use crate::sources::tests::Mapped;
use crate::sources::{PAGE, Snapshot};
use proptest::prelude::*;

fn snapshot(mapped: &Mapped) -> Snapshot {
    let mut snapshot = Snapshot::new();
    for piece in walk_of(mapped).pieces {
        snapshot.add(piece.position, &piece.bytes);
    }
    snapshot
}

#[test]
fn only_pages_that_changed_are_told() {
    let page = PAGE as u64;
    let mut mapped = Mapped::anonymous(64 * PAGE);
    mapped.write(5 * PAGE, b"five");
    mapped.write(9 * PAGE, b"nine");
    let before = snapshot(&mapped);
    assert!(snapshot(&mapped).changed_since(&before).is_empty());
    mapped.write(5 * PAGE, b"FIVE");
    mapped.write(9 * PAGE, &[0; 4]);
    mapped.write(40 * PAGE - 1, b"xy");
    let start = mapped.addresses().start;
    let changed = snapshot(&mapped).changed_since(&before);
    let changed: Vec<_> = changed
        .iter()
        .map(|range| ((range.start - start) / page, (range.end - start) / page))
        .collect();
    // Page 9 has nothing left to search.
    assert_eq!(changed, [(5, 6), (39, 41)]);
}

proptest! {
    #[test]
    fn changes_are_those_of_comparing_every_page(
        before in proptest::collection::vec(0u8..3, 1..40),
        after in proptest::collection::vec(0u8..3, 1..40),
        cut in 1usize..10,
    ) {
        let take = |pages: &[u8]| {
            let mut snapshot = Snapshot::new();
            for (index, part) in pages.chunks(cut).enumerate() {
                let bytes: Vec<u8> = part.iter().flat_map(|&value| [value; PAGE]).collect();
                snapshot.add((index * cut * PAGE) as u64, &bytes);
            }
            snapshot
        };
        let told = take(&after).changed_since(&take(&before));
        for (index, value) in after.iter().enumerate() {
            let address = (index * PAGE) as u64;
            let changed = *value != 0 && before.get(index) != Some(value);
            prop_assert_eq!(told.iter().any(|range| range.contains(&address)), changed);
        }
        prop_assert!(told.windows(2).all(|pair| pair[0].end < pair[1].start));
    }
}
