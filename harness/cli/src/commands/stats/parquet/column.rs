//! Values of one column of a row group, each checked; problems are told with the row.

use std::io::Write;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::file::reader::RowGroupReader;
use shinsa_stats::scores::{Direction, Problem};

use super::columns::{Form, Place};
use super::guard::{damaged, guarded};

const NULL: &str =
    "every row needs every value; failures to acquire or to enrol (FTA, FTE) go into a CSV file";
const ID: &str = "an id is 1 to 64 bytes of UTF-8 without quotes, or a whole number: use pseudonyms, never names";

/// Ids of some rows.
pub(super) enum Ids {
    Text(Vec<ByteArray>),
    Number(Vec<i64>),
    /// Beyond i64.
    Unsigned(Vec<i64>),
}

impl Ids {
    pub fn write(&self, row: usize, to: &mut Vec<u8>) {
        to.clear();
        match self {
            Self::Text(list) => to.extend_from_slice(list[row].data()),
            Self::Number(list) => write!(to, "{}", list[row]).expect("memory"),
            Self::Unsigned(list) => write!(to, "{}", list[row].cast_unsigned()).expect("memory"),
        }
    }

    /// Row of the first text that is no id.
    fn wrong(&self) -> Option<usize> {
        let Self::Text(list) = self else { return None };
        let sound = |id: &[u8]| {
            (1..=64).contains(&id.len())
                && (id.is_ascii() || std::str::from_utf8(id).is_ok())
                && !id.contains(&b'"')
                && !id.contains(&b'\n')
        };
        list.iter().position(|id| !sound(id.data()))
    }
}

pub(super) fn same(reference: &Ids, probe: &Ids) -> Vec<bool> {
    match (reference, probe) {
        (Ids::Text(a), Ids::Text(b)) => {
            let both = a.iter().zip(b);
            both.map(|(a, b)| a.data() == b.data()).collect()
        }
        (Ids::Number(a) | Ids::Unsigned(a), Ids::Number(b) | Ids::Unsigned(b)) => {
            a.iter().zip(b).map(|(a, b)| a == b).collect()
        }
        _ => unreachable!("the layout has one form for both"),
    }
}

/// Rows read at once.
pub(super) struct Batch {
    pub first: u64,
    pub count: usize,
}

impl Batch {
    fn wrong(&self, row: usize, text: String, message: &str, todo: &'static str) -> Problem {
        Problem {
            line: self.first + row as u64,
            column: 1,
            text,
            message: message.to_owned(),
            todo,
        }
    }
}

/// One column of a row group.
pub(super) struct Source {
    reader: ColumnReader,
    name: &'static str,
    levels: Vec<i16>,
}

impl Source {
    pub fn open(group: &dyn RowGroupReader, place: Place) -> Result<Self, Problem> {
        Ok(Self {
            reader: guarded(|| group.get_column_reader(place.column))?,
            name: place.name,
            levels: Vec::new(),
        })
    }

    pub fn ids(&mut self, batch: &Batch, form: Form) -> Result<Ids, Problem> {
        let ids = match form {
            Form::Text => Ids::Text(self.text(batch)?),
            Form::Unsigned => Ids::Unsigned(self.numbers(batch)?),
            Form::Number | Form::Real => Ids::Number(self.numbers(batch)?),
        };
        match ids.wrong() {
            Some(row) => {
                let mut id = Vec::new();
                ids.write(row, &mut id);
                let text = self.shown(&id);
                Err(batch.wrong(row, text, "not an id", ID))
            }
            None => Ok(ids),
        }
    }

    pub fn scores(&mut self, batch: &Batch, direction: Direction) -> Result<Vec<f32>, Problem> {
        let Self {
            reader,
            name,
            levels,
        } = self;
        let mut scores = match reader {
            ColumnReader::FloatColumnReader(reader) => values(reader, levels, name, batch)?,
            ColumnReader::DoubleColumnReader(reader) => {
                let wide = values(reader, levels, name, batch)?;
                wide.into_iter().map(|score| score as f32).collect()
            }
            _ => return Err(damaged("a column is not what the schema says")),
        };
        if scores
            .iter()
            .fold(false, |any, score| any | !score.is_finite())
        {
            let row = scores.iter().position(|score| !score.is_finite());
            let row = row.unwrap_or_default();
            let todo = "finite numbers only; rounded to single precision they must still be finite";
            let text = format!("score: {}", scores[row]);
            return Err(batch.wrong(row, text, "the score is not finite", todo));
        }
        if direction == Direction::Distance {
            for score in &mut scores {
                *score = -*score;
            }
        }
        Ok(scores)
    }

