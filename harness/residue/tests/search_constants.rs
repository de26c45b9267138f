//! Secrets under every constant are found, and told from the plain form.

mod support;

use shinsa_residue::search::{Constants, Form, Hit, Kernel, Searcher};
use support::{SplitMix, needles, streamed};

fn searcher(patterns: &[Vec<u8>], kernel: Kernel) -> Searcher {
    let set = needles(patterns);
    let constants = Constants::new(&set);
    assert!(constants.left_out().is_empty());
    let searcher = Searcher::new().literals(set).constants(constants);
    searcher.kernel(kernel).expect("available")
}

#[test]
fn every_constant_at_every_alignment() {
    let mut random = SplitMix(1);
    let patterns = [
        random.bytes(14),
        b"1986-04-03 \xe6\xb0\x8f".to_vec(),
        random.bytes(300),
    ];
    let mut haystack = random.bytes(400_000);
    let mut expected = Vec::new();
    let mut at = 5;
    for constant in 0..=255_u8 {
        for (tag, pattern) in (0..).zip(&patterns) {
            for form in [Form::XorConstant, Form::AddConstant] {
                let disguised = pattern.iter().map(|byte| match form {
                    Form::AddConstant => byte.wrapping_add(constant),
                    _ => byte ^ constant,
                });
                haystack.splice(at..at + pattern.len(), disguised);
                // Adding 128 and XOR with it are the same.
                let forms: &[Form] = match constant {
                    0 => &[Form::Plain],
                    0x80 => &[Form::XorConstant, Form::AddConstant],
                    _ => std::slice::from_ref(&form),
                };
                expected.extend(forms.iter().map(|form| Hit {
                    position: at as u64,
                    length: pattern.len() as u32,
                    tag,
                    form: *form,
                }));
                at += pattern.len() + 1 + random.below(40);
            }
        }
    }
    expected.sort_unstable();
    for kernel in Kernel::available() {
        let searcher = searcher(&patterns, kernel);
        assert_eq!(
            searcher.search(&haystack, 0, 1).hits,
            expected,
            "{kernel:?}"
        );
        assert_eq!(
            searcher.search(&haystack, 0, 2).hits,
            expected,
            "{kernel:?}"
        );
        for sizes in [[1_000, 7], [70_001, 80_000]] {
            assert_eq!(
                streamed(&searcher, &haystack, &sizes).hits,
                expected,
                "{kernel:?} {sizes:?}"
            );
        }
    }
}

/// Regular patterns would be found in any memory: they are named, not searched.
#[test]
fn short_and_regular_patterns_are_left_out_by_name() {
    let set = needles(&[
        "thirteen byte",
        "aaaaaaaaaaaaaaaaaaa",
        "abcdefghijklmnopqrstuvwxyz",
        "a usual sentence",
    ]);
    let constants = Constants::new(&set);
    assert_eq!(constants.left_out(), [0, 1, 2]);
    assert!(!format!("{constants:?}").contains("usual"));
    let searcher = Searcher::new().constants(constants);
    assert!(searcher.search(&vec![0; 100_000], 0, 1).hits.is_empty());
}
