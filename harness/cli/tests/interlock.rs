//! The PIN interlock on the whole rig: wrong PINs are typed until the card's counter stands below the rig's floor (2); then
//! nothing more is typed, the trial ends `error`, and the card's last try is untouched.

mod rig;

use rig::{VirtualRun, finish};

const THREE_WRONG_PINS: &str = "scenario: three-wrong-pins
format: 1
title: { ja: 誤った暗証番号, en: Wrong PINs }
criteria: [3-10]
requires: [card_feeder, face_presenter, finger, screen, back_end, terminal, pcsc]
setup:
  - use: ready-quietly
steps:
  - use: choose-pin
  - use: wrong-pin
    times: 3
  - wait_screen: { screen: pin }
    decides: [3-10]
teardown:
  - use: clean-up
";

const WRONG_PIN: &str = "sequence: wrong-pin
format: 1
steps:
  - enter_pin: { card: p001-regular, pin: wrong }
    within: 15 s
  - touch: { target: confirm, screen: pin }
  - wait_screen: { screen: pin-wrong }
    within: 8 s
  - touch: { target: again, screen: pin-wrong }
  - wait_screen: { screen: pin }
    within: 5 s
";

#[test]
fn the_last_tries_of_a_card_are_never_used_up() {
    let run = VirtualRun::new("interlock");
    let folder = tempfile::tempdir().unwrap();
    let sequences = folder.path().join("sequences");
    std::fs::create_dir(&sequences).unwrap();
    for entry in std::fs::read_dir(rig::root().join("scenarios/sequences")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, sequences.join(path.file_name().unwrap())).unwrap();
    }
    std::fs::write(sequences.join("wrong-pin.yaml"), WRONG_PIN).unwrap();
    let scenario = folder.path().join("three-wrong-pins.yaml");
    std::fs::write(&scenario, THREE_WRONG_PINS).unwrap();

    let finished = finish(run.command_on(scenario.to_str().unwrap(), []));
    assert_eq!(finished.code, 4, "{}", finished.output);
    assert!(finished.output.contains("interlock"), "{}", finished.output);
    let counters = run.rig_dir().join("cards/p001-regular/counters.yaml");
    let counters = std::fs::read_to_string(counters).unwrap();
    // Two wrong PINs were typed: 3, then 2, which is the floor. The third was not.
    assert!(counters.contains("auth: 1"), "{counters}");
}
