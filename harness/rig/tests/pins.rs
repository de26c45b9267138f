//! Cards that share a PIN take part in a run, but in no study of PINs.

use std::collections::BTreeMap;
use std::path::Path;

use shinsa_model::plan::{Phase, PlannedStep, Trial};
use shinsa_model::rig::RigFile;
use shinsa_model::scenario::{PinCount, SearchResidue, Step};
use shinsa_rig::{Bench, OpenOptions};

async fn bench(folder: &Path) -> Bench {
    let profile = std::fs::read("../../rigs/virtual/dut.yaml").unwrap();
    std::fs::write(folder.join("dut.yaml"), profile).unwrap();
    let secrets =
        "cards:\n  a: { auth_pin: '4711' }\n  b: { auth_pin: '0815' }\n  c: { auth_pin: '4711' }\n";
    std::fs::write(folder.join("secrets.yaml"), secrets).unwrap();
    let rig = "rig: bare\nformat: 1\ntitle: { ja: a, en: a }\nplace: here\nrun_dir: .\ndut: dut.yaml\ncards: []\nsecrets: secrets.yaml\ndrivers: {}\n";
    let rig: RigFile = serde_yaml::from_str(rig).unwrap();
    let options = OpenOptions::new(folder, folder);
    Bench::open(&rig, &options).await.unwrap()
}

/// A trial that searches for a card's data.
fn trial(card: &str, pins: Option<PinCount>) -> Trial {
    let step = Step {
        search_residue: Some(SearchResidue {
            card: card.into(),
            within: None,
            pins,
        }),
        ..Step::default()
    };
    Trial {
        id: "t#1".into(),
        scenario: "t".into(),
        parameters: BTreeMap::new(),
        seed: 1,
        steps: vec![PlannedStep {
            path: "steps[0]".into(),
            occurrence: 1,
            phase: Phase::Steps,
            step,
        }],
    }
}

#[tokio::test]
async fn a_card_whose_pin_another_has_is_refused_where_pins_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let bench = bench(folder.path()).await;
    let counted = |card| trial(card, Some(PinCount::After));
    assert!(bench.begin_trial(&trial("a", None)).await.is_ok());
    assert!(bench.begin_trial(&counted("b")).await.is_ok());
    let fault = bench.begin_trial(&counted("c")).await.unwrap_err();
    assert!(
        fault
            .message
            .contains("cards c (line 4, column 18) and a (line 2, column 18)"),
        "{}",
        fault.message
    );
    assert!(
        bench
            .pins_tell_cards(&[counted("b"), trial("a", None)])
            .is_ok()
    );
    assert!(
        bench
            .pins_tell_cards(&[counted("b"), counted("a")])
            .is_err()
    );
}
