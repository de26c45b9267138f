//! Plans: order of trials, series of subjects, sample sizes of people who come more than once.

use std::collections::BTreeSet;

use serde_json::Value;
use shinsa_model::check::{Source, check};
use shinsa_model::plan::Plan;
use shinsa_model::planner::{PlanOptions, plan};
use shinsa_model::schema::Layout;

const RIG: &str = "rig: r\nformat: 1\ntitle: { ja: r, en: r }\nplace: here\nrun_dir: /tmp/r\ndrivers:\n  operator: { driver: operator, provides: [operator] }\ndut: dut.yaml\ncards: []\nseries:\n  - { prefix: v, first: 1, last: 249, digits: 3, kind: regular }\n";
const DUT: &str = "format: 1\nmake: m\nmodel: d\nscreens: s.yaml\nlog_kinds: {}\n";
const CRITERIA: &str = include_str!("../../../scenarios/criteria/reader-1.2.yaml");

fn source(layout: Layout, path: &str, text: &str) -> Source {
    Source {
        path: path.into(),
        layout,
        text: text.into(),
    }
}

fn planned(trials: &str, of: &str, seed: u64) -> Result<Plan, String> {
    let scenario = format!(
        "scenario: s\nformat: 1\ntitle: {{ ja: s, en: s }}\ncriteria: [3-6]\nrequires: [operator]\n{trials}\nsetup:\n  - consent: {{ subject: \"${{who}}\" }}\nsteps:\n  - id: a\n    ask: {{ question: \"${{what}}\", role: operator, kind: yes-no, text: {{ ja: q, en: q }} }}\nmeasurements:\n  - name: m\n    title: {{ ja: m, en: m }}\n    criterion: 3-6\n    unit: \"%\"\n    of: {{ success: {{ step: a{of} }} }}\n    limit: {{ at_least: 99.4 % }}\n"
    );
    let sources = [
        source(Layout::Criteria, "criteria.yaml", CRITERIA),
        source(Layout::Rig, "rig.yaml", RIG),
        source(Layout::Dut, "dut.yaml", DUT),
        source(Layout::Scenario, "s.yaml", &scenario),
    ];
    let resolved = check(&sources).map_err(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        told.join("\n")
    })?;
    let options = PlanOptions {
        seed,
        ..PlanOptions::default()
    };
    plan(&resolved, Vec::new(), &options).map_err(|error| error.to_string())
}

fn told(plan: &Plan) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let trials = plan.trials.iter();
    trials
        .map(|trial| {
            (
                text(&trial.parameters["who"]),
                text(&trial.parameters["what"]),
            )
        })
        .collect()
}

/// Nobody comes twice, and each value has its share.
#[test]
fn what_comes_in_turn_is_shared_out() {
    let three = "matrix: { who: { series: v, count: 3 }, what: { in_turn: [x, y] } }";
    let plan = planned(three, "", 1).unwrap();
    let told = told(&plan);
    let told: Vec<(&str, &str)> = told.iter().map(|(a, b)| (&a[..], &b[..])).collect();
    assert_eq!(told, [("v001", "x"), ("v002", "y"), ("v003", "x")]);
    let none = planned(
        "matrix: { who: { series: v }, what: { in_turn: [] } }",
        "",
        1,
    );
    assert!(none.unwrap_err().contains("no value to take in turn"));
}

const SIX: &str = "matrix: { who: { series: v, count: 3 }, what: [x, y] }\nrepeat: { times: 2 }";

#[test]
fn a_random_order_is_the_seeds_and_leaves_nothing_out() {
    let written = told(&planned(SIX, "", 1).unwrap());
    assert_eq!(written[0].0, "v001");
    assert_eq!(written.len(), 12);
    let random = |seed| told(&planned(&format!("{SIX}\norder: random"), "", seed).unwrap());
    assert_eq!(random(1), random(1));
    assert_ne!(random(1), random(2));
    let sorted = |mut list: Vec<_>| {
        list.sort();
        list
    };
    assert_eq!(sorted(random(1)), sorted(written));
}

#[test]
fn people_come_one_by_one() {
    let order = format!("{SIX}\norder: {{ random-within: who }}");
    let plan = planned(&order, "", 3).unwrap();
    let mut people: Vec<String> = told(&plan).into_iter().map(|(who, _)| who).collect();
    people.dedup();
    assert_eq!(people, ["v001", "v002", "v003"]);
    let wrong = planned(&order.replace("within: who", "within: whom"), "", 3);
    assert!(
        wrong
            .unwrap_err()
            .contains("`whom` is no parameter of the matrix")
    );
}

/// 498 independent trials: 249 people must come three times; 40 could come for ever.
#[test]
fn repeats_are_enough_for_people_who_come_more_than_once() {
    let enough = |count| {
        let trials = format!(
            "matrix: {{ who: {{ series: v, count: {count} }} }}\nparameters: {{ what: x }}\nrepeat: {{ enough_for: m }}"
        );
        planned(&trials, ", subject: who", 1).map(|plan| plan.trials.len())
    };
    assert_eq!(enough(249), Ok(747));
    let few = enough(40).unwrap_err();
    assert!(
        few.contains("40 subjects cannot show") && few.contains("50 could"),
        "{few}"
    );
}

#[test]
fn a_series_that_is_not_there_is_told() {
    let trials = "matrix: { who: { series: w } }\nparameters: { what: x }";
    let wrong = planned(trials, "", 1).unwrap_err();
    assert!(
        wrong.contains("no series `w`") && wrong.contains("did you mean `v`?"),
        "{wrong}"
    );
}

#[test]
fn series_are_written_out_and_bounded() {
    let ids = |rig: &str| {
        let sources = [source(Layout::Rig, "rig.yaml", rig)];
        check(&sources).map(|resolved| {
            let rig = resolved.rig.unwrap();
            assert!(!rig.synthetic("v001"));
            rig.cards
                .into_iter()
                .map(|card| card.id)
                .collect::<BTreeSet<_>>()
        })
    };
    let cards = ids(RIG).unwrap();
    assert!(cards.len() == 249 && cards.contains("v249-regular"));
    for wrong in ["last: 4000000000", "last: 0"] {
        let problems = ids(&RIG.replace("last: 249", wrong)).unwrap_err();
        assert!(
            problems[0].to_string().contains("rig.yaml:11:"),
            "{}",
            problems[0]
        );
    }
    let doubled = RIG.replace("series:\n", "subjects: [v007]\nseries:\n");
    assert!(
        ids(&doubled).unwrap_err()[0]
            .to_string()
            .contains("there already")
    );
}