    pub fn attempts(&mut self, batch: &Batch) -> Result<Vec<u32>, Problem> {
        let numbers = self.numbers(batch)?;
        let sound = |number: &i64| (1..1_000_000_000).contains(number);
        if let Some(row) = numbers.iter().position(|number| !sound(number)) {
            let text = format!("attempt: {}", numbers[row]);
            let todo = "attempts count from 1";
            return Err(batch.wrong(row, text, "not an attempt number", todo));
        }
        Ok(numbers.into_iter().map(|number| number as u32).collect())
    }

    /// Names of devices and conditions.
    pub fn labels(&mut self, batch: &Batch) -> Result<Vec<ByteArray>, Problem> {
        let labels = self.text(batch)?;
        let sound = |text: &[u8]| std::str::from_utf8(text).is_ok() && !text.contains(&b'\n');
        match labels.iter().position(|label| !sound(label.data())) {
            Some(row) => {
                let text = self.shown(labels[row].data());
                Err(batch.wrong(row, text, "not a label", "one line of UTF-8 text"))
            }
            None => Ok(labels),
        }
    }

    /// A value as a person may read it.
    fn shown(&self, value: &[u8]) -> String {
        let start = &value[..value.len().min(80)];
        format!("{}: {:?}", self.name, String::from_utf8_lossy(start))
    }

    /// Checks kinds against the ids.
    pub fn kinds(&mut self, batch: &Batch, genuine: &[bool]) -> Result<(), Problem> {
        let kinds = self.text(batch)?;
        for (row, (kind, own)) in kinds.iter().zip(genuine).enumerate() {
            let said = match kind.data() {
                b"genuine" | b"mated" => true,
                b"impostor" | b"non-mated" => false,
                other => {
                    let text = self.shown(other);
                    let todo = "genuine or impostor (mated, non-mated)";
                    return Err(batch.wrong(row, text, "not a kind", todo));
                }
            };
            if said != *own {
                let text = self.shown(kind.data());
                let todo = "genuine rows have one id on both sides, impostor rows two: two people may share an id";
                return Err(batch.wrong(row, text, "the kind contradicts the ids", todo));
            }
        }
        Ok(())
    }

    /// Whole numbers; unsigned ones of 64 bits keep their bits.
    fn numbers(&mut self, batch: &Batch) -> Result<Vec<i64>, Problem> {
        let Self {
            reader,
            name,
            levels,
        } = self;
        match reader {
            ColumnReader::Int64ColumnReader(reader) => values(reader, levels, name, batch),
            ColumnReader::Int32ColumnReader(reader) => {
                let narrow = values(reader, levels, name, batch)?;
                Ok(narrow.into_iter().map(i64::from).collect())
            }
            _ => Err(damaged("a column is not what the schema says")),
        }
    }

    fn text(&mut self, batch: &Batch) -> Result<Vec<ByteArray>, Problem> {
        let ColumnReader::ByteArrayColumnReader(reader) = &mut self.reader else {
            return Err(damaged("a column is not what the schema says"));
        };
        values(reader, &mut self.levels, self.name, batch)
    }
}

/// Values of a batch, all of them there.
fn values<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    levels: &mut Vec<i16>,
    name: &str,
    batch: &Batch,
) -> Result<Vec<T::T>, Problem> {
    levels.clear();
    let mut values = Vec::with_capacity(batch.count);
    let (rows, _, _) =
        guarded(|| reader.read_records(batch.count, Some(levels), None, &mut values))?;
    if rows != batch.count {
        let row = batch.first + rows as u64;
        return Err(damaged(&format!("column `{name}` ends before row {row}")));
    }
    if values.len() != rows {
        let row = levels.iter().position(|level| *level == 0);
        let text = format!("{name}: null");
        let message = format!("the {name} is missing");
        return Err(batch.wrong(row.unwrap_or_default(), text, &message, NULL));
    }
    Ok(values)
}
