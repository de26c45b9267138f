//! One row of the traceability matrix, ready for the template: a criterion, its verdict, everything it rests on.

use std::collections::{BTreeMap, HashMap};

use shinsa_model::criterion::{Criterion, Limit};
use shinsa_model::event::StepOutcome;
use shinsa_model::plan::Plan;
use shinsa_model::quantity::Quantity;
use shinsa_model::text::Bilingual;
use shinsa_model::verdict::{
    CriterionVerdict, DocumentFinding, GroupFinding, Measurement, Verdict,
};

use crate::ledger::Ledger;
use crate::pictures::Picture;
use crate::words::{self, Badge};

/// A row.
pub(crate) struct Item<'a> {
    /// Criterion.
    pub criterion: &'a Criterion,
    /// Verdict; absent from the judgement counts as not tested.
    pub badge: Badge,
    /// Chapter key and name.
    pub class: (&'static str, &'static str),
    /// Weight.
    pub obligation: &'static str,
    /// Methods.
    pub methods: String,
    /// Why.
    pub reason: Bilingual,
    /// What is open.
    pub open: &'a [Bilingual],
    /// Values.
    pub measurements: Vec<Value<'a>>,
    /// Documents.
    pub documents: Vec<(Badge, &'a DocumentFinding, String)>,
    /// Tables of what the inspector found, HTML.
    pub inspections: String,
    /// Steps that decide.
    pub steps: Vec<Deciding>,
    /// Scenarios serving it, with the reason where one is skipped.
    pub scenarios: Vec<(&'a str, Option<&'a Bilingual>)>,
    /// Pictures.
    pub pictures: Vec<Picture>,
    /// Pictures left out.
    pub pictures_left_out: usize,
}

/// A measurement.
pub(crate) struct Value<'a> {
    /// As judged.
    pub m: &'a Measurement,
    /// By the declared rule.
    pub badge: Badge,
    /// By the point estimate.
    pub simple: Badge,
    /// Estimate.
    pub estimate: String,
    /// Bounds.
    pub bounds: String,
    /// Confidence in per cent.
    pub confidence: String,
    /// Groups with badge and bounds.
    pub groups: Vec<Group<'a>>,
    /// The error rate by its name, with its upper bound: `IAPAR 0 % (≤ 6.9 %)`.
    pub error_rate: Option<String>,
    /// Journal lines.
    pub lines: String,
    /// SVG, the whole technology evaluation, or what comparing vectors showed.
    pub plot: String,
}

/// A group that had to hold by itself.
pub(crate) struct Group<'a> {
    /// By the guarded rule.
    pub badge: Badge,
    /// Name and counts.
    pub found: &'a GroupFinding,
    /// Trials that were no success.
    pub errors: u64,
    /// Their share, and its upper bound, in the measurement's unit.
    pub rate: String,
    /// See `rate`.
    pub at_most: String,
    /// Screens that trials ended on, with how many.
    pub ended_on: String,
}

/// A deciding step over all trials.
pub(crate) struct Deciding {
    /// `scenario › path`.
    pub place: String,
    /// Its id or note.
    pub name: String,
    /// Expectation held.
    pub done: usize,
    /// Did not hold.
    pub unmet: usize,
    /// Harness or rig at fault.
    pub error: usize,
    /// Planned, never ended.
    pub missing: usize,
    /// First reasons.
    pub why: Vec<String>,
    /// Journal lines.
    pub lines: String,
    evidence: Vec<u64>,
}

/// Rows in catalogue order: every criterion of the plan, whatever the judgement holds.
pub(crate) fn all<'a>(
    plan: &'a Plan,
    verdicts: &'a [CriterionVerdict],
    ledger: &Ledger,
    mut pictures: BTreeMap<&str, (Vec<Picture>, usize)>,
    mut inspections: BTreeMap<String, String>,
) -> Vec<Item<'a>> {
    let verdicts: HashMap<&str, &CriterionVerdict> =
        verdicts.iter().map(|v| (v.criterion.as_str(), v)).collect();
    let limits: HashMap<String, Option<&Limit>> = plan
        .scenarios
        .iter()
        .flat_map(|s| {
            s.measurements
                .iter()
                .map(move |m| (format!("{}/{}", s.id, m.name), m.limit.as_ref()))
        })
        .collect();
    let mut steps = deciding(plan, ledger);
    plan.criteria
        .iter()
        .map(|criterion| {
            let verdict = verdicts.get(criterion.id.as_str()).copied();
            let (pictures, pictures_left_out) =
                pictures.remove(criterion.id.as_str()).unwrap_or_default();
            Item {
                criterion,
                badge: words::badge(verdict.map_or(Verdict::NotTested, |v| v.verdict)),
                class: words::class(criterion.class),
                obligation: words::obligation(criterion.obligation),
                methods: words::methods(&criterion.methods),
                reason: verdict.map_or_else(absent, |v| v.reason.clone()),
                open: verdict.map_or(&[], |v| &v.open),
                measurements: verdict
                    .map_or(&[][..], |v| &v.measurements)
                    .iter()
                    .map(|m| value(m, limits.get(&m.id).copied().flatten()))
                    .collect(),
                documents: verdict
                    .map_or(&[][..], |v| &v.documents)
                    .iter()
                    .map(|d| (words::badge(d.verdict), d, words::lines(&d.evidence)))
                    .collect(),
                inspections: inspections.remove(&criterion.id).unwrap_or_default(),
                steps: steps.remove(criterion.id.as_str()).unwrap_or_default(),
                scenarios: plan
                    .scenarios
                    .iter()
                    .filter(|s| s.criteria.contains(&criterion.id))
                    .map(|s| (s.id.as_str(), s.skipped.as_ref()))
                    .collect(),
                pictures,
                pictures_left_out,
            }
        })
        .collect()
}

