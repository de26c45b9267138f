//! Tests of the PIN statistics on simulated memory.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Cell, Change, Planted, Settings, Study, Trial, Urn};

mod chance;
mod figures;
mod judging;
mod recurring;

/// Memory in which each PIN's count rises with chance `rise` and falls with chance `fall`, and those of `leaked` rise.
fn memory(random: &mut ChaCha8Rng, rise: f64, fall: f64, leaked: Option<u16>) -> Change {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for pin in 0..10_000 {
        let roll: f64 = random.random();
        if roll < rise || leaked == Some(pin) {
            after.push((pin, 1));
        } else if roll < rise + fall {
            before.push((pin, 1));
        }
    }
    Change::between(&before, &after).unwrap()
}

/// A source of trials whose PINs come from one urn.
struct Run {
    urn: Vec<u16>,
    random: ChaCha8Rng,
}

impl Run {
    fn new(seed: u64) -> Self {
        Self {
            urn: shuffled(seed),
            random: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    /// `count` trials in two cells, the first busy, the second nearly quiet; `leaks(trial)` names the cell that leaks.
    fn trials(&mut self, count: usize, leaks: impl Fn(usize) -> Option<usize>) -> Vec<Trial> {
        let one = |trial| {
            let pin = self.urn.pop().unwrap();
            let leaked = |cell| (leaks(trial) == Some(cell)).then_some(pin);
            let busy = memory(&mut self.random, 0.01, 0.01, leaked(0));
            let quiet = memory(&mut self.random, 0.0001, 0.0, leaked(1));
            let changes = vec![busy, quiet];
            Trial { pin, changes }
        };
        (0..count).map(one).collect()
    }

    /// A study with sound arms and these typed trials.
    fn study(&mut self, typed: Vec<Trial>) -> Study {
        let planted = |trial| Planted { trial, cell: 1 };
        let cell = |encoding: &str| Cell {
            encoding: encoding.into(),
            region: "heap".into(),
            delay_s: 0,
        };
        Study {
            cells: vec![cell("ascii"), cell("utf-16le")],
            urn: Urn::all(),
            typed,
            null: self.trials(60, |_| None),
            seeded: self
                .trials(59, |_| Some(1))
                .into_iter()
                .map(planted)
                .collect(),
            live: self.trials(10, |_| Some(1)),
            seen: Vec::new(),
        }
    }
}

fn settings() -> Settings {
    Settings::standard(2, 4711)
}

/// All PINs in random order.
fn shuffled(seed: u64) -> Vec<u16> {
    let mut pins: Vec<u16> = (0..10_000).collect();
    pins.shuffle(&mut ChaCha8Rng::seed_from_u64(seed << 32));
    pins
}
