//! Face templates that stay (3-16): the sketches of vectors after all authentications of a scenario, put together and judged by
//! `shinsa_stats::templates`. Pure; the sketches in the journal say nothing of a face.

use std::collections::BTreeSet;

use shinsa_stats::templates::{
    Agreement, Authentication, Candidate, Judged, Place, Reason, Settings, Shape, judge,
};

use super::ledger::Ledger;
use super::limit::Bounds;
use super::listed;
use super::rule::Ruling;
use super::values::{Gathered, ends};
use crate::event::StepOutcome;
use crate::plan::{Plan, Trial};
use crate::scenario::{Order, VectorResidue};
use crate::sketches::{Collected, READING, Sketched};
use crate::text::Bilingual;
use crate::verdict::{VectorFinding, VectorPlace, Verdict};

/// Collects the sketches of a trial.
pub fn gather(
    of: &VectorResidue,
    trial: &Trial,
    plan: &Plan,
    ledger: &Ledger,
    gathered: &mut Gathered,
) {
    let scenario = plan.scenarios.iter().find(|one| one.id == trial.scenario);
    gathered.vectors.random_order = scenario.is_some_and(|one| one.order == Order::Random);
    let Some(subject) = subject(of, trial, plan) else {
        gathered.miss("対象者のない試行", "a trial of nobody");
        return;
    };
    for (step, seeded) in [(Some(&of.step), false), (of.seeded.as_ref(), true)] {
        let named = ends(trial, ledger, |planned| {
            step.is_some_and(|step| planned.step.id.as_ref() == Some(step))
        });
        for end in named {
            let done = end.filter(|facts| *facts.outcome == StepOutcome::Done);
            let read = done.and_then(|facts| {
                let value = facts.observation?.value.get(READING)?;
                let read: Collected = serde_json::from_value(value.clone()).ok()?;
                Some((facts.seq, candidates(&read)?, read))
            });
            let Some((seq, candidates, read)) = read else {
                gathered.miss("ベクトルの採取がない", "vectors were not collected");
                continue;
            };
            gathered.evidence.push(seq);
            let formats = read.formats.iter().cloned().collect();
            gathered.vector_formats = Some(match gathered.vector_formats.take() {
                Some(known) => &known & &formats,
                None => formats,
            });
            let study = &mut gathered.vectors;
            study.dropped += read.dropped;
            study.unsearched += read.unsearched;
            let arm = if seeded {
                study.planted.extend(planted(&read));
                &mut study.seeded
            } else {
                &mut study.plain
            };
            arm.push(Authentication {
                subject,
                candidates,
            });
        }
    }
}

/// Number of a trial's subject among those of its scenario.
fn subject(of: &VectorResidue, trial: &Trial, plan: &Plan) -> Option<u32> {
    let mine = trial.parameters.get(&of.subject)?.to_string();
    let all: BTreeSet<String> = plan
        .trials
        .iter()
        .filter(|other| other.scenario == trial.scenario)
        .filter_map(|other| Some(other.parameters.get(&of.subject)?.to_string()))
        .collect();
    all.iter()
        .position(|known| *known == mine)
        .map(|place| place as u32)
}

/// Every length in every format.
fn planted(read: &Collected) -> impl Iterator<Item = Shape> {
    let of = |format: &String| {
        let shape = |length: &u32| Shape {
            format: format.clone(),
            length: *length,
        };
        read.planted.iter().map(shape).collect::<Vec<_>>()
    };
    read.formats.iter().flat_map(of)
}

/// None where a sketch is not hexadecimal or they are not all equally long.
fn candidates(read: &Collected) -> Option<Vec<Candidate>> {
    let one = |sketched: &Sketched| {
        let bytes = hex::decode(&sketched.sketch).ok()?;
        Some(Candidate {
            shape: Shape {
                format: sketched.format.clone(),
                length: sketched.length,
            },
            region: sketched.region.clone(),
            address: sketched.address,
            sketch: bytes.into_iter().map(u8::cast_signed).collect(),
        })
    };
    let all: Vec<Candidate> = read.sketches.iter().map(one).collect::<Option<_>>()?;
    let equal = all
        .windows(2)
        .all(|pair| pair[0].sketch.len() == pair[1].sketch.len());
    equal.then_some(all)
}

