//! How many copies of a picture does likeness find in memory, and how near do other people's come? Planted: photos of the chip, frames, previews on
//! screens and faces cut out, of drawn people, in every layout, beside everything that lies in memory beside them.
//!
//! ```text
//! cargo run --release -p shinsa-residue --example recall -- [LOOKS [SEED]]
//! ```
//!
//! Prints a table by kind, by layout and by neighbour, and each own copy that was missed with the number that repeats it (`recall 1 NUMBER`). What is
//! known of recall (`likeness`'s documentation) comes from here. Decides nothing; tests in `likeness` hold single points of it.

mod memory;
mod pictures;
mod table;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use memory::{LAYOUTS, Layout, NEIGHBOURS, Neighbour};
use pictures::{KINDS, Kind};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shinsa_residue::likeness::{Likeness, Looking};

/// From here on a place is a finding.
const LIMIT: f32 = 0.9;

/// What was planted in one look, and what was found.
#[derive(Debug, Clone)]
struct Look {
    number: u64,
    kind: Kind,
    layout: Layout,
    neighbour: Neighbour,
    /// Pixels across: of the copy, or of the face in it.
    wide: u32,
    /// Highest correlation with the own person's picture, −1 where nothing fitted.
    own: f32,
    /// The same with somebody else's, in the same memory.
    other: f32,
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(|one| one.parse::<u64>());
    let mut next = |usual| match arguments.next() {
        None => usual,
        Some(Ok(number)) => number,
        Some(Err(_)) => {
            eprintln!("usage: recall [LOOKS [SEED]]");
            std::process::exit(2);
        }
    };
    let (looks, seed) = (next(400), next(1));
    let begun = AtomicU64::new(0);
    let all = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let n = begun.fetch_add(1, Ordering::Relaxed);
                    if n >= looks {
                        return;
                    }
                    let done = look(seed + n);
                    all.lock().unwrap().push(done);
                }
            });
        }
    });
    let mut all = all.into_inner().unwrap();
    all.sort_by_key(|look| look.number);
    table::print(&all);
}

/// Everything about a look follows from its number.
fn look(number: u64) -> Look {
    let mut draw = ChaCha8Rng::seed_from_u64(number);
    let kind = *KINDS.choose(&mut draw).unwrap();
    let layout = *LAYOUTS.choose(&mut draw).unwrap();
    let neighbour = *NEIGHBOURS.choose(&mut draw).unwrap();
    let who = draw.random_range(0..pictures::PEOPLE);
    let somebody = (who + draw.random_range(1..pictures::PEOPLE)) % pictures::PEOPLE;
    let (planted, wide) = pictures::planted(kind, who, &mut draw);
    let memory = memory::memory(&planted, layout, neighbour, &mut draw);
    // As a whole and by the face apart: who is found by the one is not looked for by the other.
    let score = |likeness: &Likeness| {
        let mut looking = Looking::new(likeness).with_limit(-1.0);
        looking.feed(&memory);
        let (found, not_compared) = looking.take();
        assert!(not_compared.is_empty(), "{number}: too much to compare");
        found.iter().map(|one| one.score).fold(-1.0, f32::max)
    };
    let best = |person| {
        let likenesses = pictures::canaries(kind, person, number);
        likenesses.iter().map(score).fold(-1.0, f32::max)
    };
    Look {
        number,
        kind,
        layout,
        neighbour,
        wide,
        own: best(who),
        other: best(somebody),
    }
}
