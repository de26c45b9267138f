//! Data made against the filter: the work stays within what the documentation promises. Counted, not timed.

mod support;

use shinsa_residue::search::{Needles, Pattern, Refused};
use support::{SplitMix, needles, searchers, tagged};

/// A hundred thousand patterns that differ in their last bytes only, and pages full of what they share.
#[test]
fn a_common_beginning_does_not_multiply_the_work() {
    let patterns: Vec<_> = (0..100_000).map(|n| format!("card={n:05}")).collect();
    let page = b"card=9999x".repeat(1_000);
    for (_, searcher) in searchers(&patterns) {
        let found = searcher.search(&page, 0, 1);
        assert!(found.hits.is_empty());
        let words = page.len() as u64 / 4;
        assert!(found.work.compared <= words, "{:?}", found.work);
    }
}

/// The bound is one comparison per byte and distinct length, however many patterns have it.
#[test]
fn repeated_letters_cost_a_comparison_per_byte_and_length() {
    let patterns: Vec<_> = (0..64).map(|n| "a".repeat(7 + n) + "b").collect();
    let page = vec![b'a'; 40_000];
    for (_, searcher) in searchers(&patterns) {
        let found = searcher.search(&page, 0, 1);
        assert!(found.hits.is_empty());
        assert!(found.work.compared <= 64 * 40_000, "{:?}", found.work);
    }
}

/// Zero pages cost nothing unless a pattern is made of zeros.
#[test]
fn zeros_are_passed_over() {
    let mut random = SplitMix(1);
    let mut patterns: Vec<_> = (0..300).map(|_| random.bytes(12)).collect();
    // Digits as 32-bit numbers: zeros in every window.
    patterns.push(b"1\0\0\x002\0\0\x003\0\0\x004\0\0\0".to_vec());
    let zeros = vec![0; 1 << 20];
    for (_, searcher) in searchers(&patterns) {
        assert_eq!(searcher.search(&zeros, 0, 1).work.marked, 0);
    }
}

#[test]
fn zeros_are_found_when_asked_for() {
    let zeros = vec![0; 1_000];
    for (_, searcher) in searchers(&[[0; 9]]) {
        assert_eq!(searcher.search(&zeros, 0, 1).hits.len(), 992);
    }
}

#[test]
fn unusable_sets_are_refused() {
    assert_eq!(Needles::new(&[]).err(), Some(Refused::Empty));
    let refused = Needles::new(&tagged(&["1234567", "123456"])).err();
    assert_eq!(refused, Some(Refused::TooShort { tag: 1, length: 6 }));
    let refused = Needles::new(&tagged(&[vec![1; 16 * 1024 + 1]])).err();
    let length = 16 * 1024 + 1;
    assert_eq!(refused, Some(Refused::TooLong { tag: 0, length }));
}

#[test]
fn debug_forms_hold_no_pattern() {
    let set = needles(&["secret-secret"]);
    let pattern = Pattern {
        tag: 3,
        bytes: b"secret-secret",
    };
    let text = format!("{set:?} {pattern:?} {:?}", searchers(&["secret-secret"]));
    assert!(!text.contains("secret"), "{text}");
    assert!(!text.contains("115, 101"), "{text}");
}
