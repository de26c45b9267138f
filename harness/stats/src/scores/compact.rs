//! The compact form: what a run keeps of a technology evaluation, and what a score file of 10⁹ lines should be.
//!
//! One header line of JSON-free plain text, then little-endian columns. Layout:
//! `shinsa-scores 1 SUBJECTS CONDITIONS GENUINE IMPOSTOR FAILURES\n`, then SUBJECTS + CONDITIONS lines of ids, then for
//! genuine and impostor each the columns score (f32), reference, probe, attempt, condition (u32), then per failure
//! reference, probe, attempt, kind (u32; 1: to enrol). Nothing follows. Equal scores give equal bytes.

use super::{Column, Failure, Problem, Scores};

const MAGIC: &str = "shinsa-scores 1";
const TODO: &str = "the file is damaged or was cut off: write it again from its source";

/// Writes scores.
pub fn write(scores: &Scores) -> Vec<u8> {
    let mut out = format!(
        "{MAGIC} {} {} {} {} {}\n",
        scores.subjects.len(),
        scores.conditions.len(),
        scores.genuine.len(),
        scores.impostor.len(),
        scores.failures.len()
    )
    .into_bytes();
    for name in scores.subjects.iter().chain(&scores.conditions) {
        out.extend_from_slice(name.as_bytes());
        out.push(b'\n');
    }
    for column in [&scores.genuine, &scores.impostor] {
        out.extend(column.score.iter().flat_map(|v| v.to_le_bytes()));
        for list in [
            &column.reference,
            &column.probe,
            &column.attempt,
            &column.condition,
        ] {
            out.extend(list.iter().flat_map(|v| v.to_le_bytes()));
        }
    }
    for failure in &scores.failures {
        let words = [
            failure.reference,
            failure.probe,
            failure.attempt,
            u32::from(failure.to_enrol),
        ];
        out.extend(words.iter().flat_map(|v| v.to_le_bytes()));
    }
    out
}

/// Whether bytes begin as this form does.
pub fn recognised(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC.as_bytes())
}

/// Reads scores back.
///
/// # Errors
/// Cut off, too long, indices that point nowhere, scores that are not finite, ids that are not text.
pub fn read(bytes: &[u8]) -> Result<Scores, Problem> {
    let broken = |message: String| Problem::whole(message, TODO);
    let mut rest = bytes;
    let header = line(&mut rest).ok_or_else(|| broken("no header line".to_owned()))?;
    let counts: Option<Vec<usize>> = header
        .strip_prefix(MAGIC)
        .map(|counts| counts.split_whitespace().map(|n| n.parse().ok()).collect())
        .unwrap_or_default();
    let Some([subjects, conditions, genuine, impostor, failures]) = counts.as_deref() else {
        return Err(broken(format!(
            "the header is not `{MAGIC}` and five counts"
        )));
    };
    let mut names = |count: usize, what: &str| -> Result<Vec<String>, Problem> {
        let mut list = Vec::new();
        for number in 0..count {
            let name = line(&mut rest)
                .ok_or_else(|| broken(format!("{what} {number} of {count} is missing")))?;
            list.push(name.to_owned());
        }
        Ok(list)
    };
    let subject_names = names(*subjects, "subject")?;
    let condition_names = names(*conditions, "condition")?;
    let expected = genuine
        .checked_add(*impostor)
        .and_then(|rows| rows.checked_mul(20))
        .and_then(|rows| failures.checked_mul(16)?.checked_add(rows));
    if expected != Some(rest.len()) {
        let wanted = expected.map_or("an impossible number of".to_owned(), |n| n.to_string());
        return Err(broken(format!(
            "{} bytes of columns where the header promises {wanted}",
            rest.len()
        )));
    }
    let limits = [subject_names.len(), condition_names.len()];
    let genuine = column(&mut rest, *genuine, limits).map_err(broken)?;
    let impostor = column(&mut rest, *impostor, limits).map_err(broken)?;
    let words: Vec<u32> = words(&mut rest, failures * 4);
    let mut list = Vec::with_capacity(*failures);
    for word in words.as_chunks::<4>().0 {
        let [reference, probe, attempt, kind] = *word;
        if reference.max(probe) as usize >= limits[0] || kind > 1 {
            return Err(broken("a failure points at no subject".to_owned()));
        }
        list.push(Failure {
            reference,
            probe,
            attempt,
            to_enrol: kind == 1,
        });
    }
    let classes_hold = genuine.reference == genuine.probe
        && impostor
            .reference
            .iter()
            .zip(&impostor.probe)
            .all(|(a, b)| a != b);
    if !classes_hold {
        return Err(broken("a comparison stands in the wrong class".to_owned()));
    }
    Ok(Scores {
        subjects: subject_names,
        conditions: condition_names,
        genuine,
        impostor,
        failures: list,
    })
}

fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let end = memchr::memchr(b'\n', rest)?;
    let text = std::str::from_utf8(&rest[..end]).ok()?;
    *rest = &rest[end + 1..];
    Some(text)
}

fn words(rest: &mut &[u8], count: usize) -> Vec<u32> {
    let (mine, others) = rest.split_at(count * 4);
    *rest = others;
    mine.as_chunks::<4>()
        .0
        .iter()
        .map(|bytes| u32::from_le_bytes(*bytes))
        .collect()
}

fn column(rest: &mut &[u8], count: usize, limits: [usize; 2]) -> Result<Column, String> {
    let score: Vec<f32> = words(rest, count).into_iter().map(f32::from_bits).collect();
    if let Some(row) = score.iter().position(|score| !score.is_finite()) {
        return Err(format!("score {row} is not finite"));
    }
    let column = Column {
        score,
        reference: words(rest, count),
        probe: words(rest, count),
        attempt: words(rest, count),
        condition: words(rest, count),
    };
    let within = |list: &[u32], limit: usize| list.iter().all(|index| (*index as usize) < limit);
    if !within(&column.reference, limits[0])
        || !within(&column.probe, limits[0])
        || !within(&column.condition, limits[1])
    {
        return Err("a comparison points at no subject or condition".to_owned());
    }
    Ok(column)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scores::{Direction, csv};

    fn sample() -> Scores {
        let text = "reference,probe,score,condition\na,a,0.9,dark\na,b,0.1,dark\nb,a,0.2,light\nb,b,FTA,light\n";
        csv::read(text.as_bytes(), Direction::Similarity, 1).unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(read(&write(&sample())), Ok(sample()));
        assert_eq!(read(&write(&Scores::default())), Ok(Scores::default()));
    }

    #[test]
    fn every_cut_is_refused() {
        let bytes = write(&sample());
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end]).is_err(), "cut at {end}");
        }
    }

    proptest! {
        #[test]
        fn changed_bytes_never_panic(at in 0_usize..200, byte in any::<u8>()) {
            let mut bytes = write(&sample());
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = read(&bytes);
        }
    }
}
