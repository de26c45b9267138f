//! Diagnostics: what is wrong in a file, where, what was expected, what to do.
//!
//! Rendered as plain text with the line and a caret; never truncated, never coloured here.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

/// A place in a text and what is wrong there. Places count characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Characters from the start of the text.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Problem {
    /// A problem without help.
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: None,
        }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A problem in a file, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// File as given.
    pub path: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Message, place, line and caret.
    #[serde(skip)]
    pub rendered: String,
}

impl Diagnostic {
    /// Places a problem in its file.
    pub fn new(path: &str, text: &str, problem: Problem) -> Self {
        let bytes = byte_range(text, &problem.span);
        let before = &text[..bytes.start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let snippet = Snippet::source(text)
            .path(path)
            .annotation(AnnotationKind::Primary.span(bytes.clone()));
        let mut group = Level::ERROR
            .primary_title(problem.message.clone())
            .element(snippet);
        if let Some(help) = &problem.help {
            group = group.element(Level::HELP.message(help.clone()));
        }
        Self {
            path: path.into(),
            line: before.matches('\n').count() + 1,
            column: text[line_start..bytes.start].chars().count() + 1,
            rendered: Renderer::plain().render(&[group]),
            message: problem.message,
            help: problem.help,
        }
    }

    /// A problem of a whole file that has no text to show.
    pub fn of_file(path: &str, message: impl Into<String>, help: impl Into<String>) -> Self {
        let (message, help) = (message.into(), help.into());
        let rendered = format!("error: {message}\n --> {path}\n  = help: {help}");
        Self {
            path: path.into(),
            line: 1,
            column: 1,
            message,
            help: Some(help),
            rendered,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rendered)
    }
}

/// Characters to bytes; places past the end are clamped, empty spans widened to one character where there is one.
fn byte_range(text: &str, span: &Range<usize>) -> Range<usize> {
    let mut offsets = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let start = offsets.nth(span.start).unwrap_or(text.len());
    let length = span.end.saturating_sub(span.start).max(1);
    let end = offsets.nth(length - 1).unwrap_or(text.len());
    start..end
}

/// The known name nearest to a misspelt one, where one is near enough to be meant.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(wrong, name), name));
    let best = scored.min()?;
    (best.0 <= 1.max(wrong.chars().count() / 3)).then_some(best.1)
}