/// The number of places that tell subjects apart, against its limit.
pub fn rule(gathered: &Gathered, limit: &Bounds, seed: u64) -> (Ruling, VectorFinding) {
    let study = &gathered.vectors;
    let judged = judge(study, &Settings::standard(seed));
    let places = judged.found.len() as f64;
    let by_count = limit.judge(places, places);
    // Where nothing can be said, that nothing was found conforms to nothing.
    let guarded = if by_count == Verdict::Pass && !judged.reasons.is_empty() {
        Verdict::Inconclusive
    } else {
        by_count
    };
    let ruling = Ruling {
        estimate: Some(places),
        bounds: None,
        guarded,
        simple: guarded,
        open: (guarded == Verdict::Inconclusive).then(|| words(&judged.reasons)),
    };
    (ruling, finding(gathered, &judged, seed))
}

fn finding(gathered: &Gathered, judged: &Judged, seed: u64) -> VectorFinding {
    let study = &gathered.vectors;
    let subjects: BTreeSet<u32> = study.plain.iter().map(|one| one.subject).collect();
    let candidates: usize = study.plain.iter().map(|one| one.candidates.len()).sum();
    let planted: BTreeSet<u32> = study.planted.iter().map(|shape| shape.length).collect();
    let smallest = judged.plain.agreements.first();
    VectorFinding {
        formats: gathered.vector_formats.iter().flatten().cloned().collect(),
        authentications: study.plain.len() as u64,
        subjects: subjects.len() as u64,
        candidates: candidates as u64,
        common: judged.plain.common,
        rare: judged.plain.rare,
        tested: judged.plain.agreements.len() as u64,
        smallest_p: smallest.map_or(1.0, |agreement| agreement.adjusted),
        places: judged.found.iter().map(place).collect(),
        planted: planted.into_iter().collect(),
        planted_found: judged.planted_found,
        dropped: study.dropped,
        unsearched: study.unsearched,
        seed,
    }
}

fn place(found: &Agreement) -> VectorPlace {
    let (region, address) = match &found.place {
        Place::Anywhere => (String::new(), 0),
        Place::Address(region, address) => (region.clone(), *address),
    };
    VectorPlace {
        format: found.shape.format.clone(),
        length: found.shape.length,
        region,
        address,
        within: found.within,
        between: found.between,
        p: found.adjusted,
    }
}

/// The reasons, for people.
fn words(reasons: &[Reason]) -> Bilingual {
    listed(reasons, |reason| match reason {
        Reason::TooFew {
            authentications,
            subjects,
        } => {
            format!("認証が足りない（{subjects} 名・{authentications} 件。5 名各 3 件なら足りる）")
        }
        Reason::Order => "対象者の順序が無作為でない".to_owned(),
        Reason::SeededMissing => "ベクトルを植え付けた対照がない".to_owned(),
        Reason::Insensitive { found, planted } => {
            format!("植え付けたベクトル {planted} 種のうち {found} 種しか検出できない")
        }
        Reason::Dropped(n) => format!("見つかったベクトルのうち {n} 個を採取できなかった"),
        Reason::Unsearched(n) => format!("探索できなかった場所 {n} 箇所"),
        Reason::Shapes(n) => format!("長さと形式 {n} 種のベクトルを比べられなかった"),
    })
}

#[cfg(test)]
mod tests {
    use shinsa_stats::templates::Study;

    use super::*;

    fn collected(sketches: &[(&str, u32)]) -> Collected {
        let one = |(sketch, length): &(&str, u32)| Sketched {
            format: "f32".into(),
            length: *length,
            region: "reader/heap".into(),
            address: 16,
            sketch: (*sketch).to_owned(),
        };
        Collected {
            sketches: sketches.iter().map(one).collect(),
            ..Collected::default()
        }
    }

