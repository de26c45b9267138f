//! The PIN histogram against a plain definition of every form, byte by byte.

mod support;

use proptest::prelude::*;
use std::collections::BTreeSet;

use shinsa_residue::search::{
    Around, Cell, Kernel, PINS, PinHistogram, Pins, Searcher, Shown, Sighting, Watched,
};
use support::{SplitMix, streamed};

/// All, and isolated ones, of each PIN.
type Counts = (Cell, Vec<u32>, Vec<u32>);

/// The value of one digit of a form at `at`, or none.
fn digit(cell: Cell, data: &[u8], at: usize) -> Option<u16> {
    let byte = |by: usize| data.get(at + by).copied();
    let zeros = |from: usize, to: usize| (from..to).all(|by| byte(by) == Some(0));
    let ascii = |by: usize| {
        byte(by)
            .filter(u8::is_ascii_digit)
            .map(|byte| u16::from(byte - b'0'))
    };
    let value = || byte(0).filter(|value| *value < 10).map(u16::from);
    match cell {
        Cell::Ascii
        | Cell::Stride2
        | Cell::Stride4
        | Cell::Stride8
        | Cell::Stride16
        | Cell::Stride24 => ascii(0),
        Cell::Utf16Le => ascii(0).filter(|_| zeros(1, 2)),
        Cell::Utf16Be => ascii(1).filter(|_| zeros(0, 1)),
        Cell::Utf32Le => ascii(0).filter(|_| zeros(1, 4)),
        Cell::Values => value(),
        Cell::Values32 => value().filter(|_| zeros(1, 4)),
        Cell::U32Le | Cell::U32Be | Cell::U64Le => None,
    }
}

fn stride(cell: Cell) -> usize {
    match cell {
        Cell::Ascii | Cell::Values => 1,
        Cell::Utf16Le | Cell::Utf16Be | Cell::Stride2 => 2,
        Cell::Utf32Le | Cell::Stride4 | Cell::Values32 | Cell::U32Le | Cell::U32Be => 4,
        Cell::Stride8 | Cell::U64Le => 8,
        Cell::Stride16 => 16,
        Cell::Stride24 => 24,
    }
}

/// The integer of a form at `at`, when it is not 0 and below 65,536.
fn integer(cell: Cell, data: &[u8], position: u64, at: usize) -> Option<u64> {
    let size = stride(cell);
    let bytes = data.get(at..at + size)?;
    let value = match cell {
        Cell::U32Be => bytes
            .iter()
            .fold(0, |value, byte| value << 8 | u64::from(*byte)),
        Cell::U32Le | Cell::U64Le => bytes
            .iter()
            .rev()
            .fold(0, |value, byte| value << 8 | u64::from(*byte)),
        _ => return None,
    };
    let aligned = (position + at as u64).is_multiple_of(size as u64);
    (aligned && (1..65_536).contains(&value)).then_some(value)
}

/// PIN at `at`, and whether it has no neighbour.
fn pin(cell: Cell, data: &[u8], position: u64, at: usize) -> Option<(u16, bool)> {
    let stride = stride(cell);
    if let Some(value) = integer(cell, data, position, at) {
        let before = at
            .checked_sub(stride)
            .and_then(|at| integer(cell, data, position, at));
        let after = integer(cell, data, position, at + stride);
        return (value < 10_000).then_some((value as u16, before.is_none() && after.is_none()));
    }
    let digits: Option<Vec<u16>> = (0..4).map(|n| digit(cell, data, at + n * stride)).collect();
    let pin = digits?.iter().fold(0, |pin, digit| pin * 10 + digit);
    if !cell.counts(pin) {
        return None;
    }
    let values = matches!(cell, Cell::Values | Cell::Values32);
    let neighbour = |at: usize| digit(cell, data, at).is_some_and(|value| !values || value != 0);
    let before = at.checked_sub(stride).is_some_and(neighbour);
    Some((pin, !before && !neighbour(at + 4 * stride)))
}

/// Counts and positions by the definition above.
fn expected(data: &[u8], position: u64, watched: &[Watched]) -> (Vec<Counts>, Vec<Sighting>) {
    let mut sightings = Vec::new();
    let counts = Cell::ALL.map(|cell| {
        let mut all = vec![0; PINS];
        let mut isolated = vec![0; PINS];
        for at in 0..data.len() {
            if let Some((pin, alone)) = pin(cell, data, position, at) {
                all[usize::from(pin)] += 1;
                isolated[usize::from(pin)] += u32::from(alone);
                for watched in watched.iter().filter(|watched| watched.pin == pin) {
                    let position = position + at as u64;
                    sightings.push(Sighting {
                        position,
                        cell,
                        tag: watched.tag,
                        context: None,
                    });
                }
            }
        }
        (cell, all, isolated)
    });
    sightings.sort_unstable();
    (counts.into(), sightings)
}

fn check(histogram: &PinHistogram, counts: &[Counts], what: &str) {
    for (cell, all, isolated) in counts {
        assert!(
            histogram
                .counts(*cell)
                .iter()
                .map(|count| count.all)
                .eq(all.iter().copied()),
            "{what}: {cell:?}"
        );
        assert!(
            histogram
                .counts(*cell)
                .iter()
                .map(|count| count.isolated)
                .eq(isolated.iter().copied()),
            "{what}: {cell:?}, isolated"
        );
    }
}

const WATCHED: [Watched; 4] = [
    Watched { pin: 1, tag: 70 },
    Watched { pin: 1111, tag: 5 },
    Watched { pin: 1212, tag: 6 },
    Watched { pin: 1111, tag: 7 },
];

fn searcher(kernel: Kernel) -> Searcher {
    let pins = Pins::counting(&WATCHED).expect("PINs");
    Searcher::new()
        .pins(pins)
        .kernel(kernel)
        .expect("available")
}

