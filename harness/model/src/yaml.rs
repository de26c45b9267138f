//! YAML, strictly: a tree in which every node knows its place.
//!
//! Only what configuration needs: one document, UTF-8, string keys, plain scalars by the YAML 1.2 core schema. Duplicate
//! keys, anchors, aliases and tags are refused, so that no file can grow when it is read; depth and number of nodes are
//! bounded. Says what is wrong; knows no layout. Called by `check` and by the document store.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Map, Value};

use crate::diagnostic::Problem;

/// Largest file that is read; callers check before reading.
pub const LARGEST_FILE: u64 = 1 << 20;
/// Deepest nesting.
pub const DEEPEST: usize = 64;
/// Most nodes in a file.
pub const MOST_NODES: usize = 200_000;

/// A node with its place (characters).
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// From its first character to after its last.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Null, bool, number or text.
    Scalar(Value),
    /// A list.
    List(Vec<Node>),
    /// A mapping in its order; keys with their places.
    Map(Vec<(String, Range<usize>, Node)>),
}

impl Node {
    /// The plain value.
    pub fn value(&self) -> Value {
        match &self.kind {
            Kind::Scalar(value) => value.clone(),
            Kind::List(items) => Value::Array(items.iter().map(Self::value).collect()),
            Kind::Map(entries) => Value::Object(
                entries
                    .iter()
                    .map(|(key, _, node)| (key.clone(), node.value()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// Child by key or index.
    pub fn child(&self, step: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map(entries) => entries
                .iter()
                .find(|(key, ..)| key == step)
                .map(|(.., node)| node),
            Kind::List(items) => items.get(step.parse::<usize>().ok()?),
            Kind::Scalar(_) => None,
        }
    }

    /// Node at a JSON pointer, or the nearest ancestor that exists.
    pub fn at(&self, pointer: &str) -> &Self {
        pointer
            .split('/')
            .skip(1)
            .try_fold(self, |node, step| {
                node.child(&step.replace("~1", "/").replace("~0", "~"))
                    .ok_or(node)
            })
            .unwrap_or_else(|node| node)
    }

    /// Place of a key in this mapping.
    pub fn key(&self, name: &str) -> Option<Range<usize>> {
        match &self.kind {
            Kind::Map(entries) => entries
                .iter()
                .find(|(key, ..)| key == name)
                .map(|(_, span, _)| span.clone()),
            _ => None,
        }
    }
}

/// Reads a file's text. All duplicate keys are reported at once; a text that is no YAML has one problem.
pub fn parse(text: &str) -> Result<Node, Vec<Problem>> {
    let mut builder = Builder {
        events: Parser::new_from_str(text),
        nodes: 0,
        problems: Vec::new(),
    };
    let root = builder.document().map_err(|problem| vec![*problem])?;
    if builder.problems.is_empty() {
        Ok(root)
    } else {
        Err(builder.problems)
    }
}

struct Builder<'a> {
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
    nodes: usize,
    problems: Vec<Problem>,
}

type Step<T> = Result<T, Box<Problem>>;

fn range(span: Span) -> Range<usize> {
    span.start.index()..span.end.index()
}

fn refuse<T>(span: Span, message: &str, help: &str) -> Step<T> {
    Err(Box::new(Problem::new(range(span), message).help(help)))
}

impl<'a> Builder<'a> {
    fn next(&mut self) -> Step<(Event<'a>, Span)> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let at = error.marker().index();
                Err(Box::new(
                    Problem::new(at..at + 1, format!("not YAML: {}", error.info()))
                        .help("mend it here; a file nests no deeper than 64 levels"),
                ))
            }
            None => Err(Box::new(Problem::new(0..1, "the file ends too early"))),
        }
    }

    fn document(&mut self) -> Step<Node> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
                (Event::StreamEnd, span) => {
                    return refuse(span, "the file is empty", "write one YAML document");
                }
                (event, span) => {
                    let root = self.node(event, span, 0)?;
                    return self.only_one(root);
                }
            }
        }
    }

    fn only_one(&mut self, root: Node) -> Step<Node> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(root),
                (Event::DocumentStart(_), span) => {
                    return refuse(
                        span,
                        "a second document in one file",
                        "one file holds one document: split it",
                    );
                }
                _ => {}
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Step<Node> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return refuse(
                span,
                &format!("more than {MOST_NODES} nodes in one file"),
                "split the file",
            );
        }
        if depth > DEEPEST {
            return refuse(
                span,
                &format!("nested deeper than {DEEPEST}"),
                "no layout of Shinsa needs such depth",
            );
        }
        match event {
            Event::Alias(_) => refuse(
                span,
                "aliases are not allowed",
                "write the value out, or use a sequence with parameters",
            ),
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _)
                if anchor != 0 =>
            {
                refuse(
                    span,
                    "anchors are not allowed",
                    "write the value out, or use a sequence with parameters",
                )
            }
            Event::Scalar(.., Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => refuse(
                span,
                "tags are not allowed",
                "leave out the word that begins with `!`",
            ),
            Event::Scalar(text, style, ..) => {
                let value = if style == ScalarStyle::Plain {
                    plain(&text)
                } else {
                    Value::String(text.into_owned())
                };
                Ok(Node {
                    span: range(span),
                    kind: Kind::Scalar(value),
                })
            }
            Event::SequenceStart(..) => self.list(span, depth),
            Event::MappingStart(..) => self.map(span, depth),
            _ => refuse(span, "unexpected end", "close the bracket"),
        }
    }

    fn list(&mut self, start: Span, depth: usize) -> Step<Node> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, end) => {
                    return Ok(Node {
                        span: start.start.index()..end.end.index(),
                        kind: Kind::List(items),
                    });
                }
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, start: Span, depth: usize) -> Step<Node> {
        let mut entries: Vec<(String, Range<usize>, Node)> = Vec::new();
        let mut seen = std::collections::HashMap::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(Node {
                    span: start.start.index()..span.end.index(),
                    kind: Kind::Map(entries),
                });
            }
            let key = self.node(event, span, depth + 1)?;
            let Kind::Scalar(Value::String(name)) = key.kind else {
                return refuse(span, "a key must be a text", "put it in quotes");
            };
            let (event, value_span) = self.next()?;
            let value = self.node(event, value_span, depth + 1)?;
            if let Some(line) = seen.insert(name.clone(), span.start.line()) {
                let message =
                    format!("key `{name}` stands twice in one mapping, first in line {line}");
                self.problems
                    .push(Problem::new(range(span), message).help("keep one of them"));
            }
            entries.push((name, range(span), value));
        }
    }
}

