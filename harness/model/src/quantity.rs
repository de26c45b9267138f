//! Quantities: a number with its unit, as written in YAML (`5 s`, `300 lx`, `0.6 %`).
//!
//! A bare number where a unit is due is an error: the reader of a limit must never guess.
//! Used by scenarios, criteria and rig files; computing is done on [`Quantity::base`].

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Base unit s.
    Time,
    /// A part of a whole; base unit 1.
    Share,
    /// Base unit lx.
    Illuminance,
    /// Base unit mm.
    Length,
    /// Base unit °C.
    Temperature,
    /// Picture elements; base unit px.
    Pixels,
    /// Things counted; base unit `count`.
    Count,
    /// Distinguishable intensities of a colour channel; base unit `levels`.
    Levels,
}

/// Every unit: how it is written, what it measures, and the factor to its base unit as (multiply, divide):
/// 95 / 100 is the double nearest 0.95, 95 * 0.01 is not.
const UNITS: &[(&str, Dimension, (f64, f64))] = &[
    ("s", Dimension::Time, (1.0, 1.0)),
    ("ms", Dimension::Time, (1.0, 1000.0)),
    ("min", Dimension::Time, (60.0, 1.0)),
    ("h", Dimension::Time, (3600.0, 1.0)),
    ("d", Dimension::Time, (86400.0, 1.0)),
    ("%", Dimension::Share, (1.0, 100.0)),
    ("lx", Dimension::Illuminance, (1.0, 1.0)),
    ("mm", Dimension::Length, (1.0, 1.0)),
    ("cm", Dimension::Length, (10.0, 1.0)),
    ("inch", Dimension::Length, (25.4, 1.0)),
    ("°C", Dimension::Temperature, (1.0, 1.0)),
    ("px", Dimension::Pixels, (1.0, 1.0)),
    ("count", Dimension::Count, (1.0, 1.0)),
    ("levels", Dimension::Levels, (1.0, 1.0)),
];

/// A number with its unit, kept as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Quantity {
    number: f64,
    unit: usize,
}

/// Why a text is not a quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// No unit.
    #[error("{0:?} has no unit: write for example \"{0} s\" or \"{0} %\"")]
    NoUnit(String),
    /// The number cannot be read.
    #[error("{0:?} does not start with a finite decimal number")]
    Number(String),
    /// The unit is not known.
    #[error("unknown unit {unit:?}: known are {known}", known = known_units())]
    Unit {
        /// As written.
        unit: String,
    },
    /// Right form, wrong kind of unit.
    #[error("{found:?} is not a {wanted}: expected a unit of {units}")]
    Dimension {
        /// As written.
        found: String,
        /// What was due.
        wanted: &'static str,
        /// Units that would do.
        units: String,
    },
}

impl Quantity {
    /// Number as written, in [`Quantity::unit`].
    pub fn number(&self) -> f64 {
        self.number
    }

    /// Unit as written.
    pub fn unit(&self) -> &'static str {
        UNITS[self.unit].0
    }

    /// What it measures.
    pub fn dimension(&self) -> Dimension {
        UNITS[self.unit].1
    }

    /// Value in the base unit of its dimension.
    pub fn base(&self) -> f64 {
        self.number * UNITS[self.unit].2.0 / UNITS[self.unit].2.1
    }

    /// A quantity in a known unit; `None` for an unknown one or a number that is not finite.
    pub fn new(number: f64, unit: &str) -> Option<Self> {
        let unit = UNITS.iter().position(|known| known.0 == unit)?;
        number.is_finite().then_some(Self { number, unit })
    }

    /// A value given in the base unit of `unit`'s dimension, written in `unit`; `None` as for [`Quantity::new`].
    pub fn from_base(base: f64, unit: &str) -> Option<Self> {
        let factor = UNITS.iter().find(|known| known.0 == unit)?.2;
        Self::new(base * factor.1 / factor.0, unit)
    }

    /// What a share of one, or one of a count, is in `unit`; 1 for an unknown unit.
    pub fn whole(unit: &str) -> f64 {
        Self::from_base(1.0, unit).map_or(1.0, |one| one.number())
    }

    fn of(self, dimension: Dimension, wanted: &'static str) -> Result<Self, QuantityError> {
        if self.dimension() == dimension {
            return Ok(self);
        }
        let units: Vec<_> = UNITS
            .iter()
            .filter(|u| u.1 == dimension)
            .map(|u| u.0)
            .collect();
        Err(QuantityError::Dimension {
            found: self.to_string(),
            wanted,
            units: units.join(", "),
        })
    }
}

