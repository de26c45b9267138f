//! Where in a YAML text each value stands, for mistakes that only show when values are compared or taken apart.
//!
//! Called by `config` after the text was read without a mistake. Checks nothing.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser};

/// Lines by path: `format`, `targets[1]`, `entrances.declared[0]`. A key's line is where the key stands.
pub struct Lines(HashMap<String, usize>);

/// A list or mapping that is open.
enum Open {
    List { path: String, next: usize },
    Map { path: String, key: Option<String> },
}

impl Lines {
    /// Of a text. What cannot be parsed has no line.
    pub fn of(text: &str) -> Self {
        let (mut lines, mut open) = (HashMap::new(), Vec::<Open>::new());
        for event in Parser::new_from_str(text) {
            let Ok((event, span)) = event else { break };
            let line = span.start.line();
            match event {
                Event::Scalar(value, ..) => {
                    // The first of each pair is the key.
                    if let Some(Open::Map {
                        path,
                        key: key @ None,
                    }) = open.last_mut()
                    {
                        lines.entry(below(path, &value)).or_insert(line);
                        *key = Some(value.into_owned());
                    } else {
                        node(&mut lines, &mut open, line);
                    }
                }
                Event::SequenceStart(..) => {
                    let path = node(&mut lines, &mut open, line);
                    open.push(Open::List { path, next: 0 });
                }
                Event::MappingStart(..) => {
                    let path = node(&mut lines, &mut open, line);
                    open.push(Open::Map { path, key: None });
                }
                Event::SequenceEnd | Event::MappingEnd => drop(open.pop()),
                _ => {}
            }
        }
        Self(lines)
    }

    /// The line of a path, or of the nearest one above it; 1 when there is none.
    pub fn line(&self, path: &str) -> usize {
        let mut path = path;
        loop {
            if let Some(line) = self.0.get(path) {
                return *line;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => return 1,
            }
        }
    }
}

/// A value begins: gives its path.
fn node(lines: &mut HashMap<String, usize>, open: &mut [Open], line: usize) -> String {
    let path = match open.last_mut() {
        Some(Open::List { path, next }) => {
            *next += 1;
            format!("{path}[{}]", *next - 1)
        }
        Some(Open::Map { path, key }) => below(path, &key.take().unwrap_or_default()),
        None => String::new(),
    };
    lines.entry(path.clone()).or_insert(line);
    path
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_its_line() {
        let lines = Lines::of(
            "a: 1\nb:\n  - { c: 2 }\n  - c:\n      - x\n      - y\nd: { e: [1,\n  2] }\n",
        );
        for (path, line) in [
            ("a", 1),
            ("b", 2),
            ("b[0]", 3),
            ("b[1].c", 4),
            ("b[1].c[1]", 6),
            ("d.e[1]", 8),
            ("b[1].missing", 4),
            ("nothing", 1),
        ] {
            assert_eq!(lines.line(path), line, "{path}");
        }
    }
}
