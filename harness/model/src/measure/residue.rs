//! PINs that stay behind (3-16): the counts of all authentications of a scenario, put together and judged by
//! `shinsa_stats::pins`. Pure; the labels in the journal say nothing of the PINs.

use std::collections::BTreeMap;

use shinsa_stats::pins::{
    Cell, Change, Judged, Outcome, Planted, Reason, Settings, Study, Trial, Urn, judge,
};

use super::ledger::Ledger;
use super::limit::Bounds;
use super::rule::Ruling;
use super::values::{Gathered, ends};
use crate::event::StepOutcome;
use crate::plan;
use crate::quantity::Quantity;
use crate::residue::{PinChanges, READING, TRUE_PIN};
use crate::scenario::PinResidue;
use crate::text::Bilingual;
use crate::verdict::{PinCell, PinFinding, Verdict};

/// Counts of one authentication, or of one planted leak.
#[derive(Debug, Clone, PartialEq)]
pub enum Counted {
    /// After the end, by planned delay in seconds.
    After(Vec<(u32, PinChanges)>),
    /// In mid-authentication.
    Live(PinChanges),
    /// With a planted leak.
    Seeded(PinChanges),
}

/// Collects the counts of a trial. Counts after the end count only together: all delays or none.
pub fn gather(of: &PinResidue, trial: &plan::Trial, ledger: &Ledger, gathered: &mut Gathered) {
    let mut read = |id: &String| -> Vec<PinChanges> {
        let steps = ends(trial, ledger, |planned| {
            planned.step.id.as_ref() == Some(id)
        });
        let read: Vec<Option<(u64, PinChanges)>> = steps
            .iter()
            .map(|end| {
                let done = end.filter(|facts| *facts.outcome == StepOutcome::Done)?;
                let value = done.observation?.value.get(READING)?;
                Some((done.seq, serde_json::from_value(value.clone()).ok()?))
            })
            .collect();
        let mut all = Vec::new();
        for one in read {
            match one {
                Some((seq, changes)) => {
                    gathered.evidence.push(seq);
                    all.push(changes);
                }
                None => gathered.miss("暗証番号の計数がない", "PINs were not counted"),
            }
        }
        all
    };
    let mut counted = Vec::new();
    let after: Vec<Vec<PinChanges>> = of.after.iter().map(|after| read(&after.step)).collect();
    let repetitions = after.iter().map(Vec::len).min().unwrap_or(0);
    for n in 0..repetitions {
        let delays = of.after.iter().zip(&after);
        let all =
            delays.map(|(step, found)| (step.delay.seconds().round() as u32, found[n].clone()));
        counted.push(Counted::After(all.collect()));
    }
    let arm = |step: &Option<String>| step.clone();
    counted.extend(arm(&of.live).iter().flat_map(&mut read).map(Counted::Live));
    counted.extend(arm(&of.seeded).iter().flat_map(read).map(Counted::Seeded));
    gathered.counted.extend(counted);
}

/// The rate of authentications that leave their PIN behind, against its limit.
pub fn rule(
    gathered: &Gathered,
    limit: &Bounds,
    unit: &str,
    confidence: f64,
    seed: u64,
) -> (Ruling, u64, Option<Box<PinFinding>>) {
    let whole = Quantity::whole(unit);
    let Some(most) = limit.most.filter(|_| limit.least.is_none()) else {
        return nothing(
            "漏れの率の限度は at_most で与える",
            "a leak rate's limit is an `at_most`",
        );
    };
    let Some(study) = Assembly::of(&gathered.counted).study() else {
        return nothing(
            "暗証番号の計数が互いに合わない",
            "counts of PINs do not fit together: a cell twice, or a label beyond 9,999",
        );
    };
    let settings = Settings {
        confidence,
        largest_bound: most / whole,
        ..Settings::standard(study.cells.len(), seed)
    };
    let judged = match judge(&study, &settings) {
        Ok(judged) => judged,
        Err(why) => return nothing("暗証番号の計数を判定できない", &why.to_string()),
    };
    let trials = study.typed.len() as u64;
    let finding = finding(&study, &judged);
    let (guarded, bounds, open) = match &judged.outcome {
        Outcome::Residue { .. } => (Verdict::Fail, None, None),
        Outcome::Bound(bound) => (Verdict::Pass, Some((0.0, bound.upper * whole)), None),
        Outcome::Inconclusive(reasons) => (Verdict::Inconclusive, None, Some(words(reasons))),
    };
    let residue = matches!(judged.outcome, Outcome::Residue { .. });
    let share = |n: u64| n as f64 / trials.max(1) as f64 * whole;
    let ruling = Ruling {
        estimate: (trials > 0).then(|| {
            share(
                finding
                    .cells
                    .iter()
                    .map(|cell| cell.rose)
                    .max()
                    .unwrap_or(0),
            )
        }),
        bounds,
        guarded,
        simple: if residue { Verdict::Fail } else { guarded },
        open,
    };
    (ruling, trials, Some(Box::new(finding)))
}

fn nothing(ja: &str, en: &str) -> (Ruling, u64, Option<Box<PinFinding>>) {
    let open = Some(Bilingual {
        ja: ja.into(),
        en: en.into(),
    });
    (
        Ruling {
            open,
            ..Ruling::nothing()
        },
        0,
        None,
    )
}

