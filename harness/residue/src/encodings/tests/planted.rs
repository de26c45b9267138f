//! Every form of every kind of canary, planted in noise and found; names; chances; derived forms.

use std::collections::HashSet;

use memchr::memmem;
use proptest::prelude::*;
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{canary, forms_of};
use crate::canary::{CanarySource, Kind, SecretBytes};
use crate::encodings::{Form, Search, adjacent_difference, adjacent_xor, forms};

/// Writes the form's known bytes into noise; its gaps stay noise.
fn plant(form: &Form, noise: &mut [u8], at: usize) {
    for run in form.fixed() {
        noise[at + run.start..at + run.end].copy_from_slice(&form.reveal()[run.clone()]);
    }
}

/// Where the form stands, found through its anchor as a search would.
fn places(form: &Form, data: &[u8]) -> Vec<usize> {
    let anchor = form.anchor();
    memmem::find_iter(data, &form.reveal()[anchor.clone()])
        .filter_map(|at| at.checked_sub(anchor.start))
        .filter(|&at| form.stands_at(data, at))
        .collect()
}

#[test]
fn every_form_is_found_where_it_was_planted() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut source = CanarySource::new([1; 32]);
    for authentication in ["t1", "t2", "t3"] {
        let mut set = source.draw(authentication).unwrap();
        let token = SecretBytes::copied(&random.random::<[u8; 32]>());
        set.give("session", Kind::Bytes, token).unwrap();
        for form in set.canaries().iter().flat_map(forms) {
            let mut noise = vec![0; 8192];
            random.fill_bytes(&mut noise);
            let at = random.random_range(0..noise.len() - form.reveal().len());
            plant(&form, &mut noise, at);
            assert!(form.stands_at(&noise, at), "{}", form.name());
            // memmem steps over overlaps, so a chance neighbour could hide a shorter anchor.
            if !form.short() && form.anchor().len() >= 3 {
                assert_eq!(places(&form, &noise), [at], "{}", form.name());
            }
            // One changed known byte, and it is gone.
            noise[at + form.fixed()[0].start] ^= 0x40;
            assert!(!form.stands_at(&noise, at), "{}", form.name());
        }
    }
}

#[test]
fn names_are_unique_and_bytes_too() {
    let set = CanarySource::new([2; 32]).draw("t1").unwrap();
    let mut all = 0;
    for canary in set.canaries() {
        let forms = forms(canary);
        let names: HashSet<&str> = forms.iter().map(Form::name).collect();
        let bytes: HashSet<_> = forms
            .iter()
            .map(|form| (form.reveal(), form.fixed()))
            .collect();
        assert_eq!(
            (names.len(), bytes.len()),
            (forms.len(), forms.len()),
            "{canary:?}"
        );
        assert!(
            names
                .iter()
                .all(|name| !name.contains(canary.reveal_text()))
        );
        all += forms
            .iter()
            .filter(|form| matches!(form.search(), Search::Literal | Search::Controlled))
            .count();
    }
    // The search is built for 300 to 3,000 patterns.
    assert!((500..3_000).contains(&all), "{all}");
}

#[test]
fn what_is_short_or_shared_is_told() {
    let search = |kind, value, name: &str| {
        let forms = forms_of(kind, value);
        forms
            .iter()
            .find(|form| form.name() == name)
            .unwrap()
            .search()
    };
    assert_eq!(search(Kind::Pin, "0412", "ascii"), Search::Statistics);
    assert_eq!(search(Kind::Pin, "0412", "utf-16le"), Search::Controlled);
    assert_eq!(
        search(Kind::Pin, "0412", "evdev>stride-24"),
        Search::Statistics
    );
    assert_eq!(
        search(Kind::Date, "19890107", "yyyymmdd>ascii"),
        Search::Controlled
    );
    assert_eq!(
        search(Kind::Number, "63022920431234", "ascii"),
        Search::Literal
    );
    assert_eq!(search(Kind::Text, "安伊宇", "utf-8"), Search::Literal);
    assert_eq!(
        search(Kind::Text, "安伊宇", "shift-jis"),
        Search::Statistics
    );
    assert_eq!(
        search(Kind::Number, "000123456789", "u64-le"),
        Search::Controlled
    );
    assert_eq!(
        search(Kind::Number, "63022920431234", "hid>stride-8"),
        Search::Strided
    );
    assert_eq!(
        search(Kind::Number, "63022920431234", "evdev-press>stride-48"),
        Search::Literal
    );
}

