//! Runs planted among heads of heap blocks, and sketches against correlations.

use half::f16;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use zeroize::Zeroizing;

use super::*;

fn noise(random: &mut ChaCha8Rng, length: usize) -> Vec<f32> {
    (0..length)
        .map(|_| random.random_range(-1.0..1.0))
        .collect()
}

fn bytes(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

/// The head of a heap block: its length and flags, as 64 bits.
fn head(length: usize) -> Vec<u8> {
    (length as u64 * 4 + 17).to_le_bytes().to_vec()
}

/// Addresses and lengths of the f32 that are found, the bytes given in pieces of these lengths.
fn found(memory: &[u8], piece: usize) -> Vec<(u64, usize)> {
    let all = found_as(memory, piece).into_iter();
    all.filter(|one| one.0 == Format::F32)
        .map(|one| (one.1, one.2))
        .collect()
}

/// Formats, addresses and lengths.
fn found_as(memory: &[u8], piece: usize) -> Vec<(Format, u64, usize)> {
    let mut runs = Runs::new();
    let mut all = Vec::new();
    let mut keep = |run: Run<'_>| all.push((run.format, run.address, run.numbers.len()));
    for (n, piece_of) in memory.chunks(piece).enumerate() {
        let position = 0x1000 + (n * piece) as u64;
        runs.take(position, piece_of, n > 0, &mut keep);
    }
    runs.end(&mut keep);
    all
}

#[test]
fn vectors_between_heads_of_blocks_are_found_whole() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut memory = Vec::new();
    let mut expected = Vec::new();
    for length in [64, 63, 128, 512, 1_024] {
        memory.extend(head(length));
        if length >= 64 {
            expected.push((0x1000 + memory.len() as u64, length));
        }
        memory.extend(bytes(&noise(&mut random, length)));
        // Blocks are multiples of 16 bytes.
        memory.resize((memory.len() + 8).next_multiple_of(16) - 8, 0);
    }
    memory.extend(head(9));
    for piece in [8, 64, 4_096, 1 << 20] {
        assert_eq!(found(&memory, piece), expected, "{piece}");
    }
}

#[test]
fn a_longer_run_is_cut_from_its_beginning() {
    let memory = bytes(&noise(&mut ChaCha8Rng::seed_from_u64(2), 1_296));
    assert_eq!(found(&memory, 1 << 20), [(0x1000, 1_024), (0x2000, 272)]);
}

#[test]
fn what_is_no_template_is_not_found() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let text: Vec<u8> = (0..4_096).map(|n| b'a' + (n % 23) as u8).collect();
    let pointers: Vec<u8> = (0..512_u64)
        .flat_map(|n| (0x7f12_3400_0000 + n * 48).to_le_bytes())
        .collect();
    let noise_of_bytes: Vec<u8> = (0..1 << 16).map(|_| random.random()).collect();
    let steps: Vec<f32> = (0..512_u16).map(|n| f32::from(n % 9)).collect();
    let mut sparse = vec![0.0_f32; 512];
    for place in (0..512).step_by(16) {
        sparse[place] = random.random();
    }
    let grey = vec![60; 4_096];
    let doubles: Vec<u8> = noise(&mut random, 512)
        .iter()
        .flat_map(|n| f64::from(*n).sin().to_le_bytes())
        .collect();
    for (name, memory) in [
        ("text", text),
        ("pointers", pointers),
        ("random bytes", noise_of_bytes),
        ("few values", bytes(&steps)),
        ("mostly zero", bytes(&sparse)),
        ("flat grey", grey),
        ("f64", doubles),
        ("not finite", bytes(&[f32::NAN; 512])),
    ] {
        assert_eq!(found(&memory, 4_096), [], "{name}");
    }
}

#[test]
fn a_rectified_vector_is_found_but_for_zeros_at_its_ends() {
    let mut numbers = noise(&mut ChaCha8Rng::seed_from_u64(4), 512);
    for number in &mut numbers {
        *number = (*number + 0.2).max(0.0);
    }
    let first = numbers.iter().position(|n| *n > 0.0).unwrap();
    let last = numbers.iter().rposition(|n| *n > 0.0).unwrap();
    let expected = (0x1000 + 4 * first as u64, last + 1 - first);
    assert_eq!(found(&bytes(&numbers), 256), [expected]);
}

fn sketcher(key: u8) -> Sketcher {
    Sketcher::new(Zeroizing::new([key; 32]))
}

