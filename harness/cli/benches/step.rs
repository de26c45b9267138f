//! What the runner needs for a step that does nothing: the real `shinsa run` of one trial of 2,000 pauses of 0 ms, timed by its own
//! journal from the first step's start to the last one's end. No flush lies between (one per trial). Goal: at most 20 µs.
//! `cargo bench -p shinsa --bench step`; results in the README.

use std::fs;
use std::process::Command;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const STEPS: u64 = 2000;

fn bench(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("folder");
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("file");
    put(
        "dut.yaml",
        "format: 1\nmake: none\nmodel: none\nscreens: screens.yaml\nlog_kinds: {}\n",
    );
    put(
        "rig.yaml",
        "rig: desk\nformat: 1\ntitle: { ja: 机上, en: Desk }\nplace: bench\nrun_dir: unused\ndut: dut.yaml\ncards: []\n\
         drivers:\n  m: { driver: command, provides: [management], commands: { manage: [sh, none] } }\n",
    );
    let steps = format!("  - pause: {{ for: 0 ms }}\n    times: {STEPS}\n");
    put(
        "scenario.yaml",
        &format!(
            "scenario: nothing\nformat: 1\ntitle: {{ ja: 空, en: Nothing }}\ncriteria: [3-21]\nrequires: []\nsteps:\n{steps}"
        ),
    );
    let mut run = 0;
    let mut group = c.benchmark_group("runner");
    group.sample_size(10);
    group.throughput(Throughput::Elements(STEPS));
    group.bench_function("journaled no-op steps", |b| {
        b.iter_custom(|iterations| {
            let mut total = Duration::ZERO;
            for _ in 0..iterations {
                run += 1;
                let out = folder.path().join(format!("run-{run}"));
                let output = Command::new(env!("CARGO_BIN_EXE_shinsa"))
                    .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
                    .arg("run")
                    .arg(folder.path().join("scenario.yaml"))
                    .arg("--rig")
                    .arg(folder.path().join("rig.yaml"))
                    .arg("--rig-dir")
                    .arg(folder.path().join("rig"))
                    .arg("--out")
                    .arg(&out)
                    .output()
                    .expect("shinsa");
                let journal = fs::read_to_string(out.join("journal.jsonl"));
                let journal = journal.unwrap_or_else(|_| {
                    panic!("{}", String::from_utf8_lossy(&output.stderr));
                });
                total += between(&journal);
            }
            total
        });
    });
    group.finish();
}

/// From the first `step-started` to the last `step-ended`.
fn between(journal: &str) -> Duration {
    let time = |line: &str| -> u64 {
        let (_, rest) = line.split_once("\"t_ns\":").expect("time");
        rest.split(',').next().expect("time").parse().expect("time")
    };
    let first = of(journal, "\"kind\":\"step-started\"").next().map(time);
    let ended: Vec<u64> = of(journal, "\"kind\":\"step-ended\"").map(time).collect();
    assert_eq!(ended.len() as u64, STEPS);
    Duration::from_nanos(ended.last().expect("step") - first.expect("step"))
}

/// Lines of a kind.
fn of<'a>(journal: &'a str, kind: &'a str) -> impl Iterator<Item = &'a str> {
    journal.lines().filter(move |line| line.contains(kind))
}

criterion_group!(benches, bench);
criterion_main!(benches);
