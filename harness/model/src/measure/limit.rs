//! Limits in the measurement's unit, and in words.

use std::fmt::Write as _;

use crate::criterion::Limit;
use crate::quantity::{Quantity, Share};
use crate::scenario::Statistic;
use crate::verdict::Verdict;

/// A limit as plain numbers in one unit. At least one end is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Smallest conforming value.
    pub least: Option<f64>,
    /// Largest conforming value.
    pub most: Option<f64>,
}

impl Bounds {
    /// `None` where the limit names no end or its unit does not measure the same as `unit` (`check` refuses both).
    pub fn new(limit: Option<&Limit>, unit: &str) -> Option<Self> {
        let limit = limit?;
        let dimension = Quantity::new(0.0, unit)?.dimension();
        let convert = |quantity: &Option<Quantity>| match quantity {
            None => Some(None),
            Some(q) if q.unit() == unit => Some(Some(q.number())),
            Some(q) if q.dimension() == dimension => {
                Some(Some(Quantity::from_base(q.base(), unit)?.number()))
            }
            Some(_) => None,
        };
        let bounds = Self {
            least: convert(&limit.at_least)?,
            most: convert(&limit.at_most)?,
        };
        (bounds.least.is_some() || bounds.most.is_some()).then_some(bounds)
    }

    /// Does the whole interval conform?
    pub fn holds(&self, low: f64, high: f64) -> bool {
        self.least.is_none_or(|least| low >= least) && self.most.is_none_or(|most| high <= most)
    }

    /// Does no point of the interval conform?
    pub fn excludes(&self, low: f64, high: f64) -> bool {
        self.least.is_some_and(|least| high < least) || self.most.is_some_and(|most| low > most)
    }

    /// Pass when the interval conforms, fail when none of it does, else inconclusive.
    pub fn judge(&self, low: f64, high: f64) -> Verdict {
        if self.holds(low, high) {
            Verdict::Pass
        } else if self.excludes(low, high) {
            Verdict::Fail
        } else {
            Verdict::Inconclusive
        }
    }
}

/// `≤ 5 s (90 % of transactions)`.
pub fn words(limit: Option<&Limit>, statistic: Option<&Statistic>) -> String {
    let Some(limit) = limit else {
        return "no limit".into();
    };
    let mut text = String::new();
    for (sign, quantity) in [("≥", limit.at_least), ("≤", limit.at_most)] {
        if let Some(quantity) = quantity {
            let comma = if text.is_empty() { "" } else { ", " };
            let _ = write!(text, "{comma}{sign} {quantity}");
        }
    }
    match statistic {
        Some(Statistic::Percentile(share)) => {
            let _ = write!(text, " ({} of transactions)", percent(*share));
        }
        Some(Statistic::Mean) => text.push_str(" (mean)"),
        Some(Statistic::Each) => text.push_str(" (each)"),
        None => {}
    }
    text
}

fn percent(share: Share) -> String {
    String::from(share)
}