fn cosine(a: &Sketch, b: &Sketch) -> f64 {
    let product = |a: &Sketch, b: &Sketch| -> f64 {
        let pairs = a.iter().zip(b);
        pairs.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    };
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

fn vector(numbers: &[f32]) -> Vector {
    Vector::of(Format::F32, numbers.iter().copied()).unwrap()
}

/// Standard deviation (1 − ρ²) / √96 of the error, within a fifth over 400 pairs (three standard errors of it are 11 %).
#[test]
fn sketches_keep_correlations_within_the_stated_error() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    for mix in [0.0_f32, 0.5, 0.8] {
        let mut squares = 0.0;
        let mut rho = 0.0;
        for key in 0..400_u32 {
            let length = [64, 128, 512, 1_024][key as usize % 4];
            let (a, other) = (noise(&mut random, length), noise(&mut random, length));
            let rest = (1.0 - mix * mix).sqrt();
            let b: Vec<f32> = a
                .iter()
                .zip(&other)
                .map(|(a, o)| a * mix + o * rest)
                .collect();
            let (a, b) = (vector(&a), vector(&b));
            let mut bytes = [0; 32];
            bytes[..4].copy_from_slice(&key.to_le_bytes());
            let sketcher = Sketcher::new(Zeroizing::new(bytes));
            let estimate = cosine(&sketcher.sketch(&a), &sketcher.sketch(&b));
            let exact = a.correlation(&b).unwrap();
            squares += (estimate - exact).powi(2);
            rho += exact * exact;
        }
        let expected = (1.0 - rho / 400.0) / (DIRECTIONS as f64).sqrt();
        let seen = (squares / 400.0).sqrt();
        assert!(
            seen < expected * 1.2 && seen > expected * 0.7,
            "{mix}: {seen} for {expected}"
        );
    }
}

#[test]
fn a_sketch_says_nothing_under_another_key() {
    let numbers = noise(&mut ChaCha8Rng::seed_from_u64(6), 512);
    let one = sketcher(1).sketch(&vector(&numbers));
    assert_eq!(one, sketcher(1).sketch(&vector(&numbers)));
    let scaled: Vec<f32> = numbers.iter().map(|n| n * 3.0 + 7.0).collect();
    assert!(cosine(&one, &sketcher(1).sketch(&vector(&scaled))) > 0.999);
    assert!(cosine(&one, &sketcher(2).sketch(&vector(&numbers))).abs() < 0.4);
}

/// NumPy: `numpy.corrcoef(numpy.arange(64.0) ** 2, numpy.sin(numpy.arange(64.0)))[0, 1]`.
#[test]
fn correlation_agrees_with_numpy() {
    let of = |f: fn(f32) -> f32| {
        let numbers: Vec<f32> = (0..64_u8).map(|n| f(f32::from(n))).collect();
        Vector::read(Format::F32, &bytes(&numbers)).unwrap()
    };
    let (squares, sines) = (of(|n| n * n), of(f32::sin));
    let expected = -0.062_147_573;
    assert!((squares.correlation(&sines).unwrap() - expected).abs() < 1e-6);
    assert!((squares.correlation(&squares).unwrap() - 1.0).abs() < 1e-6);
}

#[test]
fn bytes_that_are_no_vector_are_refused() {
    let refused = |format, bytes: &[u8]| Vector::read(format, bytes).err();
    assert_eq!(
        refused(Format::F32, &[0; 255]),
        Some(NotAVector::Length(255))
    );
    assert_eq!(refused(Format::I8, &[0; 63]), Some(NotAVector::Length(63)));
    assert_eq!(refused(Format::I8, &[5; 64]), Some(NotAVector::Constant));
    assert_eq!(
        refused(Format::F16, &[0xFF; 128]),
        Some(NotAVector::NotFinite)
    );
    assert_eq!(
        refused(Format::F32, &[0xFF; 4_100]),
        Some(NotAVector::Length(4_100))
    );
    let half: Vec<u8> = (0..64_u8)
        .flat_map(|n| f16::from_f32(f32::from(n)).to_le_bytes())
        .collect();
    assert_eq!(
        Vector::read(Format::F16, &half).map(|read| read.shape()),
        Ok((Format::F16, 64))
    );
}

#[test]
fn planted_vectors_agree_within_a_subject_and_are_found() {
    let of = |subject: u8, noise: u8| planted([subject; 32], [noise; 32], 1_024);
    let (one, again, other) = (of(1, 2), of(1, 3), of(4, 5));
    let correlation = |a: &[f32], b: &[f32]| vector(a).correlation(&vector(b)).unwrap();
    assert!((correlation(&one, &again) - f64::from(CORRELATION)).abs() < 0.05);
    assert!(correlation(&one, &other).abs() < 0.12);
    assert_eq!(found(&bytes(&one), 4_096), [(0x1000, 1_024)]);
}

/// As a format holds them; of bytes so that the greatest is 127 from zero.
fn stored(format: Format, numbers: &[f32]) -> Vec<u8> {
    let most = numbers
        .iter()
        .fold(0.0_f32, |most, one| most.max(one.abs()));
    let one = |number: &f32| match format {
        Format::F64 => f64::from(*number).to_le_bytes().to_vec(),
        Format::F32 => number.to_le_bytes().to_vec(),
        Format::F16 => f16::from_f32(*number).to_le_bytes().to_vec(),
        Format::I8 => ((number / most * 127.0).round() as i8)
            .to_le_bytes()
            .to_vec(),
        Format::U8 => vec![(number / most * 127.0 + 128.0).round() as u8],
    };
    numbers.iter().flat_map(one).collect()
}

