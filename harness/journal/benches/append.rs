//! Journal append with flush (group commit) against plain `write` + `fdatasync` of the same bytes, in the same run.
//! `cargo bench -p shinsa-journal`; results in the README.

use std::hint::black_box;
use std::io::Write;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use shinsa_journal::{Writer, chain};
use shinsa_model::event::{Event, Record};

/// Events between two flushes: about a trial's.
const TRIAL: u64 = 40;

fn record(seq: u64) -> Record {
    let event = Event::StepStarted {
        trial: "five-seconds#17".into(),
        attempt: 1,
        step: format!("steps[{}]", seq % 20),
        occurrence: 0,
    };
    Record {
        seq,
        session: 0,
        t_ns: seq * 1_000_000,
        wall: "2026-11-20T10:00:00.000000000+09:00".into(),
        event,
    }
}

fn append(c: &mut Criterion) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("folder on the disk");
    let lines: Vec<String> = (0..TRIAL)
        .map(|seq| {
            chain::seal(
                chain::START,
                &serde_json::to_string(&record(seq)).expect("json"),
            )
            .0
        })
        .collect();
    let bytes: usize = lines.iter().map(String::len).sum();
    let mut group = c.benchmark_group("journal");
    group.throughput(Throughput::ElementsAndBytes {
        elements: TRIAL,
        bytes: bytes as u64,
    });
    group.bench_function("append + flush", |b| {
        // Criterion comes here twice; a journal is never written over.
        let own = tempfile::tempdir_in(folder.path()).expect("folder");
        let writer = Writer::create(&own.path().join("journal")).expect("journal");
        b.iter(|| {
            (0..TRIAL).for_each(|seq| writer.append(record(seq)));
            writer.flush().expect("flush")
        });
    });
    group.bench_function("plain write + fdatasync", |b| {
        let mut file = std::fs::File::create(folder.path().join("plain")).expect("file");
        b.iter(|| {
            for line in &lines {
                file.write_all(black_box(line.as_bytes())).expect("write");
            }
            file.sync_data().expect("fdatasync");
        });
    });
    group.bench_function("append, no flush", |b| {
        let own = tempfile::tempdir_in(folder.path()).expect("folder");
        let writer = Writer::create(&own.path().join("journal")).expect("journal");
        b.iter(|| (0..TRIAL).for_each(|seq| writer.append(record(seq))));
    });
    group.finish();
}

criterion_group!(benches, append);
criterion_main!(benches);
