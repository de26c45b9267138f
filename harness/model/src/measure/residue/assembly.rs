//! From counts of single authentications to one study: all cells together, and a label of its own for each true PIN.

use std::collections::BTreeMap;

use shinsa_stats::pins::{Cell, Change, Key, Kind, Planted, Seen, Study, Trial, Urn};

use super::Counted;
use crate::residue::{CountedIn, PinChanges, TRUE_PIN};

/// The study of these counts; none if they do not fit together: a cell twice, a label beyond 9,999.
pub fn study(counted: &[Counted]) -> Option<Study> {
    Assembly::of(counted).study()
}

/// Trials of all arms, with a label of its own for each true PIN.
struct Assembly<'a> {
    cells: BTreeMap<Cell, usize>,
    counted: &'a [Counted],
    labels: u16,
}

impl<'a> Assembly<'a> {
    fn of(counted: &'a [Counted]) -> Self {
        let mut cells = BTreeMap::new();
        // In mid-authentication and with a planted leak the delay is that of the first search after the end: 0 s.
        for (delay, changes) in counted.iter().flat_map(parts) {
            for cell in &changes.cells {
                cells.insert(of_study(cell, delay), 0);
            }
        }
        for (place, number) in cells.values_mut().enumerate() {
            *number = place;
        }
        Self {
            cells,
            counted,
            labels: 0,
        }
    }

    fn study(mut self) -> Option<Study> {
        let mut study = Study {
            cells: self.cells.keys().cloned().collect(),
            urn: Urn::all(),
            typed: Vec::new(),
            null: Vec::new(),
            seeded: Vec::new(),
            live: Vec::new(),
            seen: Vec::new(),
        };
        for counted in self.counted {
            match counted {
                Counted::After(_) => {
                    study.typed.push(self.trial(counted, TRUE_PIN)?);
                    study.seen.push(self.seen(counted)?);
                    let drawn = parts(counted).into_iter().next().map(|(_, first)| first);
                    for label in drawn.iter().flat_map(|changes| &changes.never_typed) {
                        study.null.push(self.trial(counted, *label)?);
                    }
                }
                Counted::Live(_) => study.live.push(self.trial(counted, TRUE_PIN)?),
                Counted::Seeded(changes) => {
                    let planted = changes.cells.get(changes.planted?)?;
                    let cell = *self.cells.get(&of_study(planted, 0))?;
                    let trial = self.trial(counted, TRUE_PIN)?;
                    study.seeded.push(Planted { trial, cell });
                }
            }
        }
        Some(study)
    }

    /// Where the true PIN stood.
    fn seen(&self, counted: &Counted) -> Option<Seen> {
        let mut all = Seen::default();
        for (delay_s, changes) in parts(counted) {
            let key = |kind, hash: &u64| Key {
                delay_s,
                kind,
                hash: *hash,
            };
            let Some(seen) = &changes.seen else {
                continue;
            };
            for held in &seen.held {
                let cell = of_study(changes.cells.get(held.cell)?, delay_s);
                let cell = *self.cells.get(&cell)?;
                let places = held.places.iter().map(|hash| key(Kind::Place, hash));
                let contexts = held.contexts.iter().map(|hash| key(Kind::Context, hash));
                all.held
                    .extend(places.chain(contexts).map(|key| (key, cell)));
            }
            let followed = seen.followed.iter();
            all.shown
                .extend(followed.map(|(hash, pins)| (key(Kind::Context, hash), u64::from(*pins))));
        }
        Some(all)
    }

    /// A trial in which `label` takes the next free label of the study, and that one its place.
    fn trial(&mut self, counted: &Counted, label: u16) -> Option<Trial> {
        let pin = self.labels;
        self.labels = self.labels.checked_add(1)?;
        let mut changes = vec![Change::none(); self.cells.len()];
        for (delay, of_delay) in parts(counted) {
            let lists = of_delay.rose.iter().zip(&of_delay.fell);
            for (cell, (rose, fell)) in of_delay.cells.iter().zip(lists) {
                let place = *self.cells.get(&of_study(cell, delay))?;
                let renamed = |labels: &Vec<u16>| -> Vec<u16> {
                    let rename = |one: &u16| match *one {
                        one if one == label => pin,
                        one if one == pin => label,
                        one => one,
                    };
                    labels.iter().map(rename).collect()
                };
                changes[place] = Change::of(&renamed(rose), &renamed(fell)).ok()?;
            }
        }
        Some(Trial { pin, changes })
    }
}

fn parts(counted: &Counted) -> Vec<(u32, &PinChanges)> {
    match counted {
        Counted::After(all) => all
            .iter()
            .map(|(delay, changes)| (*delay, changes))
            .collect(),
        Counted::Live(changes) | Counted::Seeded(changes) => vec![(0, changes)],
    }
}

fn of_study(cell: &CountedIn, delay_s: u32) -> Cell {
    Cell {
        encoding: cell.form.clone(),
        region: cell.region.clone(),
        delay_s,
    }
}
