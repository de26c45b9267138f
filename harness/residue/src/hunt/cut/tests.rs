//! Pieces against looking at every edge for every length; in images whose pages were shuffled, what is told and what is not.

use std::io::Write as _;

use proptest::prelude::*;
use rand::seq::SliceRandom;
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::reading::Reading;
use super::*;
use crate::canary::SecretBytes;
use crate::encodings::forms;
use crate::hunt::{Hunt, Trail, Wanted};
use crate::sources::{Options, PAGE, Source};

const NUMBER: &str = "63022920431234";
const ADDRESS: &str = "東京都千代田区霞が関一丁目二番三号";

fn canary(kind: Kind, value: &str) -> Canary {
    Canary::new("c".into(), kind, SecretBytes::copied(value.as_bytes())).unwrap()
}

fn cuts() -> Vec<Cut> {
    let long: String = (0..3_000_u32)
        .map(|n| char::from(33 + (n * n % 89) as u8))
        .collect();
    let values = [
        (Kind::Number, NUMBER),
        (Kind::Text, ADDRESS),
        (Kind::Bytes, &*long),
    ];
    let of = |(kind, value): (Kind, &str)| {
        let canary = canary(kind, value);
        let all = forms(&canary).into_iter();
        all.filter_map(|form| Cut::of(&canary, Some(0), 0, &form))
            .collect::<Vec<_>>()
    };
    values.into_iter().flat_map(of).collect()
}

/// From the edge on: few zeros, or some more and then at least seven bytes.
fn looked_up<'a>(piece: impl ExactSizeIterator<Item = &'a u8>) -> bool {
    let length = piece.len();
    let zeros = piece.take_while(|byte| **byte == 0).count();
    zeros < SHORTEST || (zeros <= table::ZEROS && length >= zeros + SHORTEST)
}

/// Every length at every edge.
fn everywhere(data: &[u8], position: u64, phase: u64) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let edges =
        (0..=data.len()).filter(|at| (position + *at as u64 + phase).is_multiple_of(PAGE as u64));
    for at in edges {
        let (before, after) = data.split_at(at);
        for (place, cut) in (0..).zip(&cuts()) {
            let form = cut.bytes.reveal();
            for length in SHORTEST..form.len().min(PAGE + 1) {
                let (head, tail) = (&form[..length], &form[form.len() - length..]);
                let edge = position + at as u64;
                let length = length as u32;
                let mut piece = |side| {
                    pieces.push(Piece {
                        edge,
                        side,
                        cut: place,
                        length,
                    });
                };
                if before.ends_with(head) && looked_up(head.iter().rev()) {
                    piece(Side::End);
                }
                if after.starts_with(tail) && looked_up(tail.iter()) {
                    piece(Side::Start);
                }
            }
        }
    }
    pieces.sort_unstable();
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_piece_is_met_once_whatever_the_chunks(
        seed in any::<[u8; 32]>(),
        start in 0_u64..3,
        phase in prop_oneof![Just(0_u64), Just(4_064), 0_u64..4_096],
        planted in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..4, any::<prop::sample::Index>()), 1..6),
        chunks in prop::collection::vec(prop_oneof![1_usize..40, 1_usize..9_000, Just(4_096)], 1..6),
    ) {
        let position = start * 10_000;
        let mut data = vec![0; 5 * PAGE];
        let mut random = ChaCha20Rng::from_seed(seed);
        random.fill_bytes(&mut data[..3 * PAGE]);
        let all = cuts();
        let first = PAGE - (position + phase) as usize % PAGE;
        for (which, page, cut) in planted {
            let form = which.get(&all).bytes.reveal();
            // Its parts on either side of an edge, or one of them alone.
            let edge = first + page * PAGE;
            let at = edge - cut.index(form.len() + 1).min(edge);
            let end = (at + form.len()).min(data.len());
            let half = if random.next_u32() % 2 == 0 { at..end } else { at..edge };
            data[half.clone()].copy_from_slice(&form[..half.len()]);
        }
        let table = Cuts::new(cuts()).unwrap();
        let mut reading = Reading::new(&table);
        let mut met = Vec::new();
        reading.restart(position, Some(phase));
        let mut rest = &data[..];
        for length in chunks.iter().cycle() {
            let (chunk, after) = rest.split_at(rest.len().min(*length));
            reading.feed(chunk, &mut |piece| met.push(piece));
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        reading.end(&mut |piece| met.push(piece));
        met.sort_unstable();
        prop_assert_eq!(met, everywhere(&data, position, phase));
    }
}

fn hunt(canaries: Vec<Canary>) -> Hunt {
    let wanted = Wanted {
        canaries,
        ..Wanted::default()
    };
    Hunt::new(&wanted, [7; 32]).unwrap()
}

fn search(hunt: &Hunt, bytes: &[u8]) -> Trail {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    hunt.search(&Source::Path(file.path().to_owned()), &Options::default())
}

/// What was told: encoding, position, length.
fn told(trail: &Trail) -> Vec<(&str, u64, u64)> {
    let of = |one: &'_ crate::hunt::Finding| (one.position, one.length);
    let findings = trail.findings.iter();
    findings
        .map(|one| (one.encoding.as_str(), of(one).0, of(one).1))
        .collect()
}