fn absent() -> Bilingual {
    Bilingual {
        ja: "判定結果にこの項目がない。".into(),
        en: "The judgement holds nothing of this item.".into(),
    }
}

fn range(bounds: Option<(f64, f64)>) -> String {
    bounds.map_or_else(
        || "—".into(),
        |(low, high)| format!("{} … {}", words::number(low), words::number(high)),
    )
}

fn group_of<'a>(group: &'a GroupFinding, m: &Measurement) -> Group<'a> {
    let whole = Quantity::whole(&m.unit);
    let errors = group.n - group.successes;
    let ended_on = group.ended_on.iter();
    Group {
        badge: words::badge(group.verdict),
        found: group,
        errors,
        rate: words::number(errors as f64 / group.n.max(1) as f64 * whole),
        at_most: group
            .bounds
            .map_or_else(|| "—".into(), |(low, _)| words::number(whole - low)),
        ended_on: ended_on
            .map(|(screen, n)| format!("{screen} {n}"))
            .collect::<Vec<_>>()
            .join("、"),
    }
}

/// The complement of the measured share, under the name that the standard gives it.
fn error_rate(name: &str, m: &Measurement) -> Option<String> {
    let (estimate, (low, _)) = m.estimate.zip(m.bounds)?;
    let whole = Quantity::whole(&m.unit);
    let silent = m.no_response.map_or_else(String::new, |silent| {
        format!("、無応答 no response {silent}/{}", m.n)
    });
    Some(format!(
        "{name} {} {unit} (≤ {} {unit}){silent}",
        words::number(whole - estimate),
        words::number(whole - low),
        unit = m.unit
    ))
}

fn value<'a>(m: &'a Measurement, limit: Option<&Limit>) -> Value<'a> {
    Value {
        m,
        badge: words::badge(m.verdict),
        simple: words::badge(m.simple),
        estimate: m.estimate.map_or_else(|| "—".into(), words::number),
        bounds: range(m.bounds),
        groups: m.groups.iter().map(|group| group_of(group, m)).collect(),
        error_rate: m.error_rate.as_ref().and_then(|name| error_rate(name, m)),
        confidence: words::number(m.confidence * 100.0),
        lines: words::lines(&m.evidence),
        plot: match (&m.study, &m.vectors) {
            (Some(found), _) => {
                crate::accuracy::fragment(&found.study, Some((&found.decision, found.limit)))
            }
            (None, Some(found)) => crate::vectors::fragment(found),
            (None, None) => crate::plot::strip(&m.values, &m.unit, limit),
        },
    }
}

/// Attempts that ended count as the judge counts them; abandoned ones stand in the ledger only.
fn deciding<'a>(plan: &'a Plan, ledger: &Ledger) -> BTreeMap<&'a str, Vec<Deciding>> {
    let abandoned: std::collections::HashSet<(&str, u32)> = ledger
        .attempts
        .values()
        .flatten()
        .filter(|a| a.standing == crate::ledger::Standing::Abandoned)
        .map(|a| (a.trial.as_str(), a.number))
        .collect();
    let mut places: BTreeMap<&str, BTreeMap<(&str, &str), Deciding>> = BTreeMap::new();
    for trial in &plan.trials {
        for planned in trial.steps.iter().filter(|p| !p.step.decides.is_empty()) {
            let ends =
                ledger
                    .steps
                    .get(&(trial.id.as_str(), planned.path.as_str(), planned.occurrence));
            let counted: Vec<_> = ends
                .into_iter()
                .flatten()
                .filter(|e| !abandoned.contains(&(trial.id.as_str(), e.attempt)))
                .collect();
            for criterion in &planned.step.decides {
                let place = places
                    .entry(criterion)
                    .or_default()
                    .entry((&trial.scenario, &planned.path))
                    .or_insert_with(|| Deciding {
                        place: format!("{} › {}", trial.scenario, planned.path),
                        name: planned
                            .step
                            .note
                            .clone()
                            .or_else(|| planned.step.id.clone())
                            .unwrap_or_default(),
                        done: 0,
                        unmet: 0,
                        error: 0,
                        missing: 0,
                        why: Vec::new(),
                        lines: String::new(),
                        evidence: Vec::new(),
                    });
                if counted.is_empty() {
                    place.missing += 1;
                }
                for end in &counted {
                    place.evidence.push(end.seq);
                    match end.outcome {
                        StepOutcome::Done => place.done += 1,
                        StepOutcome::Unmet { why } => {
                            place.unmet += 1;
                            if place.why.len() < 3 {
                                place.why.push(why.join("; "));
                            }
                        }
                        StepOutcome::Error(fault) => {
                            place.error += 1;
                            if place.why.len() < 3 {
                                place
                                    .why
                                    .push(format!("{} → {}", fault.message, fault.todo));
                            }
                        }
                    }
                }
            }
        }
    }
    places
        .into_iter()
        .map(|(criterion, places)| {
            let finished = places.into_values().map(|mut d| {
                d.lines = words::lines(&d.evidence);
                d
            });
            (criterion, finished.collect())
        })
        .collect()
}
