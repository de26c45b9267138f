//! Groups of subjects, for differential performance (ISO/IEC 19795-10), from a CSV file of pseudonyms.

use std::collections::HashMap;

use crate::scores::Problem;

/// Groups of subjects (`glasses=yes`), for strata.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Groups {
    /// Names.
    pub names: Vec<String>,
    /// Groups of each subject, by the subject's index.
    pub of_subject: Vec<Vec<u32>>,
}

impl Groups {
    /// From CSV: a first line `subject` and the names of the groupings, then one line a subject. Subjects without comparisons
    /// belong to no group here.
    ///
    /// # Errors
    /// No such header, lines of another length, a subject twice; with the line.
    pub fn from_csv(text: &str, subjects: &[String]) -> Result<Self, Problem> {
        let wrong = |line: usize, text: &str, message: String, todo: &'static str| Problem {
            line: line as u64,
            column: 1,
            text: text.into(),
            message,
            todo,
        };
        let mut lines = text.lines().enumerate();
        let header = lines.next().map_or("", |(_, line)| line);
        let names: Vec<&str> = header.split(',').collect();
        if names.first() != Some(&"subject") || names.len() < 2 {
            return Err(wrong(
                1,
                header,
                "not the header of a subject file".into(),
                "the first line is `subject` and the names of the groupings: subject,age_band,glasses",
            ));
        }
        let numbers: HashMap<&str, usize> = subjects
            .iter()
            .enumerate()
            .map(|(number, id)| (id.as_str(), number))
            .collect();
        let mut groups = Self {
            names: Vec::new(),
            of_subject: vec![Vec::new(); subjects.len()],
        };
        for (number, line) in lines {
            let fields: Vec<&str> = line.split(',').collect();
            if fields.len() != names.len() {
                let message = format!(
                    "{} fields where the header has {}",
                    fields.len(),
                    names.len()
                );
                let todo = "every line has as many fields as the header";
                return Err(wrong(number + 1, line, message, todo));
            }
            let Some(&subject) = numbers.get(fields[0]) else {
                continue;
            };
            if !groups.of_subject[subject].is_empty() {
                let message = format!("subject `{}` a second time", fields[0]);
                return Err(wrong(number + 1, line, message, "one line per subject"));
            }
            for (name, value) in names.iter().zip(&fields).skip(1) {
                let index = groups.number(format!("{name}={value}"));
                groups.of_subject[subject].push(index);
            }
        }
        Ok(groups)
    }

    fn number(&mut self, group: String) -> u32 {
        let known = self.names.iter().position(|known| *known == group);
        let index = known.unwrap_or_else(|| {
            self.names.push(group);
            self.names.len() - 1
        });
        index as u32
    }
}
