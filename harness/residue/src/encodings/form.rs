//! One form of a secret: its name, its bytes, which of them are fixed, and how often chance alone shows it.

use std::ops::Range;

use crate::canary::{Kind, SecretBytes};

/// The shortest form, in bytes, that a literal search takes: chance shows 7 given bytes once in 65 PB.
pub const SHORTEST: usize = 7;

/// Below this many bits a form's secret is shared with ordinary data: dates of log lines, other PINs.
const COMMON_BITS: f64 = 20.0;

/// How a form is to be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// A hit is a finding.
    Literal,
    /// Long enough to search, but likely to be met without a leak: few different secrets (PINs, dates), or mostly zeros (a
    /// whole number of 64 bits). A hit counts only against controls: unused PINs, a snapshot before.
    Controlled,
    /// Long enough, but with gaps so near that no stretch reaches [`SHORTEST`]: digits at a stride. Only a search that
    /// looks at every n-th byte finds it; a hit is a finding.
    Strided,
    /// Fewer than [`SHORTEST`] known bytes: by the PIN statistics only; for other secrets than PINs, not at all.
    Statistics,
}

/// One form. No `Debug`: its bytes are the secret.
pub struct Form {
    name: String,
    bytes: SecretBytes,
    fixed: Vec<Range<usize>>,
    guess: Option<f64>,
}

impl Form {
    /// Stable name, e.g. `utf-16le` or `ascii>hex-lower`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bytes; those outside [`Form::fixed`] are 0 here and anything in memory.
    pub fn reveal(&self) -> &[u8] {
        self.bytes.reveal()
    }

    /// The stretches of bytes that are known, in order; one over all unless the form has gaps.
    pub fn fixed(&self) -> &[Range<usize>] {
        &self.fixed
    }

    /// The longest known stretch (the first of equals), which a literal search can look for.
    pub fn anchor(&self) -> Range<usize> {
        let longest = self.fixed.iter().rev().max_by_key(|run| run.len());
        longest.cloned().unwrap_or(0..0)
    }

    /// Whether `data` shows the form from `at` on.
    pub fn stands_at(&self, data: &[u8], at: usize) -> bool {
        let end = at.checked_add(self.bytes.len());
        let place = end.and_then(|end| data.get(at..end));
        place.is_some_and(|place| {
            let known = |run: &Range<usize>| place[run.clone()] == self.reveal()[run.clone()];
            self.fixed.iter().all(known)
        })
    }

    /// log₂ of its expected number per byte of uniformly random data: −8 per known byte.
    pub fn chance(&self) -> f64 {
        -8.0 * self.known() as f64
    }

    /// log₂ of the chance that a place which holds *some* secret of this kind in this form holds this very one: −13.3 for a
    /// PIN. What counts in decimal text, where bytes are far from uniform. `None` for texts and bytes.
    pub fn guess(&self) -> Option<f64> {
        self.guess
    }

    /// Whether it is too short for a literal search.
    pub fn short(&self) -> bool {
        self.known() < SHORTEST
    }

    /// How to search for it.
    pub fn search(&self) -> Search {
        if self.short() {
            Search::Statistics
        } else if self.anchor().len() < SHORTEST {
            Search::Strided
        } else if self.common() || self.telling() < SHORTEST {
            Search::Controlled
        } else {
            Search::Literal
        }
    }

    /// Whether there are so few different secrets of its kind that one is met by chance: PINs, dates.
    pub fn common(&self) -> bool {
        self.guess.is_some_and(|guess| guess > -COMMON_BITS)
    }

    /// A second one.
    #[must_use]
    pub fn copied(&self) -> Self {
        Self {
            name: self.name.clone(),
            bytes: SecretBytes::copied(self.reveal()),
            fixed: self.fixed.clone(),
            guess: self.guess,
        }
    }

    /// Another form of the same secret.
    pub(super) fn derived(&self, step: &str, bytes: SecretBytes) -> Self {
        Self {
            name: format!("{}>{step}", self.name),
            fixed: whole(&bytes),
            bytes,
            guess: self.guess,
        }
    }

    /// Whether it has no gaps.
    pub fn solid(&self) -> bool {
        self.fixed.len() == 1 && self.fixed[0] == (0..self.bytes.len())
    }

    /// Known bytes other than 0, which most of memory is.
    fn telling(&self) -> usize {
        let runs = self.fixed.iter().map(|run| &self.reveal()[run.clone()]);
        runs.flatten().filter(|&&byte| byte != 0).count()
    }

    fn known(&self) -> usize {
        self.fixed.iter().map(ExactSizeIterator::len).sum()
    }
}

#[allow(clippy::single_range_in_vec_init, reason = "one stretch over all")]
fn whole(bytes: &SecretBytes) -> Vec<Range<usize>> {
    vec![0..bytes.len()]
}

/// Collects forms, each bytes once.
pub(super) struct List {
    forms: Vec<Form>,
    guess: Option<f64>,
}

impl List {
    /// For a canary of `kind` whose value has `length` bytes.
    pub(super) fn of(kind: Kind, length: usize) -> Self {
        let guess = match kind {
            Kind::Pin | Kind::Number => Some(-(length as f64) * std::f64::consts::LOG2_10),
            // The days of a century.
            Kind::Date => Some(-(36_525_f64).log2()),
            Kind::Text | Kind::Bytes => None,
        };
        Self {
            forms: Vec::new(),
            guess,
        }
    }

    /// A form without gaps.
    pub(super) fn add(&mut self, name: String, bytes: SecretBytes) {
        let fixed = whole(&bytes);
        self.add_gapped(name, bytes, fixed);
    }

    /// A form of which only `fixed` is known.
    pub(super) fn add_gapped(
        &mut self,
        name: String,
        bytes: SecretBytes,
        fixed: Vec<Range<usize>>,
    ) {
        let known = |form: &Form| form.fixed == fixed && form.reveal() == bytes.reveal();
        if !bytes.is_empty() && !self.forms.iter().any(known) {
            self.forms.push(Form {
                name,
                bytes,
                fixed,
                guess: self.guess,
            });
        }
    }

    pub(super) fn done(self) -> Vec<Form> {
        self.forms
    }
}
