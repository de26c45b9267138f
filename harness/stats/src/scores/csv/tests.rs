use proptest::prelude::*;

use super::*;
use crate::scores::both_classes;

fn read_text(text: &str) -> Result<Scores, Vec<Problem>> {
    read(text.as_bytes(), Direction::Similarity, 2)
}

#[test]
fn a_file_becomes_columns_by_class() {
    let scores = read_text(
        "probe;score;reference;attempt;device;condition\r\nA;0.9;A;1;x;dark\r\nB;-2e-6;A;1;x;dark\r\nA;FTA;A;2;x;dark\nB;FTE;B;1;x;light\n\"B\";.5;C;1;y;light",
    )
    .unwrap();
    assert_eq!(scores.subjects, ["A", "B", "C"]);
    assert_eq!(scores.genuine.score, [0.9]);
    assert_eq!(scores.impostor.score, [-2e-6, 0.5]);
    assert_eq!(
        (scores.impostor.reference[1], scores.impostor.probe[1]),
        (2, 1)
    );
    assert_eq!(scores.conditions, ["x/dark", "x/light", "y/light"]);
    let failures: Vec<_> = scores
        .failures
        .iter()
        .map(|f| (f.probe, f.attempt, f.to_enrol))
        .collect();
    assert_eq!(failures, [(0, 2, false), (1, 1, true)]);
    both_classes(&scores).unwrap();
}

#[test]
fn distances_are_negated() {
    let scores = read(b"reference,probe,score\na,b,3.5\n", Direction::Distance, 1).unwrap();
    assert_eq!(scores.impostor.score, [-3.5]);
    assert!(
        both_classes(&scores)
            .unwrap_err()
            .message
            .contains("no genuine")
    );
}

#[test]
fn wrong_lines_are_named_all_at_once() {
    let problems = read_text(
        "reference,probe,score,attempt,kind\na,a,NaN,1,genuine\na,b,inf,1,impostor\na,b,,1,impostor\na,b,0.1x,1,impostor\n,b,1,1,impostor\na,b,1,0,impostor\na,b,1,1,genuine\na,b,1,1,other\na,b\n\na,c,1,1,impostor\n",
    )
    .unwrap_err();
    let told: Vec<_> = problems
        .iter()
        .map(|p| format!("{}:{} {}", p.line, p.column, p.message))
        .collect();
    assert_eq!(
        told,
        [
            "2:5 the score is not finite",
            "3:5 the score is not finite",
            "4:5 the score is missing",
            "5:5 not a number",
            "6:1 not an id",
            "7:7 not an attempt number",
            "8:9 the kind contradicts the ids",
            "9:9 not a kind",
            "10:1 2 fields where the header has 5",
            "11:1 1 fields where the header has 5",
        ]
    );
    assert_eq!(problems[3].text, "a,b,0.1x,1,impostor");
}

#[test]
fn headers_are_refused_with_what_was_expected() {
    for (header, message) in [
        ("", "not the header"),
        ("score", "not the header"),
        ("reference,probe", "no column `score`"),
        ("reference,probe,score,scor", "unknown column `scor`"),
        ("reference,probe,score,score", "column `score` twice"),
    ] {
        let problems = read_text(header).unwrap_err();
        assert!(
            problems[0].message.contains(message),
            "{header}: {}",
            problems[0].message
        );
    }
}

#[test]
fn a_comparison_given_twice_is_refused_with_its_line() {
    let problems = read_text("reference,probe,score\na,b,1\na,c,FTA\nb,a,1\na,b,2\n").unwrap_err();
    assert_eq!((problems[0].line, problems[0].text.as_str()), (5, "a,b,2"));
    assert!(read_text("reference,probe,score,attempt\na,b,1,1\na,b,1,2\n").is_ok());
}

#[test]
fn many_problems_are_counted_not_listed() {
    let text = format!("reference,probe,score\n{}", "a,b,x\n".repeat(1_000));
    let problems = read_text(&text).unwrap_err();
    assert_eq!(problems.len(), MOST_PROBLEMS + 1);
}

proptest! {
    /// Written by Rust's own formatting, read back exactly, whatever the number of parts.
    #[test]
    fn what_is_written_is_read(
        rows in prop::collection::btree_map((0_u32..9, 0_u32..9, 1_u32..4), any::<f32>().prop_filter("finite", |v| v.is_finite()), 1..80),
        threads in 1_usize..9,
    ) {
        use std::fmt::Write;
        let mut text = "reference,probe,attempt,score\n".to_owned();
        for ((reference, probe, attempt), score) in &rows {
            writeln!(text, "s{reference},s{probe},{attempt},{score}").unwrap();
        }
        let scores = read(text.as_bytes(), Direction::Similarity, threads).unwrap();
        let mut back = Vec::new();
        for column in [&scores.genuine, &scores.impostor] {
            for n in 0..column.len() {
                let id = |index: u32| scores.subjects[index as usize][1..].parse::<u32>().unwrap();
                back.push(((id(column.reference[n]), id(column.probe[n]), column.attempt[n]), column.score[n].to_bits()));
            }
        }
        back.sort_unstable();
        let given: Vec<_> = rows.into_iter().map(|(key, score)| (key, score.to_bits())).collect();
        prop_assert_eq!(back, given);
    }

    #[test]
    fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), threads in 1_usize..4) {
        let _ = read(&bytes, Direction::Similarity, threads);
        let mut with_header = b"reference,probe,score\n".to_vec();
        with_header.extend(bytes);
        let _ = read(&with_header, Direction::Distance, threads);
    }
}
