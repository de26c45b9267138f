//! Parquet score files: what is read, what is refused.

use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArrayType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use shinsa_stats::accuracy::at_fmr;
use shinsa_stats::scores::{both_classes, csv};

use parquet::data_type::DataType;
use shinsa_stats::accuracy::det::Counter;

use super::columns::COLUMNS;
use super::guard::DAMAGED;
use super::summary::POINTS;
use super::*;

/// Values of a column, nulls where none.
enum Values {
    Text(Vec<Option<&'static str>>),
    Int(Vec<Option<i32>>),
    Long(Vec<Option<i64>>),
    Float(Vec<Option<f32>>),
    Double(Vec<Option<f64>>),
}

fn text(list: &[&'static str]) -> Values {
    Values::Text(list.iter().copied().map(Some).collect())
}

fn floats(list: &[f32]) -> Values {
    Values::Float(list.iter().copied().map(Some).collect())
}

fn ints(list: &[i32]) -> Values {
    Values::Int(list.iter().copied().map(Some).collect())
}

/// A file of one or more row groups, all of the same columns.
fn file(properties: WriterProperties, groups: &[Vec<(&str, Values)>]) -> tempfile::NamedTempFile {
    let columns = groups[0].iter().map(|(name, values)| match values {
        Values::Text(_) => format!("optional binary {name} (STRING);"),
        Values::Int(_) => format!("optional int32 {name};"),
        Values::Long(_) => format!("optional int64 {name} (INTEGER(64, false));"),
        Values::Float(_) => format!("optional float {name};"),
        Values::Double(_) => format!("optional double {name};"),
    });
    let schema = format!("message scores {{ {} }}", columns.collect::<String>());
    write(&schema, properties, groups)
}

fn write(
    schema: &str,
    properties: WriterProperties,
    groups: &[Vec<(&str, Values)>],
) -> tempfile::NamedTempFile {
    fn column<T: DataType>(
        writer: &mut parquet::column::writer::ColumnWriterImpl<'_, T>,
        list: Vec<Option<T::T>>,
    ) {
        let levels: Vec<_> = list.iter().map(|v| i16::from(v.is_some())).collect();
        let values: Vec<_> = list.into_iter().flatten().collect();
        writer.write_batch(&values, Some(&levels), None).unwrap();
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer =
        SerializedFileWriter::new(file.reopen().unwrap(), schema, Arc::new(properties)).unwrap();
    for group in groups {
        let mut rows = writer.next_row_group().unwrap();
        for (_, values) in group {
            let mut one = rows.next_column().unwrap().unwrap();
            match values {
                Values::Text(list) => {
                    let list = list.iter().map(|v| v.map(ByteArray::from)).collect();
                    column::<ByteArrayType>(one.typed(), list);
                }
                Values::Int(list) => column::<Int32Type>(one.typed(), list.clone()),
                Values::Long(list) => column::<Int64Type>(one.typed(), list.clone()),
                Values::Float(list) => column::<FloatType>(one.typed(), list.clone()),
                Values::Double(list) => column::<DoubleType>(one.typed(), list.clone()),
            }
            one.close().unwrap();
        }
        rows.close().unwrap();
    }
    writer.close().unwrap();
    file
}

fn plain(group: Vec<(&str, Values)>) -> tempfile::NamedTempFile {
    file(WriterProperties::default(), &[group])
}

fn refused(group: Vec<(&str, Values)>) -> Problem {
    read(plain(group).path(), Direction::Similarity).unwrap_err()
}

fn three(scores: Values) -> Vec<(&'static str, Values)> {
    vec![
        ("reference", text(&["a", "a", "b"])),
        ("probe", text(&["a", "b", "a"])),
        ("score", scores),
    ]
}

#[test]
fn columns_are_read_as_those_of_csv() {
    let path = file(
        WriterProperties::default(),
        &[
            vec![
                ("condition", text(&["dark", "dark"])),
                ("score", floats(&[0.9, 0.1])),
                ("attempt", ints(&[1, 1])),
                ("reference", text(&["a", "a"])),
                ("kind", text(&["mated", "impostor"])),
                ("probe", text(&["a", "b"])),
                ("device", text(&["x", "x"])),
            ],
            vec![
                ("condition", text(&["light"])),
                ("score", floats(&[-2e-6])),
                ("attempt", ints(&[2])),
                ("reference", text(&["c"])),
                ("kind", text(&["non-mated"])),
                ("probe", text(&["a"])),
                ("device", text(&["x"])),
            ],
        ],
    );
    let same = "reference,probe,score,attempt,device,condition\na,a,0.9,1,x,dark\na,b,0.1,1,x,dark\nc,a,-2e-6,2,x,light\n";
    for direction in [Direction::Similarity, Direction::Distance] {
        let scores = read(path.path(), direction).unwrap();
        assert_eq!(scores, csv::read(same.as_bytes(), direction, 1).unwrap());
        both_classes(&scores).unwrap();
    }
}

#[test]
fn numbers_are_ids_and_doubles_are_scores() {
    let long = |list: &[i64]| Values::Long(list.iter().copied().map(Some).collect());
    let path = plain(vec![
        ("reference", long(&[-1, 7])),
        ("probe", long(&[7, 7])),
        ("score", Values::Double(vec![Some(0.25), Some(1.0)])),
    ]);
    let scores = read(path.path(), Direction::Similarity).unwrap();
    assert_eq!(scores.subjects, ["18446744073709551615", "7"]);
    assert_eq!(
        (&scores.genuine.score[..], &scores.impostor.score[..]),
        (&[1.0][..], &[0.25][..])
    );
    let path = plain(vec![
        ("reference", ints(&[-1, 7])),
        ("probe", ints(&[7, 7])),
        ("score", floats(&[0.25, 1.0])),
    ]);
    let scores = read(path.path(), Direction::Similarity).unwrap();
    assert_eq!(scores.subjects, ["-1", "7"]);
}

#[test]
fn values_that_cannot_be_are_refused_with_their_row() {
    let told =
        |problem: Problem| format!("{} {} | {}", problem.line, problem.message, problem.text);
    assert_eq!(
        told(refused(three(floats(&[1.0, f32::NAN, 1.0])))),
        "2 the score is not finite | score: NaN"
    );
    assert_eq!(
        told(refused(three(floats(&[1.0, 1.0, f32::INFINITY])))),
        "3 the score is not finite | score: inf"
    );
    let wide = Values::Double(vec![Some(1.0), Some(1e39), Some(1.0)]);
    assert_eq!(
        told(refused(three(wide))),
        "2 the score is not finite | score: inf"
    );
    let gap = Values::Float(vec![Some(1.0), None, Some(1.0)]);
    assert_eq!(
        told(refused(three(gap))),
        "2 the score is missing | score: null"
    );
    let with = |name: &'static str, values: Values| {
        let mut group = three(floats(&[1.0, 2.0, 3.0]));
        group.push((name, values));
        told(refused(group))
    };
    assert_eq!(
        with("attempt", ints(&[1, 1, 0])),
        "3 not an attempt number | attempt: 0"
    );
    assert_eq!(
        with("attempt", Values::Int(vec![Some(1), None, None])),
        "2 the attempt is missing | attempt: null"
    );
    assert_eq!(
        with("kind", text(&["mated", "mated", "mated"])),
        "2 the kind contradicts the ids | kind: \"mated\""
    );
    assert_eq!(
        with("kind", text(&["mated", "x", "mated"])),
        "2 not a kind | kind: \"x\""
    );
    assert_eq!(
        with("device", text(&["a", "b", "c\nd"])),
        "3 not a label | device: \"c\\nd\""
    );
    for id in [
        "",
        "a\"",
        "a\nb",
        "0123456789012345678901234567890123456789012345678901234567890123456789",
    ] {
        let mut group = three(floats(&[1.0, 2.0, 3.0]));
        group[1].1 = text(&["a", "b", id]);
        let problem = refused(group);
        assert_eq!(
            (problem.line, problem.message.as_str()),
            (3, "not an id"),
            "{id}"
        );
    }
}

#[test]
fn a_comparison_given_twice_is_refused_with_its_row() {
    let twice = vec![
        ("reference", text(&["a", "a", "b", "a"])),
        ("probe", text(&["b", "a", "a", "b"])),
        ("score", floats(&[1.0, 2.0, 3.0, 4.0])),
    ];
    let problem = refused(twice);
    assert_eq!(problem.line, 4);
    assert!(
        problem.message.contains("second time"),
        "{}",
        problem.message
    );
}

#[test]
fn columns_that_cannot_be_are_refused() {
    let with = |name: &'static str, values: Values| {
        let mut group = three(floats(&[1.0, 2.0, 3.0]));
        group.push((name, values));
        let problem = refused(group);
        assert_eq!((problem.line, problem.todo), (0, COLUMNS));
        problem.message
    };
    assert_eq!(
        with("__index_level_0__", ints(&[0, 1, 2])),
        "unknown column `__index_level_0__`"
    );
    assert_eq!(with("score", floats(&[0.0; 3])), "column `score` twice");
    assert_eq!(
        with("attempt", text(&["1"; 3])),
        "column `attempt` is of a type (BYTE_ARRAY) that it cannot be"
    );
    let mut fewer = three(floats(&[1.0, 2.0, 3.0]));
    fewer.remove(2);
    assert_eq!(refused(fewer).message, "no column `score`");
    let mut mixed = three(floats(&[1.0, 2.0, 3.0]));
    mixed[1].1 = ints(&[1, 2, 3]);
    assert_eq!(
        refused(mixed).message,
        "`reference` and `probe` are of different types"
    );
    let nested = "message scores { optional group reference { optional int32 probe; } }";
    let properties = WriterProperties::default();
    let path = write(nested, properties, &[vec![("", Values::Int(vec![]))]]);
    let problem = read(path.path(), Direction::Similarity).unwrap_err();
    assert_eq!(problem.message, "unknown column `reference.probe`");
    assert!(read(Path::new("/nowhere.parquet"), Direction::Similarity).is_err());
}

/// A study of 60 subjects in three row groups: a summary says what the scores held whole say.
#[test]
fn a_summary_agrees_with_the_scores_held_whole() {
    let group = |references: std::ops::Range<i32>| {
        let pairs: Vec<_> = references
            .flat_map(|a| (0..60).map(move |b| (a, b)))
            .collect();
        let score = |(a, b): &(i32, i32)| {
            let noise = (a * 7_919 + b * 104_729) % 1_000;
            noise as f32 / 1_000.0 + if a == b { 0.7 } else { 0.0 }
        };
        vec![
            (
                "reference",
                ints(&pairs.iter().map(|p| p.0).collect::<Vec<_>>()),
            ),
            (
                "probe",
                ints(&pairs.iter().map(|p| p.1).collect::<Vec<_>>()),
            ),
            (
                "score",
                floats(&pairs.iter().map(score).collect::<Vec<_>>()),
            ),
        ]
    };
    let path = file(
        WriterProperties::default(),
        &[group(0..20), group(20..21), group(21..60)],
    );
    for direction in [Direction::Similarity, Direction::Distance] {
        let scores = read(path.path(), direction).unwrap();
        let targets = [0.1, 0.01, 1e-4];
        let summary = summary(path.path(), direction, &targets).unwrap();
        for (target, found) in targets.iter().zip(&summary.rates) {
            let whole = at_fmr(&scores.genuine.score, &scores.impostor.score, *target);
            assert_eq!(found.rates, whole.ok());
        }
        let mut counter = Counter::new(&scores.genuine.score).unwrap();
        counter.feed(&scores.impostor.score);
        let det = counter.det().unwrap();
        assert_eq!((summary.genuine, summary.impostors), (60, 3_540));
        assert_eq!(
            summary.equal_error_rate.to_bits(),
            det.equal_error_rate().to_bits()
        );
        assert_eq!(summary.curve, det.thinned(POINTS));
    }
}

#[test]
fn a_summary_needs_both_classes() {
    let one = |probe: &[&'static str]| {
        let path = plain(vec![
            ("reference", text(&["a", "b"])),
            ("probe", text(probe)),
            ("score", floats(&[1.0, 2.0])),
        ]);
        summary(path.path(), Direction::Similarity, &[0.1])
            .unwrap_err()
            .message
    };
    assert_eq!(one(&["a", "b"]), "the file has no impostor comparison");
    assert_eq!(one(&["b", "a"]), "the file has no genuine comparison");
}

/// Every cut and every changed byte, under each compression and version of pages: a problem or scores, never a panic.
#[test]
fn damaged_files_never_panic() {
    let zstd = Compression::ZSTD(parquet::basic::ZstdLevel::default());
    let properties = [
        (Compression::UNCOMPRESSED, WriterVersion::PARQUET_1_0),
        (Compression::SNAPPY, WriterVersion::PARQUET_2_0),
        (zstd, WriterVersion::PARQUET_1_0),
    ];
    for (compression, version) in properties {
        let properties = WriterProperties::builder()
            .set_compression(compression)
            .set_writer_version(version);
        let mut group = three(floats(&[1.0, 2.0, 3.0]));
        group.push(("attempt", ints(&[1, 2, 3])));
        let sound = file(properties.build(), &[group]);
        assert!(read(sound.path(), Direction::Similarity).is_ok());
        let bytes = std::fs::read(sound.path()).unwrap();
        let damaged = tempfile::NamedTempFile::new().unwrap();
        for end in 0..bytes.len() {
            std::fs::write(damaged.path(), &bytes[..end]).unwrap();
            let problem = read(damaged.path(), Direction::Similarity).unwrap_err();
            assert_eq!((problem.line, problem.todo), (0, DAMAGED), "cut at {end}");
        }
        for at in 0..bytes.len() {
            for change in [0x01, 0xff] {
                let mut changed = bytes.clone();
                changed[at] ^= change;
                std::fs::write(damaged.path(), &changed).unwrap();
                let _ = read(damaged.path(), Direction::Similarity);
                if change == 0xff {
                    let _ = summary(damaged.path(), Direction::Similarity, &[0.5]);
                }
            }
        }
    }
}
