//! The journal as a file: what a crash, a full disk or a changed byte does to it.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use shinsa_journal::{Broken, RunFolder, Writer, artefact, read};
use shinsa_model::event::{Event, Record};

fn record(seq: u64) -> Record {
    let event = Event::RunInterrupted {
        why: format!("event {seq} で中断"),
    };
    Record {
        seq,
        session: 0,
        t_ns: seq * 1000,
        wall: "2026-11-20T10:00:00Z".into(),
        event,
    }
}

fn write(path: &Path, count: u64) {
    let writer = Writer::create(path).unwrap();
    (0..count).for_each(|seq| writer.append(record(seq)));
    writer.flush().unwrap();
}

#[test]
fn what_was_flushed_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    write(&path, 10_000);
    let journal = read(&path).unwrap();
    assert_eq!(journal.records.len(), 10_000);
    assert_eq!(journal.records[77], record(77));
    assert_eq!(journal.whole_bytes, fs::metadata(&path).unwrap().len());
}

#[test]
fn a_torn_last_line_is_cut_off_at_every_length_and_the_chain_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    write(&path, 3);
    let whole = fs::read(&path).unwrap();
    let second_end = whole
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'\n')
        .nth(1)
        .unwrap()
        .0
        + 1;
    for length in second_end..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let journal = read(&path).unwrap();
        assert_eq!(
            (journal.records.len(), journal.torn_bytes),
            (2, (length - second_end) as u64)
        );
        let writer = Writer::go_on(&path, &journal).unwrap();
        writer.append(record(2));
        writer.flush().unwrap();
        assert_eq!(fs::read(&path).unwrap(), whole);
    }
}

#[test]
fn a_line_left_out_or_doubled_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    write(&path, 4);
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for (changed, at) in [
        ([lines[0], lines[2], lines[3]].concat(), 2),
        ([lines[0], lines[0], lines[1]].concat(), 2),
    ] {
        fs::write(&path, changed).unwrap();
        assert!(matches!(read(&path), Err(Broken::Line { line, .. }) if line == at));
    }
}

#[test]
fn a_full_disk_is_said_at_every_flush() {
    let file = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let writer = Writer::over(file, shinsa_journal::chain::START.into());
    writer.append(record(0));
    let first = writer.flush().unwrap_err().to_string();
    assert!(first.contains("No space left"), "{first}");
    assert_eq!(writer.flush().unwrap_err().to_string(), first);
}

#[test]
fn an_artefact_is_stored_once_and_checked_when_read() {
    let folder = tempfile::tempdir().unwrap();
    let first = artefact::store(folder.path(), "a.txt", "text/plain", b"seen").unwrap();
    let second = artefact::store(folder.path(), "b.txt", "text/plain", b"seen").unwrap();
    assert_eq!(first.sha256, second.sha256);
    assert_eq!(
        artefact::load(folder.path(), &first.sha256).unwrap(),
        b"seen"
    );
    fs::write(artefact::path(folder.path(), &first.sha256), b"sewn").unwrap();
    assert!(artefact::load(folder.path(), &first.sha256).is_err());
}

#[test]
fn a_folder_holds_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let run = RunFolder::create(&folder.path().join("r1")).unwrap();
    assert!(RunFolder::open(run.path()).is_err());
    write(&run.journal(), 1);
    assert!(RunFolder::create(run.path()).is_err());
    assert_eq!(RunFolder::open(run.path()).unwrap().id(), "r1");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_changed_byte_is_refused_in_its_line(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        write(&path, 5);
        let mut bytes = fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        let changed_line = bytes[..at].split(|b| *b == b'\n').count() as u64;
        bytes[at] ^= 1 << bit;
        fs::write(&path, &bytes).unwrap();
        // The very last newline, changed, makes the last line a torn one: nothing else can be known of it.
        if at == bytes.len() - 1 {
            prop_assert_eq!(read(&path).unwrap().records.len(), 4);
        } else {
            let found = matches!(read(&path), Err(Broken::Line { line, .. }) if line == changed_line);
            prop_assert!(found);
        }
    }
}