/// A plain scalar by the YAML 1.2 core schema.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).unwrap_or_else(|| Value::String(text.into())),
    }
}

fn number(text: &str) -> Option<Value> {
    let first = text.trim_start_matches(['-', '+']).chars().next()?;
    if !first.is_ascii_digit() && first != '.' || text.contains('_') {
        return None;
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    let float = text.parse::<f64>().ok().filter(|float| float.is_finite())?;
    serde_json::Number::from_f64(float).map(Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn problem(text: &str) -> String {
        parse(text)
            .unwrap_err()
            .into_iter()
            .map(|problem| problem.message)
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[test]
    fn scalars_follow_the_core_schema() {
        let value = |text: &str| parse(&format!("a: {text}")).unwrap().value()["a"].clone();
        assert_eq!(value("no"), Value::String("no".into()));
        assert_eq!(value("true"), Value::Bool(true));
        assert_eq!(value("12"), Value::from(12));
        assert_eq!(value("'12'"), Value::String("12".into()));
        assert_eq!(value("1.5"), Value::from(1.5));
        assert_eq!(value("1-8"), Value::String("1-8".into()));
        assert_eq!(value("1_000"), Value::String("1_000".into()));
        assert_eq!(value("~"), Value::Null);
    }

    #[test]
    fn what_could_grow_or_hide_is_refused() {
        assert!(problem("a: &x [1]\nb: *x").contains("anchors"));
        assert!(problem("b: *x").contains("not YAML") || problem("b: *x").contains("aliases"));
        assert!(
            problem("a: 1\nb: 2\na: 3\nb: 4")
                .contains("`a` stands twice in one mapping, first in line 1; key `b`")
        );
        assert!(problem("a: !!str 1").contains("tags"));
        assert!(problem("a: 1\n---\nb: 2").contains("second document"));
        assert!(problem("").contains("empty"));
        assert!(problem("1: a").contains("key must be a text"));
        assert!(
            problem(&"[".repeat(3000)).contains("deeper")
                || problem(&"[".repeat(3000)).contains("not YAML")
        );
    }

    #[test]
    fn places_are_the_keys_own_in_japanese_text_too() {
        let text = "題: 顔認証\nlimit: 5 s\n";
        let root = parse(text).unwrap();
        let span = root.key("limit").unwrap();
        assert_eq!(
            text.chars()
                .skip(span.start)
                .take(span.len())
                .collect::<String>(),
            "limit"
        );
        assert_eq!(root.at("/limit").value(), Value::String("5 s".into()));
        assert_eq!(root.at("/nothing/here").span, root.span);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[-a-z0-9:{}\\[\\],&*!'\"#| \n顔]{0,80}") {
            let _ = parse(&text).map(|root| root.value());
        }
    }
}
