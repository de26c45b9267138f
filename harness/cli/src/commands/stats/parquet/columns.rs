//! Which column of a Parquet file is what, and whether its type can be that. Reads no values.

use parquet::basic::{ConvertedType, LogicalType, Type};
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor};
use shinsa_stats::scores::Problem;

pub(super) const COLUMNS: &str = "columns: reference, probe (text or whole numbers), score (float or double); and where there are such: attempt (whole numbers), kind, device, condition (text); no others, no index, nothing nested";

/// How a column's values are to be taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
    Text,
    Number,
    /// Unsigned, 64 bits.
    Unsigned,
    Real,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub column: usize,
    pub name: &'static str,
}

/// Columns by their places.
#[derive(Debug)]
pub(super) struct Layout {
    pub reference: Place,
    pub probe: Place,
    pub score: Place,
    pub attempt: Option<Place>,
    pub kind: Option<Place>,
    pub device: Option<Place>,
    pub condition: Option<Place>,
    pub ids: Form,
}

impl Layout {
    pub fn of(schema: &SchemaDescriptor) -> Result<Self, Problem> {
        let known = [
            "reference",
            "probe",
            "score",
            "attempt",
            "kind",
            "device",
            "condition",
        ];
        let wrong = |message: String| Problem::whole(message, COLUMNS);
        let mut found = [None; 7];
        let mut forms = [Form::Real; 7];
        for (column, descriptor) in schema.columns().iter().enumerate() {
            let path = descriptor.path().string();
            let flat = descriptor.path().parts().len() == 1
                && descriptor.max_rep_level() == 0
                && descriptor.max_def_level() <= 1;
            let Some(number) = known.iter().position(|name| flat && *name == path) else {
                return Err(wrong(format!("unknown column `{path}`")));
            };
            let name = known[number];
            let place = Place { column, name };
            if found[number].replace(place).is_some() {
                return Err(wrong(format!("column `{name}` twice")));
            }
            let form = form(descriptor);
            let fits = match number {
                0 | 1 => form.is_some_and(|form| form != Form::Real),
                2 => form == Some(Form::Real),
                3 => matches!(form, Some(Form::Number | Form::Unsigned)),
                _ => form == Some(Form::Text),
            };
            let Some(form) = form.filter(|_| fits) else {
                let kind = descriptor.physical_type();
                return Err(wrong(format!(
                    "column `{name}` is of a type ({kind}) that it cannot be"
                )));
            };
            forms[number] = form;
        }
        let needed = |number: usize| {
            found[number].ok_or_else(|| wrong(format!("no column `{}`", known[number])))
        };
        let layout = Self {
            reference: needed(0)?,
            probe: needed(1)?,
            score: needed(2)?,
            attempt: found[3],
            kind: found[4],
            device: found[5],
            condition: found[6],
            ids: forms[0],
        };
        if forms[0] != forms[1] {
            return Err(wrong(
                "`reference` and `probe` are of different types".into(),
            ));
        }
        Ok(layout)
    }
}

/// The form of a column's values; none where they are neither text nor numbers.
fn form(column: &ColumnDescriptor) -> Option<Form> {
    let (logical, converted) = (column.logical_type_ref(), column.converted_type());
    match column.physical_type() {
        Type::BYTE_ARRAY => match (logical, converted) {
            (Some(LogicalType::String | LogicalType::Enum), _)
            | (None, ConvertedType::NONE | ConvertedType::UTF8 | ConvertedType::ENUM) => {
                Some(Form::Text)
            }
            _ => None,
        },
        Type::INT32 | Type::INT64 => match (logical, converted) {
            (None, ConvertedType::UINT_64) => Some(Form::Unsigned),
            (Some(LogicalType::Integer(integer)), _)
                if integer.bit_width == 64 && !integer.is_signed =>
            {
                Some(Form::Unsigned)
            }
            (Some(LogicalType::Integer(_)), _)
            | (
                None,
                ConvertedType::NONE
                | ConvertedType::INT_8
                | ConvertedType::INT_16
                | ConvertedType::INT_32
                | ConvertedType::INT_64
                | ConvertedType::UINT_8
                | ConvertedType::UINT_16
                | ConvertedType::UINT_32,
            ) => Some(Form::Number),
            _ => None,
        },
        Type::FLOAT | Type::DOUBLE => Some(Form::Real),
        _ => None,
    }
}