/// A block as glibc lays it out: 8 bytes before its head, the head, and what was asked for.
fn block(bytes: &[u8]) -> Vec<u8> {
    let whole = (bytes.len() + 8).next_multiple_of(16);
    let mut block = (whole as u64 | 1).to_le_bytes().to_vec();
    block.extend(bytes);
    // Left by an earlier owner.
    block.resize(whole, 0xB7);
    block
}

#[test]
fn templates_of_every_format_are_found_in_blocks() {
    for format in [Format::F64, Format::F16, Format::I8, Format::U8] {
        let mut missed = 0;
        for seed in 0..200 {
            let length = [128, 256, 512, 1_024][usize::from(seed) % 4];
            let numbers = planted([seed; 32], [seed ^ 0xFF; 32], length);
            let mut memory = block(&[7; 24]);
            let start = 0x1000 + memory.len() as u64 + 8;
            memory.extend(block(&stored(format, &numbers)));
            memory.extend(block(&[0; 40]));
            memory.resize(memory.len().next_multiple_of(8), 0);
            let found = found_as(&memory, 4_096);
            let whole = found.contains(&(format, start, length));
            // Beside it at most other readings of the same bytes.
            assert!(found.len() <= 2, "{format:?} {length}: {found:?}");
            missed += u32::from(!whole);
        }
        // Of f16 those whose first or last number is small.
        assert!(missed <= 4, "{format:?}: {missed} of 200");
    }
}

/// The allocator's list took the first 16 bytes of a block; the 8 that it had added show as numbers.
#[test]
fn a_quantised_vector_that_was_given_back_is_found_but_for_its_beginning() {
    let numbers = planted([1; 32], [2; 32], 512);
    let mut bytes = stored(Format::I8, &numbers);
    bytes[..8].copy_from_slice(&0x0000_5555_1234_5670_u64.to_le_bytes());
    bytes[8..16].copy_from_slice(&0x0000_5555_1234_9ab0_u64.to_le_bytes());
    let memory = [block(&[7; 24]), block(&bytes), block(&[0; 40])].concat();
    let found: Vec<_> = found_as(&memory, 64)
        .into_iter()
        .filter(|one| one.0 == Format::I8)
        .collect();
    assert_eq!(found, [(Format::I8, 0x1038, 504)]);
}

#[test]
fn what_is_no_quantised_template_is_not_found() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let packed: Vec<u8> = (0..512).map(|_| random.random()).collect();
    let text: Vec<u8> = (0..512)
        .map(|n| b"the quick brown fox jumps "[n % 26])
        .collect();
    let kana: Vec<u8> = "カードリーダー認証の顔写真を"
        .bytes()
        .cycle()
        .take(512)
        .collect();
    let utf16: Vec<u8> = "カードリーダーにかおをむけてください"
        .encode_utf16()
        .cycle()
        .take(256)
        .flat_map(u16::to_le_bytes)
        .collect();
    let grey: Vec<u8> = (0..512).map(|n| 90 + (n % 70) as u8).collect();
    // Around 128 and spread like a template, of one, three and four channels; a little noise on each pixel.
    let mut pixels = |channels: usize| -> Vec<u8> {
        let level =
            |n: usize| 128.0 + 50.0 * ((n / channels) as f32 / 9.0 + (n % channels) as f32).sin();
        (0..512)
            .map(|n| (level(n) + random.random_range(-10.0..10.0)) as u8)
            .collect()
    };
    let (plane, rgb, rgba) = (pixels(1), pixels(3), pixels(4));
    let small: Vec<u8> = (0..512)
        .map(|_| random.random_range(-3_i8..4).cast_unsigned())
        .collect();
    for (name, bytes) in [
        ("packed", packed),
        ("text", text),
        ("kana", kana),
        ("utf-16", utf16),
        ("grey", grey),
        ("plane", plane),
        ("rgb", rgb),
        ("rgba", rgba),
        ("small", small),
    ] {
        let memory = [block(&[7; 24]), block(&bytes), block(&[0; 40])].concat();
        assert_eq!(found_as(&memory, 4_096), [], "{name}");
    }
}

proptest! {
    /// However the bytes are cut, the same runs are found (those of one format may be told before another's, or after), and each is a run of the numbers
    /// that stand there.
    #[test]
    fn cutting_changes_nothing(
        words in proptest::collection::vec(prop_oneof![6 => 0x3C00_0000_u32..0x3F80_0000, 1 => Just(0_u32), 1 => 0_u32..64], 0..3_000),
        piece in 1_usize..200,
    ) {
        let mut memory: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        memory.resize(memory.len().next_multiple_of(8), 0);
        let cut_by = |bytes: usize| {
            let mut found = found_as(&memory, bytes);
            found.sort_by_key(|(_, address, length)| (*address, *length));
            found
        };
        prop_assert_eq!(cut_by(piece * 8), cut_by(memory.len().max(8)));
        for (address, length) in found(&memory, memory.len().max(8)) {
            let first = (address as usize - 0x1000) / 4;
            prop_assert!(LENGTHS.contains(&length) && first + length <= words.len());
        }
    }
}