/// The forms of a canary that may be cut into two pieces, in the middle across the edge behind every other page of an image.
fn image(canary: &Canary) -> (Vec<u8>, Vec<(String, usize, usize)>) {
    let usable = |form: &Form| {
        Cut::of(canary, Some(0), 0, form).is_some() && form.reveal().len() >= 2 * SHORTEST
    };
    let forms: Vec<Form> = forms(canary).into_iter().filter(usable).collect();
    let mut data = vec![0xEE; (2 * forms.len() + 2) * PAGE];
    let mut planted = Vec::new();
    for (n, form) in forms.iter().enumerate() {
        let (edge, length) = ((2 * n + 1) * PAGE, form.reveal().len());
        let cut = length / 2;
        data[edge - cut..][..length].copy_from_slice(form.reveal());
        planted.push((form.name().to_owned(), cut, length - cut));
    }
    (data, planted)
}

#[test]
fn forms_cut_by_shuffled_pages_are_told_and_whole_ones_told_once() {
    for (kind, value) in [(Kind::Number, NUMBER), (Kind::Text, ADDRESS)] {
        let hunt = hunt(vec![canary(kind, value)]);
        let (data, planted) = image(&canary(kind, value));
        assert!(planted.len() > 20);
        let trail = search(&hunt, &data);
        let whole = told(&trail);
        assert!(
            whole.iter().all(|one| !one.0.contains("+page")),
            "{whole:?}"
        );
        assert_eq!(trail.more, 0);

        let mut order: Vec<usize> = (0..data.len() / PAGE).collect();
        order.shuffle(&mut ChaCha20Rng::from_seed([5; 32]));
        let pages = order.iter().map(|page| &data[page * PAGE..][..PAGE]);
        let shuffled: Vec<u8> = pages.flatten().copied().collect();
        let at = |page: usize| (order.iter().position(|one| *one == page).unwrap() * PAGE) as u64;
        let trail = search(&hunt, &shuffled);
        let found = told(&trail);
        for (n, (name, head, tail)) in planted.iter().enumerate() {
            let (end, start) = (at(2 * n) + PAGE as u64, at(2 * n + 1));
            if end == start {
                continue;
            }
            // Under this name, or a longer form of the same canary at the same edge.
            let shown = |side: &str, position: u64, length: usize| {
                found.iter().any(|one| {
                    one.0.ends_with(side) && one.1 == position && one.2 as usize >= length
                })
            };
            assert!(shown("+page-start", start, *tail), "{name}: {found:?}");
            assert!(
                found.iter().any(|one| one.0.ends_with("+page-end")
                    && one.1 + one.2 == end
                    && one.2 as usize >= *head),
                "{name}"
            );
        }
        assert!(
            trail
                .findings
                .iter()
                .all(|one| one.controlled == (kind == Kind::Number))
        );
    }
}

/// A page of noise with bytes at its end or start.
fn page(seed: u8, end: &[u8], start: &[u8]) -> Vec<u8> {
    let mut page = vec![0; PAGE];
    ChaCha20Rng::from_seed([seed; 32]).fill_bytes(&mut page);
    page[PAGE - end.len()..].copy_from_slice(end);
    page[..start.len()].copy_from_slice(start);
    page
}

#[test]
fn a_piece_counts_when_its_rest_is_there_or_little_is_missing() {
    let text = hunt(vec![canary(Kind::Text, ADDRESS)]);
    let address = ADDRESS.as_bytes();
    let pages = |pieces: &[(&[u8], &[u8])]| -> Vec<u8> {
        (1..)
            .zip(pieces)
            .flat_map(|(seed, (end, start))| page(seed, end, start))
            .collect()
    };
    // Another address of the same town.
    assert_eq!(told(&search(&text, &pages(&[(&address[..30], b"")]))), []);
    // The rest of another cut.
    assert_eq!(
        told(&search(
            &text,
            &pages(&[(&address[..30], b""), (b"", &address[27..])])
        )),
        []
    );
    let trail = search(
        &text,
        &pages(&[(&address[..30], b""), (b"", b""), (b"", &address[30..])]),
    );
    let rest = address.len() as u64 - 30;
    let (first, third) = (PAGE as u64 - 30, 2 * PAGE as u64);
    assert_eq!(
        told(&trail),
        [
            ("utf-8+page-end", first, 30),
            ("utf-8+page-start", third, rest)
        ]
    );
    let trail = search(&text, &pages(&[(b"", &address[6..])]));
    assert_eq!(
        told(&trail),
        [("utf-8+page-start", 0, address.len() as u64 - 6)]
    );
    assert_eq!(told(&search(&text, &pages(&[(b"", &address[7..])]))), []);

    let number = hunt(vec![canary(Kind::Number, NUMBER)]);
    let digits = NUMBER.as_bytes();
    let eleven = search(&number, &pages(&[(&digits[..11], b"")]));
    assert_eq!(told(&eleven), [("ascii+page-end", PAGE as u64 - 11, 11)]);
    assert_eq!(told(&search(&number, &pages(&[(&digits[..10], b"")]))), []);
    // Not at an edge.
    let mut inside = pages(&[(&digits[..11], b"")]);
    inside.rotate_left(1);
    assert_eq!(told(&search(&number, &inside)), []);
}

/// In pages that hold any number at their ends, one more of them says nothing.
#[test]
fn pieces_that_control_values_show_too_are_no_findings() {
    let hunt = hunt(vec![canary(Kind::Number, NUMBER)]);
    let met = &hunt.cut_controls(&(0..1_000).collect())[..];
    let ascii = met.iter().find(|cut| cut.bytes.name() == "ascii").unwrap();
    let other = &ascii.bytes.reveal()[..12];
    let own = &NUMBER.as_bytes()[..12];
    let alone = search(&hunt, &page(1, own, b""));
    assert_eq!((alone.findings.len(), alone.by_chance), (1, 0));
    let both = search(&hunt, &[page(1, own, b""), page(2, other, b"")].concat());
    assert_eq!((told(&both), both.by_chance), (vec![], 1));
}
