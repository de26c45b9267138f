//! The search beside a plain read of the same memory, in the same run. `cargo bench -p shinsa-residue --bench search`.
//!
//! The memory is made of what this machine has: its programs and libraries, its texts, random bytes, zeros. With `SHINSA_PEERS=DIR` it
//! only writes memory and patterns there, for `ci/peers/residue.py`. `SHINSA_MIB` sets the size (1024).
//! Peers in Rust (aho-corasick, boreal) run here, on the first 128 MiB: `-- "aho|boreal"` runs them alone.
//! The machine is shared: goals are held against the fastest of all iterations, printed at the end.

mod live;
mod memory;
mod read;
mod yara;

use std::cell::Cell;
use std::hint::black_box;
use std::time::{Duration, Instant};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, criterion_group};
use memory::SplitMix;
use shinsa_residue::canary::SecretBytes;
use shinsa_residue::images::Picture;
use shinsa_residue::likeness::{Likeness, Looking};
use shinsa_residue::search::{
    Kernel, Needles, Pattern, Pins, Rendering, Renderings, Searcher, Watched,
};

fn needles(patterns: &[Vec<u8>]) -> Needles {
    let patterns: Vec<_> = (0..)
        .zip(patterns)
        .map(|(tag, bytes)| Pattern { tag, bytes })
        .collect();
    Needles::new(&patterns).expect("usable patterns")
}

/// A canary's face in twelve layouts of 640 × 480, as noisy as a camera's: 11 MB.
fn renderings(stride: usize) -> Renderings {
    let mut random = SplitMix(77);
    let images: Vec<Vec<u8>> = (0..12)
        .map(|n| random.bytes(640 * 480 * [1, 3, 3, 4, 4, 2, 1, 3, 3, 4, 4, 2][n]))
        .collect();
    let renderings: Vec<_> = (0..)
        .zip(&images)
        .map(|(tag, bytes)| Rendering { tag, bytes })
        .collect();
    Renderings::new(&renderings, stride).expect("searchable")
}

/// A picture of waves.
fn recognised() -> Likeness {
    let wave = |n: u32| {
        let (x, y) = ((n % 240) as f32, (n / 240) as f32);
        (128.0 + 60.0 * (x / 17.0 + y / 40.0).sin() + 40.0 * (y / 9.0).cos()) as u8
    };
    let samples: SecretBytes = (0..240 * 300).map(wave).collect();
    let mut likeness = Likeness::default();
    assert!(likeness.add(0, &Picture::grey(240, 300, samples).expect("a picture")));
    likeness
}

fn pins() -> Pins {
    Pins::counting(&[Watched { pin: 4711, tag: 1 }]).expect("a PIN")
}

/// The fastest iteration of one function in GB/s; criterion's own figures are written as usual.
fn fastest<T>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    bytes: usize,
    work: impl Fn() -> T,
) -> f64 {
    let best = Cell::new(Duration::MAX);
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|iterations| {
            (0..iterations)
                .map(|_| {
                    let start = Instant::now();
                    let result = black_box(work());
                    let took = start.elapsed();
                    drop(result);
                    best.set(best.get().min(took));
                    took
                })
                .sum()
        });
    });
    bytes as f64 / best.get().as_secs_f64() / 1e9
}

/// A figure and the goal it is held against.
struct Line {
    what: String,
    speed: f64,
    floor: f64,
    /// As a part of the floor.
    goal: Option<f64>,
}

/// Smallest speed of a live scan, GB/s.
const LIVE: f64 = 3.0;

impl Line {
    fn print(&self) {
        // Filters leave some out: a goal is neither met nor missed then.
        if self.speed <= 0.0 || self.floor <= 0.0 {
            println!("{:<44} not run, or not what it is held against", self.what);
            return;
        }
        let ratio = self.speed / self.floor;
        let standing = match self.goal {
            Some(goal) if ratio >= goal => format!("goal met, at least {goal}"),
            Some(goal) => format!("goal MISSED, at least {goal}"),
            None => "no goal".into(),
        };
        println!(
            "{:<44} {:6.2} GB/s, {ratio:5.3} of a plain read: {standing}",
            self.what, self.speed
        );
    }
}

/// Goals at 300 and 3,000 patterns.
fn goals(kernel: Kernel) -> (f64, f64) {
    match kernel {
        Kernel::Avx512 => (0.35, 0.20),
        Kernel::Avx2 => (0.25, 0.15),
        Kernel::Scalar => (0.10, 0.10),
    }
}

