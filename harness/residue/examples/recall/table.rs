//! What was found, in rows by what was planted.

use std::collections::BTreeMap;
use std::fmt::Debug;

use super::{LIMIT, Look};

/// All tables, and what was missed.
pub fn print(looks: &[Look]) {
    by("kind", looks, |look| format!("{:?}", look.kind));
    by("layout", looks, |look| format!("{:?}", look.layout));
    by("neighbour", looks, |look| format!("{:?}", look.neighbour));
    by("kind and layout", looks, |look| {
        told(&look.kind, &look.layout)
    });
    println!("missed, and others' highest:");
    for look in looks
        .iter()
        .filter(|look| look.own < LIMIT || look.other >= LIMIT)
    {
        println!(
            "  {}: {:?} {:?} {:?}, {} px: own {:.3}, somebody else's {:.3}",
            look.number, look.kind, look.layout, look.neighbour, look.wide, look.own, look.other
        );
    }
}

fn told(a: &impl Debug, b: &impl Debug) -> String {
    format!("{a:?} {b:?}")
}

fn by(title: &str, looks: &[Look], name: impl Fn(&Look) -> String) {
    let mut rows: BTreeMap<String, Vec<&Look>> = BTreeMap::new();
    for look in looks {
        rows.entry(name(look)).or_default().push(look);
    }
    println!("| {title} | looks | found | median | lowest found | others' highest |");
    println!("|---|---|---|---|---|---|");
    for (name, looks) in rows {
        let mut own: Vec<f32> = looks.iter().map(|look| look.own).collect();
        own.sort_by(f32::total_cmp);
        let found = own.iter().filter(|score| **score >= LIMIT).count();
        let lowest = own.iter().find(|score| **score >= LIMIT);
        let other = looks.iter().map(|look| look.other).fold(-1.0, f32::max);
        println!(
            "| {name} | {} | {found} | {:.3} | {:.3} | {other:.3} |",
            own.len(),
            own[own.len() / 2],
            lowest.unwrap_or(&f32::NAN)
        );
    }
    println!();
}
