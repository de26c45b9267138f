//! Cut and lying headers: no panic, no loop, no large allocation, every byte read once in order.

use super::formats::{once_in_order, walk_bytes};
use super::made::{PAGE, all};
use crate::sources::Kind;
use proptest::prelude::*;

fn dumps() -> Vec<(&'static str, Vec<u8>)> {
    all(&[
        (0x3000, &[1; PAGE]),
        (0x5000, &[2; PAGE]),
        (0x6000, &[3; PAGE]),
    ])
}

#[test]
fn a_cut_anywhere_is_told_and_hides_nothing() {
    for (name, dump) in dumps() {
        // Every byte of headers, then every border of pages.
        let header = 300.min(dump.len());
        let pages = (0..dump.len())
            .step_by(PAGE / 2)
            .flat_map(|at| [at.saturating_sub(1), at, at + 1]);
        for cut in (0..header)
            .step_by(3)
            .chain(pages)
            .filter(|&cut| cut < dump.len())
        {
            let part = &dump[..cut];
            let walked = walk_bytes(part);
            assert!(once_in_order(part, &walked), "{name} cut at {cut}");
            let report = walked.report;
            let told = !report.notes.is_empty() || !report.not_searched.is_empty();
            // Without its magic, or with a whole stretch missing, it is another file or a shorter dump.
            let recognised = walked
                .regions
                .iter()
                .any(|region| region.kind == Kind::Dumped);
            assert!(told || !recognised || name == "lime", "{name} cut at {cut}");
        }
    }
}

#[test]
fn numbers_of_all_ones_anywhere_are_sound() {
    for (name, dump) in dumps() {
        let body = if name.starts_with("kernel") {
            0x2000..0x2060
        } else {
            0..0
        };
        for at in (8..160).step_by(4).chain([0xf98]).chain(body.step_by(4)) {
            let mut lying = dump.clone();
            for width in [1, 4, 8] {
                lying[at..at + width].fill(0xff);
                assert!(once_in_order(&lying, &walk_bytes(&lying)), "{name} at {at}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn changed_headers_are_sound(
        which in 0usize..9,
        changes in proptest::collection::vec((0usize..400, any::<u64>(), 1usize..9), 1..8),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let (name, mut dump) = dumps().swap_remove(which);
        for (at, value, width) in changes {
            // Not the magic: the reader of the format is meant.
            let at = match at {
                0..8 => 8,
                at if at >= 200 && name.starts_with("kernel") => 0x2000 + at - 200,
                at => at,
            };
            dump[at..at + width].copy_from_slice(&value.to_le_bytes()[..width]);
        }
        if let Some(cut) = cut {
            let length = cut.index(dump.len());
            dump.truncate(length);
        }
        prop_assert!(once_in_order(&dump, &walk_bytes(&dump)));
    }
}