fn known_units() -> String {
    UNITS
        .iter()
        .map(|unit| unit.0)
        .collect::<Vec<_>>()
        .join(", ")
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let split = text
            .find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+' | 'e' | 'E'))
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let number: f64 = number
            .parse()
            .map_err(|_| QuantityError::Number(text.into()))?;
        let unit = unit.trim();
        if unit.is_empty() {
            return Err(QuantityError::NoUnit(text.into()));
        }
        if !number.is_finite() {
            return Err(QuantityError::Number(text.into()));
        }
        Self::new(number, unit).ok_or_else(|| QuantityError::Unit { unit: unit.into() })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.unit())
    }
}

impl TryFrom<String> for Quantity {
    type Error = QuantityError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Quantity> for String {
    fn from(quantity: Quantity) -> Self {
        quantity.to_string()
    }
}

impl JsonSchema for Quantity {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Quantity".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "shinsa-quantity", "description": "number with unit, e.g. \"5 s\", \"0.6 %\", \"640 px\"" })
    }
}

/// A duration, > 0 where it is a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Time(Quantity);

impl Time {
    /// Seconds.
    pub fn seconds(&self) -> f64 {
        self.0.base()
    }

    /// From seconds; used for defaults.
    pub fn from_seconds(seconds: f64) -> Self {
        Self(Quantity {
            number: seconds,
            unit: 0,
        })
    }

    /// As the standard library's type; negative values become zero.
    pub fn duration(&self) -> std::time::Duration {
        std::time::Duration::from_secs_f64(self.seconds().max(0.0))
    }
}

impl TryFrom<String> for Time {
    type Error = QuantityError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse::<Quantity>()?
            .of(Dimension::Time, "time")
            .map(Self)
    }
}

impl From<Time> for String {
    fn from(time: Time) -> Self {
        time.0.to_string()
    }
}

impl JsonSchema for Time {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "shinsa-time", "description": "duration, e.g. \"5 s\", \"300 ms\", \"2 min\"" })
    }
}

/// A part of a whole, in YAML always in %: `95 %`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Share(Quantity);

impl Share {
    /// 0 … 1.
    pub fn fraction(&self) -> f64 {
        self.0.base()
    }

    /// From per cent; used for defaults.
    pub fn from_percent(percent: f64) -> Self {
        Self(Quantity {
            number: percent,
            unit: 5,
        })
    }
}

impl TryFrom<String> for Share {
    type Error = QuantityError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse::<Quantity>()?
            .of(Dimension::Share, "share")
            .map(Self)
    }
}

impl From<Share> for String {
    fn from(share: Share) -> Self {
        share.0.to_string()
    }
}

impl JsonSchema for Share {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Share".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "shinsa-share", "description": "share in per cent, e.g. \"95 %\"" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_a_number_with_a_known_unit() {
        let base = |text: &str| text.parse::<Quantity>().map(|q| q.base());
        assert_eq!(base("5 s"), Ok(5.0));
        assert_eq!(base("300ms"), Ok(0.3));
        assert_eq!(base("0.5 %"), Ok(0.005));
        assert_eq!(base("-2e-6 s"), Ok(-2e-6));
        assert!(matches!(base("5"), Err(QuantityError::NoUnit(_))));
        assert!(matches!(base("5 sec"), Err(QuantityError::Unit { .. })));
        assert!(matches!(base("s"), Err(QuantityError::Number(_))));
        assert!(matches!(base("1e999 s"), Err(QuantityError::Number(_))));
    }

    #[test]
    fn a_time_is_not_a_share() {
        assert!(Time::try_from("5 %".to_owned()).is_err());
        assert!((Share::from_percent(95.0).fraction() - 0.95).abs() < f64::EPSILON);
        assert_eq!(String::from(Time::from_seconds(2.5)), "2.5 s");
    }
}
