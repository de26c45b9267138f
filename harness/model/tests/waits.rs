//! Waits for screens that cannot come, as `check` tells them; and everything like them that may be right, which it must let pass.

mod shipped;

use shinsa_model::check::{Source, check};
use shinsa_model::schema::Layout;

use shipped::{shipped, source, text};

fn scenario(steps: &str) -> Source {
    let text = format!(
        "scenario: waits
format: 1
title: {{ ja: 待ち, en: Waits }}
criteria: [3-16]
requires: [card_feeder, face_presenter, finger, screen, pcsc, terminal, management, operator]
{steps}"
    );
    Source {
        path: "waits.yaml".into(),
        layout: Layout::Scenario,
        text,
    }
}

/// What `check` tells of all shipped files and these.
fn told(more: Vec<Source>) -> String {
    let mut sources = shipped();
    sources.retain(|known| more.iter().all(|new| new.path != known.path));
    sources.extend(more);
    check(&sources)
        .err()
        .map_or(String::new(), |found| text(&found))
}

/// The sequence as it was shipped once: the reader showed `face-retry` until all attempts had failed, and `face` never came again. Eleven
/// ends use it through a matrix, but the mistake is told once, where it stands.
#[test]
fn the_end_that_was_never_reached_is_refused() {
    let path = "scenarios/sequences/end-face-cancelled.yaml";
    let mut sequence = source(path, Layout::Sequence);
    let before = "  - wait_screen: { screen: [face, face-failed] }
    within: 10 s
    expect: { screen: face }
  - touch: { target: cancel, screen: face }
";
    let now = "  - touch: { target: cancel, screen: face-retry }\n";
    assert!(sequence.text.contains(now));
    sequence.text = sequence.text.replace(now, before);
    insta::assert_snapshot!(told(vec![sequence]));
}

/// Through a sequence that is right by itself, by the matrix's second value, and with a screen that must stay.
#[test]
fn what_follows_from_the_steps_before_is_told_where_it_is_used() {
    let again = Source {
        path: "see-again.yaml".into(),
        layout: Layout::Sequence,
        text: "sequence: see-again
format: 1
parameters: { again: processing }
steps:
  - pause: { for: 1 s }
  - wait_screen: { screen: \"${again}\" }
"
        .into(),
    };
    let steps = "matrix: { seen: [done, pin] }
steps:
  - use: choose-face
  - wait_screen: { screen: face-retry }
  - use: { sequence: see-again, with: { again: face } }
  - wait_screen: { screen: face }
  - wait_screen: { screen: \"${seen}\" }
  - touch: { target: confirm, screen: pin }
  - stay_on_screen: { screen: consent-limit, for: 1 s }
  - touch: { target: agree, screen: consent-limit }
  - stay_on_screen: { screen: register, for: 1 s }
teardown:
  - wait_screen: { screen: pin }
";
    insta::assert_snapshot!(told(vec![again, scenario(steps)]));
}

/// After `face-retry`, steps with which `face` may come again.
#[test]
fn whatever_may_be_right_passes() {
    let between = [
        "touch: { target: face, screen: choose-method }",
        // By its label, by its place, by a person.
        "touch: { target: 顔認証 }",
        "touch: { at_mm: [10, 10] }",
        "ask: { question: q, role: staff, kind: yes-no, text: { ja: 触る, en: Touch it } }",
        "use: choose-face",
        "enter_pin: { card: p001-regular }",
        // What the flow does not tell of.
        "software: { action: restart }",
        "manage: { function: self-test }",
    ];
    for step in between {
        let steps = format!(
            "steps:
  - wait_screen: {{ screen: face-retry }}
  - {step}
  - wait_screen: {{ screen: face }}
    times: 5
"
        );
        let said = told(vec![scenario(&steps)]);
        assert_eq!(said, "", "{step}");
    }
    let nothing =
        "steps:\n  - wait_screen: { screen: face-retry }\n  - wait_screen: { screen: face }\n";
    assert!(told(vec![scenario(nothing)]).contains("`face` cannot come"));
    // Any of several that are waited for may come, and what comes may be one that was not hoped for.
    let any = nothing.replace("screen: face }", "screen: [face, face-failed] }");
    assert_eq!(told(vec![scenario(&any)]), "");
    let not = format!("{any}    expect: {{ screen: {{ differs_from: face }} }}\n");
    assert_eq!(told(vec![scenario(&not)]), "");
}

/// A profile that does not tell what follows a touch: everything in `leads_to` may come, as before.
#[test]
fn targets_without_what_follows_refuse_nothing_more() {
    let path = "rigs/virtual/dut.yaml";
    let mut dut = source(path, Layout::Dut);
    let (head, _) = dut.text.split_once("flow:").unwrap();
    dut.text = format!(
        "{head}flow:
  start: start
  screens:
    start: {{ leads_to: [choose-method] }}
    choose-method: {{ targets: [face], leads_to: [face] }}
    face: {{ leads_to: [face-retry] }}
    face-retry: {{ targets: [cancel], leads_to: [choose-method] }}
"
    );
    let steps =
        "steps:\n  - wait_screen: { screen: face-retry }\n  - wait_screen: { screen: face }\n";
    let mut sources = shipped();
    sources.retain(|known| {
        known.path != path && known.layout != Layout::Scenario && known.layout != Layout::Sequence
    });
    sources.extend([dut, scenario(steps)]);
    let found = check(&sources).err().unwrap_or_default();
    assert!(found.is_empty(), "{}", text(&found));
}
