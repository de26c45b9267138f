//! Driver `operator`: a person at the terminal, or the answers file of an unattended run.
//!
//! An answer is recorded with the role that gave it, never with a name. Unattended, a question without an answer is a
//! fault: nothing is assumed.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use shinsa_model::check::{self, Source};
use shinsa_model::event::{Fault, FaultKind};
use shinsa_model::handed_in::{AnswersFile, Given};
use shinsa_model::scenario::{AnswerKind, Ask};
use shinsa_model::schema::Layout;

use crate::fault::{fault, harness, incapable};

/// Longest answer in characters.
const LONGEST: usize = 400;

/// The driver.
pub struct Operator {
    /// Driver's name in the rig file.
    pub name: String,
    answers: Option<BTreeMap<String, Given>>,
}

impl Operator {
    /// With a file: unattended. Without: asks at the terminal.
    pub fn open(name: &str, answers: Option<&Path>) -> Result<Self, Fault> {
        let answers = answers.map(read).transpose()?;
        Ok(Self {
            name: name.into(),
            answers,
        })
    }

    /// Unattended: does the answers file have this one?
    pub fn has_answer_to(&self, question: &str) -> bool {
        let answers = self.answers.as_ref();
        answers.is_some_and(|answers| answers.contains_key(question))
    }

    /// Asks; waits for a person at most `within`.
    pub async fn ask(&self, ask: &Ask, within: Duration) -> Result<Given, Fault> {
        let Some(answers) = &self.answers else {
            return prompt(ask, within).await;
        };
        let given = answers.get(&ask.question).ok_or_else(|| {
            operator(
                format!("no answer to {:?} in the answers file", ask.question),
                "add it to the file given by --answers, or run without --answers and answer at the terminal",
            )
        })?;
        if given.role != ask.role {
            return Err(operator(
                format!(
                    "{:?} was answered by {:?}, the scenario asks {:?}",
                    ask.question, given.role, ask.role
                ),
                "let the role that the scenario names answer",
            ));
        }
        fits(ask, &given.answer)?;
        Ok(given.clone())
    }
}

fn read(path: &Path) -> Result<BTreeMap<String, Given>, Fault> {
    let expected = "expected `format: 1` and `answers: {QUESTION: {answer: …, role: …}}`";
    let text = std::fs::read_to_string(path).map_err(|error| {
        incapable(
            format!("answers file {}: {error}", path.display()),
            expected,
        )
    })?;
    let source = Source {
        path: path.display().to_string(),
        layout: Layout::Answers,
        text,
    };
    let file = check::whole::<AnswersFile>(&source).map_err(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        incapable(told.join("\n\n"), expected)
    })?;
    Ok(file.typed.answers)
}

async fn prompt(ask: &Ask, within: Duration) -> Result<Given, Fault> {
    let form = match ask.kind {
        AnswerKind::YesNo => "yes/no",
        AnswerKind::Number => "number",
        AnswerKind::Text => "one line, no personal data",
    };
    let question = format!(
        "{}\n{}\n[{}] ({form}) > ",
        ask.text.ja, ask.text.en, ask.role
    );
    // The reading thread stays behind when nobody answers: a blocked read cannot be called back.
    let line = tokio::task::spawn_blocking(move || {
        let mut terminal = std::io::stderr();
        terminal.write_all(question.as_bytes())?;
        terminal.flush()?;
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map(|_| line)
    });
    let line = tokio::time::timeout(within, line)
        .await
        .map_err(|_| {
            operator(
                format!(
                    "{:?} was not answered within {:.0} s",
                    ask.question,
                    within.as_secs_f64()
                ),
                "answer in time, or give --answers FILE",
            )
        })?
        .map_err(|error| harness(format!("prompt: {error}")))?
        .map_err(|error| operator(format!("terminal: {error}"), "give --answers FILE"))?;
    let answer = parse(ask.kind, line.trim()).ok_or_else(|| {
        operator(
            format!("{:?}: expected {form}", ask.question),
            "resume the run and answer in the form asked for",
        )
    })?;
    Ok(Given {
        answer,
        role: ask.role.clone(),
    })
}

fn parse(kind: AnswerKind, line: &str) -> Option<Value> {
    match kind {
        AnswerKind::YesNo => match line.to_lowercase().as_str() {
            "yes" | "y" | "はい" => Some(true.into()),
            "no" | "n" | "いいえ" => Some(false.into()),
            _ => None,
        },
        AnswerKind::Number => {
            let number: f64 = line.parse().ok()?;
            number.is_finite().then(|| number.into())
        }
        AnswerKind::Text => {
            let fits = !line.is_empty() && line.chars().count() <= LONGEST;
            fits.then(|| line.into())
        }
    }
}

fn fits(ask: &Ask, answer: &Value) -> Result<(), Fault> {
    let right = match ask.kind {
        AnswerKind::YesNo => answer.is_boolean(),
        AnswerKind::Number => answer.is_number(),
        AnswerKind::Text => answer
            .as_str()
            .is_some_and(|text| parse(AnswerKind::Text, text).is_some()),
    };
    if right {
        return Ok(());
    }
    Err(operator(
        format!("the answer to {:?} has the wrong form", ask.question),
        "expected true/false, a number or one line of text, by the question's kind",
    ))
}

fn operator(message: String, todo: &str) -> Fault {
    fault(FaultKind::Operator, message, todo)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shinsa_model::text::Bilingual;

    fn question(role: &str, kind: AnswerKind) -> Ask {
        Ask {
            question: "lid-closed".into(),
            text: Bilingual {
                ja: "?".into(),
                en: "?".into(),
            },
            role: role.into(),
            kind,
        }
    }

    #[tokio::test]
    async fn unattended_answers_must_fit_role_and_form() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.yaml");
        std::fs::write(
            &path,
            "format: 1\nanswers: { lid-closed: { answer: true, role: inspector } }\n",
        )
        .unwrap();
        let operator = Operator::open("person", Some(&path)).unwrap();
        let ask = async |role, kind| {
            operator
                .ask(&question(role, kind), Duration::from_secs(1))
                .await
        };
        let given = ask("inspector", AnswerKind::YesNo).await.unwrap();
        assert_eq!(
            (given.answer, given.role.as_str()),
            (true.into(), "inspector")
        );
        for (role, kind) in [
            ("staff", AnswerKind::YesNo),
            ("inspector", AnswerKind::Number),
        ] {
            assert_eq!(ask(role, kind).await.unwrap_err().kind, FaultKind::Operator);
        }
        let mut other = question("inspector", AnswerKind::YesNo);
        other.question = "other".into();
        let fault = operator.ask(&other, Duration::from_secs(1)).await;
        assert_eq!(fault.unwrap_err().kind, FaultKind::Operator);
    }

    #[test]
    fn answers_at_the_terminal_are_parsed() {
        assert_eq!(parse(AnswerKind::YesNo, "Yes"), Some(true.into()));
        assert_eq!(parse(AnswerKind::YesNo, "maybe"), None);
        assert_eq!(parse(AnswerKind::Number, "12.5"), Some(12.5.into()));
        assert_eq!(parse(AnswerKind::Number, "inf"), None);
        assert_eq!(parse(AnswerKind::Text, ""), None);
    }
}