#[test]
fn chances_are_those_of_the_known_bytes() {
    let forms = forms_of(Kind::Pin, "0412");
    let form = |name: &str| forms.iter().find(|form| form.name() == name).unwrap();
    assert!((form("ascii").chance() + 32.0).abs() < 1e-12);
    // 4 events of 8 known bytes each.
    assert!((form("evdev-press>stride-48").chance() + 256.0).abs() < 1e-12);
    assert!((form("ascii").guess().unwrap() + 10_000_f64.log2()).abs() < 1e-12);
    // Everything of the CCID message but its sequence number: 19 bytes less 1; the longest stretch follows it.
    assert!((form("verify>ccid").chance() + 8.0 * 18.0).abs() < 1e-12);
    assert_eq!(form("verify>ccid").anchor(), 7..19);
}

#[test]
fn constant_xor_and_addition_do_not_hide_a_long_secret() {
    let number = canary(Kind::Number, "63022920431234");
    let form = &forms(&number)[0];
    let (xor, difference) = (
        adjacent_xor(form).unwrap(),
        adjacent_difference(form).unwrap(),
    );
    assert_eq!(xor.name(), "ascii>adjacent-xor");
    for constant in [0_u8, 1, 0x5A, 0xFF] {
        let masked: Vec<u8> = form.reveal().iter().map(|byte| byte ^ constant).collect();
        let stream: Vec<u8> = masked.windows(2).map(|pair| pair[0] ^ pair[1]).collect();
        assert!(stream == xor.reveal());
        let moved: Vec<u8> = form
            .reveal()
            .iter()
            .map(|byte| byte.wrapping_add(constant))
            .collect();
        let stream: Vec<u8> = moved
            .windows(2)
            .map(|pair| pair[1].wrapping_sub(pair[0]))
            .collect();
        assert!(stream == difference.reveal());
    }
    assert!(adjacent_xor(&forms_of(Kind::Pin, "0412")[0]).is_none());
}

#[test]
fn a_text_without_spelling_has_no_form() {
    let forms = forms_of(Kind::Text, "𠮷野家😀太郎");
    assert!(forms.iter().all(|form| !form.name().ends_with("shift-jis")));
    // json.dumps('😀') == '"\\ud83d\\ude00"'
    let json = forms
        .iter()
        .find(|form| form.name() == "json-u-lower")
        .unwrap();
    assert!(memmem::find(json.reveal(), br"\ud83d\ude00").is_some());
}

#[test]
fn odd_rows_of_digits_are_padded_both_ways() {
    let forms = forms_of(Kind::Number, "12345");
    let bytes = |name: &str| {
        forms
            .iter()
            .find(|form| form.name() == name)
            .unwrap()
            .reveal()
            .to_vec()
    };
    assert_eq!(bytes("bcd"), [0x01, 0x23, 0x45]);
    assert_eq!(bytes("bcd-f"), [0x12, 0x34, 0x5F]);
}

proptest! {
    #[test]
    fn any_text_has_forms_that_stand_where_they_are(text in "\\PC{1,20}", digits in "[0-9]{1,25}") {
        for (kind, value) in [(Kind::Text, &text), (Kind::Number, &digits), (Kind::Bytes, &text)] {
            let forms = forms_of(kind, value);
            let names: HashSet<&str> = forms.iter().map(Form::name).collect();
            prop_assert_eq!(names.len(), forms.len());
            for form in &forms {
                prop_assert!(form.stands_at(form.reveal(), 0) && !form.stands_at(form.reveal(), 1));
                prop_assert!(form.chance() < 0.0 && form.anchor().end <= form.reveal().len());
            }
        }
    }
}
