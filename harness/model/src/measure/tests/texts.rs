//! Texts that should be spread evenly, or differ.

use super::*;

#[test]
fn shuffled_digits_are_uniform_and_a_fixed_layout_is_not() {
    let spec = || {
        let of = json!({"uniformity": {"step": "a", "field": "r"}});
        spec("%", of, json!({"at_least": "0.1 %"}), json!(null), "simple")
    };
    let shifted: Vec<Value> = (0..40)
        .map(|i| {
            json!(
                (0..10)
                    .map(|j| char::from(b'0' + (i + j) % 10))
                    .collect::<String>()
            )
        })
        .collect();
    let fair = readings(spec(), &shifted);
    assert_eq!((fair.verdict, fair.estimate), (Verdict::Pass, Some(100.0)));
    assert_eq!(
        readings(spec(), &vec![json!("1234567890"); 40]).verdict,
        Verdict::Fail
    );
    assert_eq!(
        readings(spec(), &shifted[..5]).verdict,
        Verdict::Inconclusive
    );
    assert_eq!(
        readings(spec(), &[json!("12"), json!("123")]).verdict,
        Verdict::Inconclusive
    );
}

#[test]
fn different_layouts_are_counted() {
    let of = |limit, n: u32, different: u32| {
        let spec = spec(
            "count",
            json!({"distinct": {"step": "a", "field": "r"}}),
            limit,
            json!(null),
            "simple",
        );
        let values: Vec<_> = (0..n)
            .map(|i| json!(format!("{}", i % different)))
            .collect();
        readings(spec, &values).verdict
    };
    let least = || json!({"at_least": "20 count"});
    assert_eq!(of(least(), 40, 20), Verdict::Pass);
    assert_eq!(of(least(), 40, 19), Verdict::Fail);
    assert_eq!(of(least(), 19, 19), Verdict::Inconclusive);
    assert_eq!(of(json!({"at_most": "1 count"}), 3, 2), Verdict::Fail);
    assert_eq!(
        of(json!({"at_most": "1 count"}), 1, 1),
        Verdict::Inconclusive
    );
}
