//! Fields of a CSV line: what may stand in each column.

use super::{Direction, rows::Given};

/// Columns by the place of their names in the header.
#[derive(Debug, Clone, Default)]
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

/// What is wrong with a field: its number, message, what to do.
pub(super) type Wrong = (usize, String, &'static str);

const ID: &str = "an id is 1 to 64 bytes of UTF-8 without quotes: use pseudonyms, never names";

/// The row's values.
pub(super) fn row<'a>(
    layout: &Layout,
    fields: &[&'a [u8]],
    direction: Direction,
    condition: &'a mut Vec<u8>,
) -> Result<Given<'a>, Wrong> {
    let reference = id(fields[layout.reference])
        .ok_or_else(|| (layout.reference, "not an id".to_owned(), ID))?;
    let probe =
        id(fields[layout.probe]).ok_or_else(|| (layout.probe, "not an id".to_owned(), ID))?;
    let score = score(fields[layout.score], direction).map_err(|message| {
        (layout.score, message, "a finite number such as 0.731 or -2e-6; FTA for a failure to acquire, FTE for a failure to enrol")
    })?;
    let attempt = match layout.attempt {
        None => 1,
        Some(place) => number(fields[place]).ok_or_else(|| {
            (
                place,
                "not an attempt number".to_owned(),
                "attempts count from 1",
            )
        })?,
    };
    if let Some(place) = layout.kind {
        let genuine = match fields[place] {
            b"genuine" | b"mated" => true,
            b"impostor" | b"non-mated" => false,
            _ => {
                return Err((
                    place,
                    "not a kind".to_owned(),
                    "genuine or impostor (mated, non-mated)",
                ));
            }
        };
        if genuine != (reference == probe) {
            let todo = "genuine rows have one id on both sides, impostor rows two: two people may share an id";
            return Err((place, "the kind contradicts the ids".to_owned(), todo));
        }
    }
    condition.clear();
    for (number, place) in [layout.device, layout.condition].into_iter().enumerate() {
        if number == 1 && layout.device.is_some() && layout.condition.is_some() {
            condition.push(b'/');
        }
        if let Some(place) = place {
            condition.extend_from_slice(fields[place]);
        }
    }
    Ok(Given {
        reference,
        probe,
        score,
        attempt,
        condition,
    })
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

fn score(field: &[u8], direction: Direction) -> Result<Result<f32, bool>, String> {
    match field {
        b"FTA" => return Ok(Err(false)),
        b"FTE" => return Ok(Err(true)),
        b"" => return Err("the score is missing".to_owned()),
        _ => {}
    }
    let value: f32 = fast_float2::parse(field).map_err(|_| "not a number".to_owned())?;
    if !value.is_finite() {
        return Err("the score is not finite".to_owned());
    }
    Ok(Ok(match direction {
        Direction::Similarity => value,
        Direction::Distance => -value,
    }))
}

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