fn agrees(data: &[u8], position: u64, sizes: &[usize]) {
    let (counts, sightings) = expected(data, position, &WATCHED);
    for kernel in Kernel::available() {
        let found = searcher(kernel).search(data, position, 1);
        check(
            found.pins.as_ref().expect("counted"),
            &counts,
            &format!("{kernel:?}"),
        );
        assert!(found.sightings == sightings, "{kernel:?}");
        if position == 0 {
            let found = streamed(&searcher(kernel), data, sizes);
            check(
                found.pins.as_ref().expect("counted"),
                &counts,
                &format!("{kernel:?} {sizes:?}"),
            );
            assert!(found.sightings == sightings, "{kernel:?} {sizes:?}");
        }
    }
}

/// Bytes of which most belong to some form.
fn dense(random: &mut SplitMix, length: usize, kinds: usize) -> Vec<u8> {
    let alphabet = [b'1', 0, b'2', 1, b'0', 9, 0x3a, 0x2f, 10, 0xb1, 0x80];
    (0..length)
        .map(|_| alphabet[random.below(kinds.min(alphabet.len()))])
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn every_form(seed: u64, length in 0_usize..10_000, kinds in 1_usize..12, position in 0_u64..20) {
        let mut random = SplitMix(seed);
        let data = dense(&mut random, length, kinds);
        let position = position.saturating_sub(10);
        agrees(&data, position, &[1 + random.below(300), 1 + random.below(6_000)]);
    }
}

#[test]
fn every_length_around_a_page() {
    let mut random = SplitMix(3);
    for length in (0..100).chain(4090..4102).chain([8192, 16_384]) {
        let data = dense(&mut random, length, 4);
        agrees(&data, 0, &[61]);
    }
}

#[test]
fn large_chunks() {
    let mut random = SplitMix(4);
    let mut data = dense(&mut random, 300_000, 6);
    data[90_000..200_000].fill(0);
    agrees(&data, 0, &[70_000, 131_077, 3]);
}

#[test]
fn overlapping_and_isolated() {
    let found = searcher(Kernel::best()).search(b"11111 1111.", 0, 1);
    let pins = found.pins.expect("counted");
    let count = pins.counts(Cell::Ascii)[1111];
    assert_eq!((count.all, count.isolated), (3, 1));
}

#[test]
fn random_bytes_too() {
    let mut random = SplitMix(9);
    agrees(&random.bytes(200_000), 3, &[]);
}

#[test]
fn threads_count_the_same() {
    let mut random = SplitMix(10);
    let data = dense(&mut random, (2 << 20) + 100, 8);
    let searcher = searcher(Kernel::best());
    let one = searcher.search(&data, 0, 1);
    let two = searcher.search(&data, 0, 2);
    assert!(one.pins == two.pins && one.sightings == two.sightings);
}

/// All PINs are watched, so that the sightings say what each followed context shows.
#[test]
fn contexts_are_the_same_whatever_the_chunks() {
    let mut random = SplitMix(11);
    let mut data = dense(&mut random, 150_000, 9);
    for at in 0..300 {
        let record = format!("<field name=\"a\">{:04}</field><behind/>", at * 31);
        data[at * 400..][..record.len()].copy_from_slice(record.as_bytes());
    }
    let all: Vec<Watched> = (0..PINS as u16)
        .map(|pin| Watched {
            pin,
            tag: pin.into(),
        })
        .collect();
    let searcher = |kernel, follow: &[u64]| {
        let pins = Pins::counting(&all).expect("PINs");
        let pins = pins.around(Around::new(&[3; 16], follow.to_vec()));
        Searcher::new()
            .pins(pins)
            .kernel(kernel)
            .expect("available")
    };
    let first = searcher(Kernel::best(), &[]).search(&data, 0, 1);
    assert!(first.shown.is_empty());
    let contexts = first.sightings.iter().map(|one| one.context.expect("told"));
    let contexts: BTreeSet<u64> = contexts.collect();
    let follow: Vec<u64> = contexts
        .iter()
        .copied()
        .step_by(3)
        .chain(of_fields(&first.sightings))
        .collect();
    let expected: BTreeSet<Shown> = first
        .sightings
        .iter()
        .filter(|one| follow.contains(&one.context.expect("told")))
        .map(|one| Shown {
            context: one.context.expect("told"),
            pin: one.tag as u16,
        })
        .collect();
    let fields = of_fields(&first.sightings).next().expect("a field");
    let of_field = expected.iter().filter(|one| one.context == fields).count();
    assert_eq!(of_field, 300, "a structure that moves keeps its context");
    for kernel in Kernel::available() {
        let searcher = searcher(kernel, &follow);
        for found in [
            searcher.search(&data, 0, 1),
            searcher.search(&data, 0, 2),
            streamed(&searcher, &data, &[61, 5_000, 90_001]),
        ] {
            assert!(found.sightings == first.sightings, "{kernel:?}");
            assert!(found.shown == expected, "{kernel:?}");
        }
    }
}

/// The context of the planted fields: that of the PIN at the first one's place.
fn of_fields(sightings: &[Sighting]) -> impl Iterator<Item = u64> {
    let is_first = |one: &&Sighting| one.position == 16 && one.cell == Cell::Ascii;
    sightings
        .iter()
        .find(is_first)
        .and_then(|one| one.context)
        .into_iter()
}

#[test]
fn numbers_that_are_no_pins_are_refused() {
    assert!(
        Pins::counting(&[Watched {
            pin: 10_000,
            tag: 4
        }])
        .is_err()
    );
    let shown = format!("{:?} {:?}", Pins::counting(&WATCHED), WATCHED[1]);
    assert!(!shown.contains("1111"), "{shown}");
}