/// Of a process's memory as it lives: reading alone, and searching; the goal in GB/s.
fn live_scan(
    group: &mut BenchmarkGroup<'_, WallTime>,
    mib: usize,
    searcher: &Searcher,
) -> [(&'static str, f64, Option<f64>); 2] {
    let held = live::Held::start(mib);
    let size = held.search(None).0 as usize;
    [
        ("a live process, read alone", None, None),
        ("a live process, 300 patterns", Some(searcher), Some(LIVE)),
    ]
    .map(|(name, searcher, goal)| {
        let speed = fastest(group, name, size, || held.search(searcher));
        (name, speed, goal)
    })
}

/// Likeness to a picture, and what it costs to tell where there is any.
fn pictures(group: &mut BenchmarkGroup<'_, WallTime>, part: &[u8]) -> [(&'static str, f64); 2] {
    [
        ("what looks like a picture", Likeness::default()),
        ("copies of a picture of any size", recognised()),
    ]
    .map(|(name, likeness)| {
        let speed = fastest(group, name, part.len(), || {
            let mut looking = Looking::new(&likeness);
            part.chunks(1 << 20).for_each(|chunk| looking.feed(chunk));
            looking.take()
        });
        (name, speed)
    })
}

fn search(c: &mut Criterion) {
    let mib = std::env::var("SHINSA_MIB")
        .ok()
        .and_then(|mib| mib.parse().ok())
        .unwrap_or(1024);
    let data = memory::mixed(mib << 20);
    if let Some(folder) = std::env::var_os("SHINSA_PEERS") {
        memory::write(folder.as_ref(), &data).expect("a writable folder");
        println!("written for the peers; nothing measured");
        return;
    }
    let size = data.len();
    let mut group = c.benchmark_group(format!("{mib} MiB"));
    group.sample_size(10);
    group.sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(100));
    group.measurement_time(Duration::from_secs(1));
    let floor = fastest(&mut group, "plain read", size, || {
        read::sum(black_box(&data))
    });
    let mut lines = Vec::new();
    let mut line = |what: &str, speed: f64, floor: f64, goal: Option<f64>| {
        lines.push(Line {
            what: what.into(),
            speed,
            floor,
            goal,
        });
    };
    line("plain read", floor, floor, None);
    let mut measure = |name: &str, searcher: &Searcher, threads: usize| {
        fastest(&mut group, name, size, || {
            searcher.search(black_box(&data), 0, threads)
        })
    };
    for kernel in Kernel::available() {
        let (at_300, at_3000) = goals(kernel);
        for (count, goal) in [
            (30, None),
            (300, Some(at_300)),
            (3_000, Some(at_3000)),
            (30_000, None),
        ] {
            let searcher = Searcher::new().literals(needles(&memory::patterns(count)));
            let searcher = searcher.kernel(kernel).expect("available");
            let name = format!("{count} patterns, {kernel:?}");
            let speed = measure(&name, &searcher, 1);
            line(&name, speed, floor, goal);
        }
    }
    let literals = || Searcher::new().literals(needles(&memory::patterns(300)));
    let one = measure("300 patterns, one thread", &literals(), 1);
    let two = measure("300 patterns, two threads", &literals(), 2);
    line("300 patterns, two threads beside one", two, one, Some(1.7));
    for (stride, goal) in [(64, Some(0.25)), (256, None)] {
        let name = format!("images of 11 MB, stride {stride}");
        let speed = measure(&name, &Searcher::new().renderings(renderings(stride)), 1);
        line(&name, speed, floor, goal);
    }
    let speed = measure("all PINs in 14 forms", &Searcher::new().pins(pins()), 1);
    line("all PINs in 14 forms", speed, floor, None);
    let everything = literals().renderings(renderings(64)).pins(pins());
    for threads in [1, 2] {
        let name = format!("300 patterns, images, PINs, {threads} threads");
        let speed = measure(&name, &everything, threads);
        line(&name, speed, floor, None);
    }
    for (name, speed, goal) in live_scan(&mut group, mib, &literals()) {
        line(name, speed, floor, goal.map(|goal| goal / floor));
    }
    let part = &data[..size.min(128 << 20)];
    for (name, speed) in pictures(&mut group, part) {
        line(name, speed, floor, None);
    }
    for count in [30, 300, 3_000] {
        let engine = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .build(memory::patterns(count))
            .expect("an automaton");
        let name = format!("{count} patterns, aho-corasick DFA");
        let speed = fastest(&mut group, &name, part.len(), || {
            engine.find_overlapping_iter(black_box(part)).count()
        });
        line(&name, speed, floor, None);
        for (what, every) in [("which rules match", false), ("every match", true)] {
            let scanner = yara::scanner(&memory::patterns(count), every);
            let name = format!("{count} patterns, boreal, {what}");
            let speed = fastest(&mut group, &name, part.len(), || {
                yara::matching(&scanner, black_box(part))
            });
            line(&name, speed, floor, None);
        }
    }
    group.finish();
    lines.iter().for_each(Line::print);
}

criterion_group!(benches, search);

fn main() {
    live::hold_if_asked();
    benches();
    Criterion::default().configure_from_args().final_summary();
}