    fn shape(length: u32) -> Shape {
        Shape {
            format: "f32".into(),
            length,
        }
    }

    /// What was planted in one format does not show that another would be seen.
    #[test]
    fn what_was_planted_is_every_length_in_every_format() {
        let mut read = collected(&[]);
        read.planted = vec![128, 512];
        read.formats = vec!["f16".into(), "f32".into()];
        let told: Vec<_> = planted(&read)
            .map(|shape| (shape.format, shape.length))
            .collect();
        let expected = [("f16", 128), ("f16", 512), ("f32", 128), ("f32", 512)];
        assert_eq!(
            told,
            expected.map(|(format, length)| (format.to_owned(), length))
        );
        // Journals of older agents.
        let old: Collected =
            serde_json::from_str(r#"{"sketches":[],"dropped":0,"unsearched":0}"#).unwrap();
        assert_eq!(old.formats, ["f32"]);
    }

    #[test]
    fn sketches_that_do_not_fit_together_are_none() {
        let read = candidates(&collected(&[("00ff7f80", 64), ("01020304", 512)])).unwrap();
        assert_eq!(read[0].sketch, [0, -1, 127, -128]);
        assert_eq!(read[1].shape.length, 512);
        assert!(candidates(&collected(&[("00ff", 64), ("00", 64)])).is_none());
        assert!(candidates(&collected(&[("0x", 64)])).is_none());
    }

    /// Sketches whose numbers depend on `of` alone.
    fn sketch(of: u64) -> Vec<i8> {
        (0..96_u64)
            .map(|n| {
                let mixed = (of + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (n * n * 0xD1B5 + n);
                (mixed.wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 56) as u8 as i8 / 2
            })
            .collect()
    }

    /// Fifteen authentications in a mixed order; every one leaves a vector, of its subject or of its own.
    fn arm(of_subject: bool) -> Vec<Authentication> {
        let subjects = [3, 0, 4, 1, 1, 2, 0, 3, 2, 4, 0, 1, 3, 4, 2];
        let one = |(n, subject): (usize, &u32)| Authentication {
            subject: *subject,
            candidates: vec![Candidate {
                shape: shape(128),
                region: "reader/heap".into(),
                address: n as u64,
                sketch: sketch(if of_subject {
                    u64::from(*subject)
                } else {
                    100 + n as u64
                }),
            }],
        };
        subjects.iter().enumerate().map(one).collect()
    }

    fn judged(change: impl Fn(&mut Study)) -> (Ruling, VectorFinding) {
        let vectors = Study {
            plain: arm(false),
            seeded: arm(true),
            planted: vec![shape(128)],
            random_order: true,
            dropped: 0,
            unsearched: 0,
        };
        let mut gathered = Gathered {
            vectors,
            ..Gathered::default()
        };
        change(&mut gathered.vectors);
        let limit = Bounds {
            least: None,
            most: Some(0.0),
        };
        rule(&gathered, &limit, 7)
    }

    #[test]
    fn a_template_that_stays_fails_and_its_absence_passes_with_the_arm_alone() {
        let (ruling, found) = judged(|_| {});
        assert_eq!(ruling.guarded, Verdict::Pass, "{:?}", ruling.open);
        assert_eq!(
            (found.subjects, found.tested, found.planted_found),
            (5, 1, 1)
        );
        let (ruling, found) = judged(|study| study.plain = arm(true));
        assert_eq!(
            (ruling.guarded, ruling.estimate),
            (Verdict::Fail, Some(1.0))
        );
        assert!(found.places[0].p <= 0.001 && found.places[0].within > 0.99);
        let (ruling, _) = judged(|study| study.seeded = arm(false));
        assert_eq!(ruling.guarded, Verdict::Inconclusive);
        assert!(ruling.open.unwrap().en.contains("0 of 1 planted"));
        // A reader that leaks is not let off because the arm is missing.
        let (ruling, _) = judged(|study| {
            study.plain = arm(true);
            study.planted.clear();
            study.dropped = 9;
        });
        assert_eq!(ruling.guarded, Verdict::Fail);
    }
}
