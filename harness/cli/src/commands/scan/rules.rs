//! `--yara`: a user's own rules on the same sources, in a second reading. Keeps no matched byte.
//!
//! Each region is scanned whole up to [`WINDOW`] bytes; a longer one in windows that share [`OVERLAP`] bytes. So of longer regions a
//! match of more than [`OVERLAP`] bytes can be lost, and a condition (`filesize`, `all of them`, `$a at 0`) means its window: offsets in
//! conditions count from there. YARA's modules (`pe`, `hash` …) are not there. Bytes across two regions are not joined.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::Path;

use boreal::Compiler;
use boreal::scanner::{ScanParams, Scanner};
use serde::Serialize;
use shinsa_residue::sources::{Item, Options, Region, Source, walk};
use zeroize::Zeroizing;

use crate::exit::Stop;

/// Bytes scanned at once.
const WINDOW: usize = 16 << 20;
/// Bytes that two windows of one region share.
const OVERLAP: usize = 64 << 10;
/// Matches kept of one source.
const MOST: usize = 10_000;

/// A match of a string of a rule that holds.
#[derive(Debug, Serialize, PartialEq, Eq, Hash, Clone)]
pub struct Match {
    /// Where.
    pub place: String,
    /// Name of the rule.
    pub rule: String,
    /// Name of its string; empty when the rule holds without any.
    pub string: String,
    /// Address or offset; of a rule without strings, of the window.
    pub position: u64,
    /// Bytes.
    pub length: u64,
}

/// What the rules gave on one source.
#[derive(Debug, Default)]
pub struct Matches {
    /// In the order of the walk.
    pub kept: Vec<Match>,
    /// Matches beyond [`MOST`].
    pub more: u64,
    /// Windows whose scan failed, and why.
    pub failed: Vec<String>,
}

/// A user's rules, compiled.
pub struct Rules(Scanner);

impl Rules {
    /// Reads a file of rules.
    ///
    /// # Errors
    /// Bad usage: not readable, or no rules; told as the compiler does, with line and column.
    pub fn read(path: &Path) -> Result<Self, Stop> {
        let mut compiler = Compiler::new();
        compiler
            .add_rules_file(path)
            .map_err(|error| Stop::usage(format!("error: {error}")))?;
        let mut scanner = compiler.finalize();
        // Every match, and none of its bytes.
        let params = ScanParams::default()
            .compute_full_matches(true)
            .match_max_length(0);
        scanner.set_scan_params(params.string_max_nb_matches(MOST as u32));
        Ok(Self(scanner))
    }

    /// Reads a source again and gives what the rules match.
    pub fn search(&self, source: &Source) -> Matches {
        let mut reading = Reading {
            rules: self,
            window: Zeroizing::new(Vec::with_capacity(WINDOW)),
            position: 0,
            region: None,
            fresh: false,
            seen: HashSet::new(),
            all: Matches::default(),
        };
        walk(source, &Options::default(), |item| {
            match item {
                Item::Region(region) => {
                    reading.end();
                    reading.region = Some(region.clone());
                }
                Item::Chunk(chunk) => {
                    if !chunk.joins {
                        reading.end();
                    }
                    reading.feed(chunk.position, chunk.bytes);
                }
            }
            ControlFlow::Continue(())
        });
        reading.end();
        reading.all
    }
}

/// One reading; holds one window.
struct Reading<'a> {
    rules: &'a Rules,
    /// Never grows; wiped on drop.
    window: Zeroizing<Vec<u8>>,
    /// Position of the window's first byte.
    position: u64,
    region: Option<Region>,
    /// The window holds bytes that were not scanned.
    fresh: bool,
    /// Matches that begin in what the next window shares.
    seen: HashSet<Match>,
    all: Matches,
}

impl Reading<'_> {
    fn feed(&mut self, position: u64, mut bytes: &[u8]) {
        if self.window.is_empty() {
            self.position = position;
        }
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(WINDOW - self.window.len()));
            self.window.extend_from_slice(now);
            self.fresh = true;
            bytes = later;
            if self.window.len() == WINDOW {
                self.scan();
                let drop = WINDOW - OVERLAP;
                self.window.copy_within(drop.., 0);
                self.window.truncate(OVERLAP);
                self.position += drop as u64;
            }
        }
    }

    /// Ends the bytes that belong together.
    fn end(&mut self) {
        if self.fresh {
            self.scan();
        }
        self.window.clear();
        self.seen.clear();
    }

    fn scan(&mut self) {
        self.fresh = false;
        let place = self.region.as_ref().map(name).unwrap_or_default();
        let result = match self.rules.0.scan_mem(&self.window) {
            Ok(result) => result,
            Err((error, partial)) => {
                self.all.failed.push(format!("{place}: {error}"));
                partial
            }
        };
        let mut now = HashSet::new();
        for rule in result.rules {
            let strings = rule.matches.iter().flat_map(|string| {
                let places = string.matches.iter();
                places.map(|one| (string.name, one.offset, one.length))
            });
            let mut any = false;
            let mut found: Vec<Match> = Vec::new();
            for (string, offset, length) in strings {
                any = true;
                found.push(self.one(&place, rule.name, string, (offset, length)));
            }
            if !any {
                found.push(self.one(&place, rule.name, "", (0, 0)));
            }
            for one in found {
                let known = self.seen.contains(&one);
                now.insert(one.clone());
                if known {
                    continue;
                }
                if self.all.kept.len() < MOST {
                    self.all.kept.push(one);
                } else {
                    self.all.more += 1;
                }
            }
        }
        let shared = self.position + (self.window.len().saturating_sub(OVERLAP)) as u64;
        now.retain(|one| one.position >= shared);
        self.seen = now;
    }

    fn one(
        &self,
        place: &str,
        rule: &str,
        string: &str,
        (offset, length): (usize, usize),
    ) -> Match {
        Match {
            place: place.to_owned(),
            rule: rule.to_owned(),
            string: string.to_owned(),
            position: self.position + offset as u64,
            length: length as u64,
        }
    }
}

fn name(region: &Region) -> String {
    match region.name.as_str() {
        "" => region.place.to_string(),
        name => format!("{} {name}", region.place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    /// Around a window's border, and twice in what two windows share: each match once.
    #[test]
    fn matches_are_found_once_around_borders() {
        let mut rules = tempfile::NamedTempFile::new().unwrap();
        write!(
            rules,
            "rule r {{ strings: $a = \"planted-here\" condition: $a }}"
        )
        .unwrap();
        let rules = Rules::read(rules.path()).ok().unwrap();
        let mut data = vec![b'.'; WINDOW + (1 << 20)];
        let places = [
            5,
            WINDOW - OVERLAP - 12,
            WINDOW - OVERLAP,
            WINDOW - 20_000,
            WINDOW - 6,
            WINDOW + 20,
            WINDOW + 900_000,
        ];
        for at in places {
            data[at..at + 12].copy_from_slice(b"planted-here");
        }
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&data).unwrap();
        let found = rules.search(&Source::Path(file.path().to_owned()));
        let found: Vec<_> = found
            .kept
            .iter()
            .map(|one| (one.position as usize, one.string.as_str()))
            .collect();
        assert_eq!(found, places.map(|at| (at, "a")));
    }

    #[test]
    fn bad_rules_are_refused_with_their_line() {
        let mut rules = tempfile::NamedTempFile::new().unwrap();
        write!(rules, "rule r {{\n  condition: $a\n}}").unwrap();
        let told = Rules::read(rules.path()).err().unwrap().message;
        assert!(told.contains(":2:"), "{told}");
    }
}