fn finding(study: &Study, judged: &Judged) -> PinFinding {
    let cells = match &judged.outcome {
        Outcome::Residue { cells, .. } => cells
            .iter()
            .map(|found| PinCell {
                form: found.cell.encoding.clone(),
                region: found.cell.region.clone(),
                delay_s: found.cell.delay_s,
                rose: found.rose,
                p: found.adjusted,
            })
            .collect(),
        _ => Vec::new(),
    };
    PinFinding {
        authentications: study.typed.len() as u64,
        counted_in: study.cells.len() as u64,
        cells,
        never_typed: judged.null.trials,
        alarms: judged.null.alarms.len() as u64,
        planted: judged.sensitivity.planted,
        planted_found: judged.sensitivity.found,
        sensitivity: judged.sensitivity.lower,
        live: judged.live.trials,
        live_visible: judged.live.visible.len() as u64,
    }
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
            persistence: None,
            contexts: Vec::new(),
        };
        for counted in self.counted {
            match counted {
                Counted::After(_) => {
                    study.typed.push(self.trial(counted, TRUE_PIN)?);
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

fn of_study(cell: &crate::residue::CountedIn, delay_s: u32) -> Cell {
    Cell {
        encoding: cell.form.clone(),
        region: cell.region.clone(),
        delay_s,
    }
}

/// The reasons, for people.
fn words(reasons: &[Reason]) -> Bilingual {
    let ja = reasons.iter().map(|reason| match reason {
        Reason::NoTrials => "計数した認証がない".to_owned(),
        Reason::NullMissing { has, needed } => {
            format!("入力しない暗証番号での対照 {has} 件（{needed} 件が必要）")
        }
        Reason::NullAlarm(cells) => {
            format!("入力しない暗証番号が {cells} 区分で見つかった（試験系自身が残している）")
        }
        Reason::SeededMissing => "漏れを植え付けた対照がない".to_owned(),
        Reason::Insensitive {
            found,
            planted,
            lower,
            needed,
        } => format!(
            "植え付けた漏れ {planted} 件のうち {found} 件を検出（感度の下限 {:.1} %、{:.0} % が必要）",
            lower * 100.0,
            needed * 100.0
        ),
        Reason::LiveMissing => "認証途中の探索がない".to_owned(),
        Reason::Invisible => {
            "認証途中にも暗証番号が見えないため、後に見えないことから何も言えない".to_owned()
        }
        Reason::TooFewTrials { upper, limit } => format!(
            "認証の数が足りない（漏れの率は {:.2} % 未満としか言えず、{:.2} % が必要）",
            upper * 100.0,
            limit * 100.0
        ),
    });
    Bilingual {
        ja: ja.collect::<Vec<_>>().join("。"),
        en: reasons
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::residue::CountedIn;

    fn changes(rose: Vec<u16>) -> PinChanges {
        PinChanges {
            cells: vec![CountedIn {
                form: "ascii".into(),
                region: "reader/heap".into(),
            }],
            rose: vec![rose],
            fell: vec![Vec::new()],
            ..PinChanges::default()
        }
    }

    /// Labels that rise by chance, never the true PIN's.
    fn chance(n: usize) -> Vec<u16> {
        (1..4)
            .map(|k| ((n * 37 + k * 997) % 9_999 + 1) as u16)
            .collect()
    }

    /// A run whose every authentication leaks or does not, with arms of these sizes.
    fn run(typed: usize, leaks: bool, planted: usize, live: usize) -> Gathered {
        let mut counted = Vec::new();
        for n in 0..typed {
            let mut after = changes(chance(n));
            after.never_typed = vec![5_000 + n as u16];
            if leaks {
                after.rose[0].push(TRUE_PIN);
            }
            counted.push(Counted::After(vec![(0, after)]));
        }
        for n in 0..planted {
            let mut seeded = changes(chance(n));
            seeded.rose[0].push(TRUE_PIN);
            seeded.planted = Some(0);
            counted.push(Counted::Seeded(seeded));
        }
        let seen = |n| {
            let mut seen = changes(chance(n));
            seen.rose[0].push(TRUE_PIN);
            Counted::Live(seen)
        };
        counted.extend((0..live).map(seen));
        Gathered {
            counted,
            ..Gathered::default()
        }
    }

    fn judged(gathered: &Gathered) -> Ruling {
        let limit = Bounds {
            least: None,
            most: Some(1.0),
        };
        rule(gathered, &limit, "%", 0.95, 7).0
    }

    #[test]
    fn three_hundred_clean_authentications_with_all_arms_pass() {
        let ruling = judged(&run(300, false, 59, 5));
        assert_eq!(ruling.guarded, Verdict::Pass, "{:?}", ruling.open);
        assert!(ruling.bounds.unwrap().1 < 1.0);
    }

    #[test]
    fn a_pin_that_stays_fails() {
        let (ruling, n, found) = rule(
            &run(60, true, 0, 0),
            &Bounds {
                least: None,
                most: Some(1.0),
            },
            "%",
            0.95,
            7,
        );
        assert_eq!((ruling.guarded, n), (Verdict::Fail, 60));
        let found = found.unwrap();
        assert_eq!(found.cells[0].form, "ascii");
        assert_eq!(found.cells[0].rose, 60);
    }

    #[test]
    fn without_an_arm_nothing_passes() {
        for (gathered, word) in [
            (run(300, false, 0, 5), "seeded"),
            (run(300, false, 59, 0), "live"),
            (run(40, false, 59, 5), "null"),
        ] {
            let ruling = judged(&gathered);
            assert_eq!(ruling.guarded, Verdict::Inconclusive);
            let open = ruling.open.unwrap().en;
            assert!(open.contains(word), "{open}");
        }
        assert_eq!(judged(&run(0, false, 0, 0)).guarded, Verdict::Inconclusive);
    }

    #[test]
    fn counts_that_do_not_fit_decide_nothing() {
        let mut gathered = run(1, false, 0, 0);
        gathered.counted.push(Counted::Live(changes(vec![10_000])));
        assert_eq!(judged(&gathered).guarded, Verdict::Inconclusive);
    }
}
