//! The search for forms with gaps against looking everywhere.

use proptest::prelude::*;

use super::*;
use crate::canary::{Canary, Kind, SecretBytes};
use crate::encodings::forms;

fn gaps() -> Vec<Gap> {
    let values = [(Kind::Number, "63022920431234"), (Kind::Pin, "4711")];
    let of = |(kind, value): (Kind, &str)| {
        let canary = Canary::new("c".into(), kind, SecretBytes::copied(value.as_bytes())).unwrap();
        let with_gaps = |form: &Form| !form.solid() && !form.short();
        forms(&canary)
            .into_iter()
            .filter(with_gaps)
            .collect::<Vec<_>>()
    };
    (0..)
        .zip(values.into_iter().flat_map(of))
        .map(|(tag, form)| Gap { tag, form })
        .collect()
}

/// Every form at every place.
fn everywhere(data: &[u8]) -> Vec<Hit> {
    let gaps = gaps();
    let hit = |at: usize, gap: &Gap| Hit {
        position: at as u64,
        length: gap.form.reveal().len() as u32,
        tag: gap.tag,
        form: crate::search::Form::Plain,
    };
    let mut hits: Vec<_> = (0..data.len())
        .flat_map(|at| gaps.iter().map(move |gap| (at, gap)))
        .filter(|(at, gap)| gap.form.stands_at(data, *at))
        .map(|(at, gap)| hit(at, gap))
        .collect();
    hits.sort_unstable();
    hits
}

#[test]
fn all_three_ways_are_in_use() {
    let gapped = Gapped::new(gaps()).unwrap().unwrap();
    assert!(gapped.anchored.is_some());
    assert!(gapped.gaps.iter().any(pairs::is_pairs));
    assert!(gapped.strided.strides().eq([2, 4, 8, 16, 24]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_form_is_found_once_whatever_the_chunks(
        seed in any::<[u8; 32]>(),
        planted in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..6_000), 1..8),
        chunks in prop::collection::vec(1_usize..3_000, 1..6),
    ) {
        use rand::{RngCore, SeedableRng};
        let mut data = vec![0; 10_000];
        rand_chacha::ChaCha20Rng::from_seed(seed).fill_bytes(&mut data);
        let all = gaps();
        for (which, at) in planted {
            let form = &which.get(&all).form;
            for run in form.fixed() {
                data[at + run.start..at + run.end].copy_from_slice(&form.reveal()[run.clone()]);
            }
        }
        let gapped = Gapped::new(gaps()).unwrap().unwrap();
        let mut reading = Reading::new(&gapped);
        reading.restart(0);
        let mut hits = Vec::new();
        let mut rest = &data[..];
        for length in chunks.iter().cycle() {
            let (chunk, after) = rest.split_at(rest.len().min(*length));
            reading.feed(chunk, &mut |hit| hits.push(hit));
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        hits.sort_unstable();
        prop_assert_eq!(hits, everywhere(&data));
    }
}

/// A chunk of several blocks, with a form across each border of blocks and one in its last bytes.
#[test]
fn borders_of_blocks() {
    let all = gaps();
    let mut data = vec![0xEE; 3 * strided::BLOCK];
    let form = &all
        .iter()
        .find(|gap| gap.form.name() == "evdev>stride-24")
        .unwrap()
        .form;
    let length = form.reveal().len();
    for at in [
        0,
        strided::BLOCK - 100,
        2 * strided::BLOCK - 1,
        3 * strided::BLOCK - length,
    ] {
        for run in form.fixed() {
            data[at + run.start] = form.reveal()[run.start];
        }
    }
    let gapped = Gapped::new(gaps()).unwrap().unwrap();
    let mut reading = Reading::new(&gapped);
    reading.restart(0);
    let mut hits = Vec::new();
    reading.feed(&data, &mut |hit| hits.push(hit));
    hits.sort_unstable();
    assert_eq!(hits, everywhere(&data));
    assert_eq!(hits.len(), 4);
}
