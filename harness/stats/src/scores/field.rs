//! Fields of a CSV line: what may stand in each column.

use super::decimal::plain;
use super::names::{Names, packed};
use super::{Direction, Failure, Row};

/// Columns by the place of their names in the header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) separator: u8,
    pub(super) fields: usize,
    pub(super) reference: usize,
    pub(super) probe: usize,
    pub(super) score: usize,
    pub(super) attempt: Option<usize>,
    pub(super) kind: Option<usize>,
    pub(super) device: Option<usize>,
    pub(super) condition: Option<usize>,
}

/// Most columns of a score file.
pub(super) const MOST_FIELDS: usize = 16;

/// Where a field begins and ends.
pub(super) type Span = (usize, usize);

/// What is wrong with a line.
#[derive(Debug)]
pub(super) struct Wrong {
    /// Number of the field.
    pub(super) field: usize,
    pub(super) message: String,
    pub(super) todo: &'static str,
}

impl Wrong {
    #[cold]
    fn at(field: usize, message: &str, todo: &'static str) -> Self {
        Self {
            field,
            message: message.to_owned(),
            todo,
        }
    }

    /// As many fields as this, where others were announced.
    #[cold]
    pub(super) fn of_line(fields: usize, header: usize) -> Self {
        Self {
            field: 0,
            message: format!("{fields} fields where the header has {header}"),
            todo: "every line has as many fields as the header; no empty lines",
        }
    }
}

const ID: &str = "an id is 1 to 64 bytes of UTF-8 without quotes: use pseudonyms, never names";
const SCORE: &str = "a finite number such as 0.731 or -2e-6; FTA for a failure to acquire, FTE for a failure to enrol";

/// Makes rows of fields; knows the ids met so far.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) subjects: Names,
    pub(super) conditions: Names,
    layout: Layout,
    direction: Direction,
    /// Device and condition of the line in hand.
    condition: Vec<u8>,
}

impl Reader {
    pub(super) fn new(layout: Layout, direction: Direction) -> Self {
        Self {
            subjects: Names::default(),
            conditions: Names::default(),
            layout,
            direction,
            condition: Vec::new(),
        }
    }

    /// The values of a line.
    #[expect(
        clippy::inline_always,
        reason = "a result through memory costs a third of all reading: stores and loads differ in width"
    )]
    #[inline(always)]
    pub(super) fn row(
        &mut self,
        bytes: &[u8],
        fields: &[Span],
    ) -> Result<Result<Row, Failure>, Wrong> {
        let layout = self.layout;
        let text = |place: usize| &bytes[fields[place].0..fields[place].1];
        let reference = self.subject(bytes, fields, layout.reference, 0)?;
        let probe = self.subject(bytes, fields, layout.probe, 1)?;
        let (start, end) = fields[layout.score];
        // At most fifteen digits are finite.
        let score = match plain(bytes, start, end) {
            Some(score) => Ok(score),
            None => other_score(&bytes[start..end])
                .map_err(|message| Wrong::at(layout.score, message, SCORE))?,
        };
        let attempt = match layout.attempt {
            None => 1,
            Some(place) => number(text(place)).ok_or_else(|| {
                Wrong::at(place, "not an attempt number", "attempts count from 1")
            })?,
        };
        if let Some(place) = layout.kind {
            kind(text(place), reference == probe)
                .map_err(|(message, todo)| Wrong::at(place, message, todo))?;
        }
        let condition = match (layout.device, layout.condition) {
            // One for all rows.
            (None, None) if self.conditions.len() > 0 => 0,
            (None, None) => self.conditions.index(b"", 0),
            (Some(place), None) | (None, Some(place)) => self.conditions.index(text(place), 0),
            (Some(device), Some(condition)) => {
                self.condition.clear();
                self.condition.extend_from_slice(text(device));
                self.condition.push(b'/');
                self.condition.extend_from_slice(text(condition));
                self.conditions.index(&self.condition, 0)
            }
        };
        Ok(match score {
            Ok(score) => Ok(Row {
                score: match self.direction {
                    Direction::Similarity => score,
                    Direction::Distance => -score,
                },
                reference,
                probe,
                attempt,
                condition,
            }),
            Err(to_enrol) => Err(Failure {
                reference,
                probe,
                attempt,
                to_enrol,
            }),
        })
    }

    #[expect(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    fn subject(
        &mut self,
        bytes: &[u8],
        fields: &[Span],
        place: usize,
        hint: usize,
    ) -> Result<u32, Wrong> {
        let (start, end) = fields[place];
        let field = packed(bytes, start, end);
        if let Some(index) = self.subjects.known(field, hint) {
            return Ok(index);
        }
        self.new_subject(bytes, fields, place, hint)
    }

    /// Sound once, sound always: fields met before are not looked at again.
    #[cold]
    fn new_subject(
        &mut self,
        bytes: &[u8],
        fields: &[Span],
        place: usize,
        hint: usize,
    ) -> Result<u32, Wrong> {
        let (start, end) = fields[place];
        let field = packed(bytes, start, end);
        let id = id(&bytes[start..end]).ok_or_else(|| Wrong::at(place, "not an id", ID))?;
        let index = self.subjects.index(id, hint);
        self.subjects.learn(field, index);
        Ok(index)
    }
}

/// An id, quotes taken off.
fn id(field: &[u8]) -> Option<&[u8]> {
    let field = match field {
        [b'"', inner @ .., b'"'] => inner,
        other => other,
    };
    let sound = !field.is_empty()
        && field.len() <= 64
        && (field.is_ascii() || std::str::from_utf8(field).is_ok())
        && !field.contains(&b'"');
    sound.then_some(field)
}

/// A score that is no plain decimal: `Err(false)` failure to acquire, `Err(true)` to enrol.
#[cold]
fn other_score(field: &[u8]) -> Result<Result<f32, bool>, &'static str> {
    let value: f32 = match field {
        b"FTA" => return Ok(Err(false)),
        b"FTE" => return Ok(Err(true)),
        b"" => return Err("the score is missing"),
        _ => fast_float2::parse(field).map_err(|_| "not a number")?,
    };
    if value.is_finite() {
        Ok(Ok(value))
    } else {
        Err("the score is not finite")
    }
}

#[inline]
fn number(field: &[u8]) -> Option<u32> {
    if field.is_empty() || field.len() > 9 {
        return None;
    }
    let mut value = 0_u32;
    for byte in field {
        value = value * 10 + u32::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?);
    }
    (value > 0).then_some(value)
}

fn kind(field: &[u8], one_id: bool) -> Result<(), (&'static str, &'static str)> {
    let genuine = match field {
        b"genuine" | b"mated" => true,
        b"impostor" | b"non-mated" => false,
        _ => return Err(("not a kind", "genuine or impostor (mated, non-mated)")),
    };
    if genuine == one_id {
        Ok(())
    } else {
        let todo =
            "genuine rows have one id on both sides, impostor rows two: two people may share an id";
        Err(("the kind contradicts the ids", todo))
    }
}
