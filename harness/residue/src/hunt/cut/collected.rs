//! All pieces of one source, and which of them say something: a piece's rest may lie anywhere, so this is known at the end.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Cuts, Piece, Side};
use crate::sources::Kind;

/// Places kept of equal pieces, and of all; more are counted.
const MOST_OF_ONE: usize = 100;
const MOST: usize = 100_000;

/// Form, side and length: what a piece's rest is told by.
type Shape = (u32, Side, u32);

/// Pieces that lie in no whole form, by their shape.
#[derive(Default)]
pub(in crate::hunt) struct Collected {
    shapes: HashMap<Shape, Places>,
    kept: usize,
}

#[derive(Default)]
struct Places {
    kept: Vec<Place>,
    beyond: u64,
}

/// Where an edge is.
#[derive(PartialEq, Eq, Hash)]
struct Place {
    edge: u64,
    text: Arc<str>,
    kind: Kind,
}

/// A piece that counts.
pub(in crate::hunt) struct Told {
    pub cut: u32,
    pub side: Side,
    pub position: u64,
    pub length: u32,
    /// Region in words.
    pub place: Arc<str>,
    pub kind: Kind,
}

impl Collected {
    pub fn add(&mut self, piece: Piece, text: &Arc<str>, kind: Kind) {
        let shape = (piece.cut, piece.side, piece.length);
        let places = self.shapes.entry(shape).or_default();
        if places.kept.len() < MOST_OF_ONE && self.kept < MOST {
            self.kept += 1;
            places.kept.push(Place {
                edge: piece.edge,
                text: Arc::clone(text),
                kind,
            });
        } else {
            places.beyond += 1;
        }
    }

    /// Whether pieces of a shape say anything.
    fn count(&self, cuts: &Cuts, (cut, side, length): Shape) -> bool {
        let form = cuts.cut(cut);
        let other = match side {
            Side::End => Side::Start,
            Side::Start => Side::End,
        };
        let rest = form.len() as u32 - length;
        form.stands_alone(length as usize) || self.shapes.contains_key(&(cut, other, rest))
    }

    /// Forms of control values of which pieces were met that would count.
    pub fn met(&self, cuts: &Cuts) -> HashSet<u32> {
        let shapes = self.shapes.keys();
        let of_controls = shapes.filter(|shape| cuts.cut(shape.0).owner.is_none());
        of_controls
            .filter(|shape| self.count(cuts, **shape))
            .map(|shape| cuts.cut(shape.0).form)
            .collect()
    }

    /// Pieces of what is wanted that count, of each canary on each side of an edge the longest; and how many more there were.
    pub fn tell(&self, cuts: &Cuts) -> (Vec<Told>, u64) {
        let mut longest: HashMap<(u32, Side, &Place), (u32, Reverse<u32>)> = HashMap::new();
        let mut beyond = 0;
        for (shape, places) in &self.shapes {
            let (cut, side, length) = *shape;
            let Some(owner) = cuts.cut(cut).owner else {
                continue;
            };
            if !self.count(cuts, *shape) {
                continue;
            }
            beyond += places.beyond;
            for place in &places.kept {
                let known = longest.entry((owner, side, place)).or_default();
                // Of equals the form that is listed first, as for whole ones.
                *known = (*known).max((length, Reverse(cut)));
            }
        }
        let told = longest
            .into_iter()
            .map(|((_, side, place), (length, cut))| Told {
                cut: cut.0,
                side,
                position: match side {
                    Side::End => place.edge - u64::from(length),
                    Side::Start => place.edge,
                },
                length,
                place: Arc::clone(&place.text),
                kind: place.kind,
            });
        let mut told: Vec<Told> = told.collect();
        told.sort_by(|a, b| (&a.place, a.position, a.cut).cmp(&(&b.place, b.position, b.cut)));
        (told, beyond)
    }
}
