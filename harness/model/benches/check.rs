//! `check` of 1,000 scenarios with the shipped catalogue and sequences; the same texts through a plain YAML parser in the same run.
//! Goal: at most 1 s. `cargo bench -p shinsa-model --bench check`; results in the README.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use shinsa_model::check::{Source, check};
use shinsa_model::schema::Layout;

const SCENARIOS: usize = 1000;

fn folder(name: &str, layout: Layout) -> Vec<Source> {
    let folder = Path::new("../../scenarios").join(name);
    let entries = std::fs::read_dir(&folder).expect("scenarios");
    let mut sources: Vec<Source> = entries
        .map(|entry| {
            let path = entry.expect("file").path();
            Source {
                text: std::fs::read_to_string(&path).expect("text"),
                path: path.display().to_string(),
                layout,
            }
        })
        .collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// The shipped scenarios again and again, each under an id of its own.
fn thousand() -> Vec<Source> {
    let mut sources = folder("criteria", Layout::Criteria);
    sources.retain(|source| source.path.contains("reader-1.2"));
    sources.extend(folder("sequences", Layout::Sequence));
    let shipped = folder("certification", Layout::Scenario);
    for n in 0..SCENARIOS {
        let original = &shipped[n % shipped.len()];
        sources.push(Source {
            path: format!("{n}.yaml"),
            layout: Layout::Scenario,
            text: original
                .text
                .replacen("scenario: ", &format!("scenario: s{n}-"), 1),
        });
    }
    sources
}

fn bench(c: &mut Criterion) {
    let sources = thousand();
    assert!(check(&sources).is_ok(), "the shipped scenarios are whole");
    let bytes: usize = sources.iter().map(|source| source.text.len()).sum();
    let mut group = c.benchmark_group("1,000 scenarios");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("check", |b| b.iter(|| check(black_box(&sources)).is_ok()));
    group.bench_function("yaml_serde into Value (parses only)", |b| {
        b.iter(|| {
            for source in &sources {
                let value: serde_yaml::Value =
                    serde_yaml::from_str(black_box(&source.text)).expect("yaml");
                black_box(value);
            }
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
