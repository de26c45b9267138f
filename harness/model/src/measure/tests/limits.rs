//! Single readings against their limit: each, percentile, mean.

use super::*;
use proptest::prelude::*;

#[test]
fn each_value_must_clear_the_limit() {
    assert_eq!(
        readings(at_least_640_px(), &[json!(640)]).verdict,
        Verdict::Pass
    );
    assert_eq!(
        readings(at_least_640_px(), &[json!(640), json!(639)]).verdict,
        Verdict::Fail
    );
    let text = readings(at_least_640_px(), &[json!(640), json!("640")]);
    assert_eq!((text.verdict, text.n), (Verdict::Inconclusive, 1));
    assert!(text.open.unwrap().en.contains("not a number"));
    assert_eq!(
        readings(at_least_640_px(), &[json!(null)]).verdict,
        Verdict::Inconclusive
    );
}

#[test]
fn limits_of_another_unit_or_none_never_pass() {
    let of = |limit| {
        readings(
            spec("s", reading(), limit, json!(null), "simple"),
            &[json!(1.0)],
        )
    };
    assert_eq!(of(json!({"at_most": "1500 ms"})).verdict, Verdict::Pass);
    assert_eq!(of(json!({"at_most": "999 ms"})).verdict, Verdict::Fail);
    assert_eq!(
        of(json!({"at_most": "5 px"})).verdict,
        Verdict::Inconclusive
    );
    assert_eq!(of(json!(null)).verdict, Verdict::Inconclusive);
    assert_eq!(
        of(json!({"at_least": "0.5 s", "at_most": "2 s"})).limit,
        "≥ 0.5 s, ≤ 2 s"
    );
}

#[test]
fn a_percentile_needs_its_success_run() {
    let spec = || {
        spec(
            "s",
            reading(),
            json!({"at_most": "5 s"}),
            json!({"percentile": "90 %"}),
            "guarded",
        )
    };
    let of = |n, k| readings(spec(), &numbers(n, 4.0, k, 6.0));
    let pass = of(29, 0);
    assert_eq!(
        (pass.verdict, pass.bounds),
        (Verdict::Pass, Some((4.0, 4.0)))
    );
    assert_eq!(pass.limit, "≤ 5 s (90 % of transactions)");
    let short = of(28, 0);
    assert_eq!(
        (short.verdict, short.simple),
        (Verdict::Inconclusive, Verdict::Pass)
    );
    assert_eq!(
        short.open.unwrap().en,
        "1 more trials (if violations stay at 0)"
    );
    assert_eq!(of(46, 1).verdict, Verdict::Pass);
    assert_eq!(of(29, 9).verdict, Verdict::Fail);
    assert_eq!(of(29, 3).verdict, Verdict::Inconclusive);
    assert_eq!(of(1, 0).verdict, Verdict::Inconclusive);
}

#[test]
fn a_mean_needs_two_values_and_room() {
    let spec = || {
        spec(
            "s",
            reading(),
            json!({"at_most": "5 s"}),
            json!("mean"),
            "guarded",
        )
    };
    assert_eq!(
        readings(spec(), &[json!(4.0), json!(4.1), json!(3.9)]).verdict,
        Verdict::Pass
    );
    assert_eq!(
        readings(spec(), &[json!(6.0), json!(6.1), json!(5.9)]).verdict,
        Verdict::Fail
    );
    let wide = readings(spec(), &[json!(1.0), json!(8.0)]);
    assert_eq!(
        (wide.verdict, wide.simple),
        (Verdict::Inconclusive, Verdict::Pass)
    );
    assert!(wide.open.unwrap().en.contains("more trials"));
    assert_eq!(
        readings(spec(), &[json!(1.0)]).verdict,
        Verdict::Inconclusive
    );
}

fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Inconclusive => 1,
        Verdict::Fail => 2,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn more_violations_never_improve_a_verdict(n in 1_usize..60, k in 0_usize..60) {
        let k = k.min(n - 1);
        for (statistic, rule) in [(json!({"percentile": "90 %"}), "guarded"), (json!({"percentile": "90 %"}), "simple"),
                                  (json!("each"), "guarded"), (json!("each"), "simple")] {
            let of = |k| {
                let spec = spec("s", reading(), json!({"at_most": "5 s"}), statistic.clone(), rule);
                badness(readings(spec, &numbers(n, 4.0, k, 6.0)).verdict)
            };
            prop_assert!(of(k) <= of(k + 1));
        }
    }
}
