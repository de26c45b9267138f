use std::fmt::Write;

use shinsa_stats::scores::{Direction, csv};
use shinsa_stats::study::{Groups, Settings, decide, study};

use super::*;

fn made(subjects: u32, bad: u32) -> Study {
    let mut text = "reference,probe,attempt,score\n".to_owned();
    for reference in 0..subjects {
        for probe in 0..subjects {
            for attempt in 1..=3 {
                let spread = f64::from((reference * 31 + probe * 17 + attempt * 7) % 97) / 97.0;
                let own = reference == probe && reference >= bad;
                let score = if own { 2.0 + spread } else { spread };
                writeln!(text, "<s{reference}>,<s{probe}>,{attempt},{score}").unwrap();
            }
        }
    }
    let scores = csv::read(text.as_bytes(), Direction::Similarity, 1).unwrap();
    let settings = Settings {
        replicates: 50,
        ..Settings::default()
    };
    study(&scores, &Groups::default(), &settings, 1).unwrap()
}

#[test]
fn a_page_is_whole_and_harmless() {
    let study = made(70, 0);
    let decision = decide(&study, 0.02).unwrap();
    let page = page("評価 <x>", "scores.csv", &study, Some((&decision, 0.02)));
    assert!(page.contains("適合: 誤合致率 0.01 % において誤非合致 0/210 件（0 %）"));
    assert!(!page.contains("<s1>") && page.contains("&lt;s1&gt;"));
    assert!(page.contains("他人照合が少なくとも 100,000 件要る"));
    assert_eq!(page.matches("<svg").count(), 2);
    assert!(!page.contains("NaN") && !page.contains("inf "));
}

#[test]
fn open_and_failed_decisions_say_what_they_need() {
    let study = made(70, 1);
    let words = sentence(&study, &decide(&study, 0.02).unwrap(), 0.02);
    assert!(
        words.ja.starts_with("判定できない") && words.ja.contains("九割方"),
        "{}",
        words.ja
    );
    let study = made(70, 30);
    let words = sentence(&study, &decide(&study, 0.02).unwrap(), 0.02);
    assert!(words.en.starts_with("Beyond the limit"), "{}", words.en);
    let study = made(4, 0);
    let words = sentence(&study, &decide(&study, 0.02).unwrap(), 0.02);
    assert!(
        words
            .en
            .contains("needs at least 10,000 impostor comparisons")
    );
}

#[test]
fn numbers_as_people_read_them() {
    assert_eq!(percent(0.0001), "0.01 %");
    assert_eq!(percent(0.0), "0 %");
    assert_eq!(percent(1e-6), "0.0001 %");
    assert_eq!(percent(0.123_456), "12.3 %");
    assert_eq!(percent(0.95), "95 %");
    assert_eq!(count(1_234_567), "1,234,567");
    assert_eq!(count(12), "12");
}
