//! Secrets disguised by one constant: every byte XORed with it, or increased by it. Called by `searcher` as a further pass.
//!
//! The XOR of neighbouring bytes does not depend on the constant, nor does their difference modulo 256 in the other case. So two
//! derived streams, searched for the derived patterns by the same engine, find all 255 constants of each kind.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::found::{Form, Hit};
use super::kernel::Kernel;
use super::literal::Literals;
use super::needles::{Needles, Pattern};

/// Fewest bytes of a pattern: what is derived has one less, and must not be there by chance.
const SHORTEST: usize = 14;
/// Fewest different derived bytes. Fewer are a ramp or a repetition, and lie in any memory.
const DISTINCT: usize = 4;

/// What is known of a pattern besides its derived form.
#[derive(Zeroize, ZeroizeOnDrop)]
struct Original {
    tag: u32,
    length: u32,
    first: u8,
}

/// Patterns searched for under any constant. Wiped when dropped.
pub struct Constants {
    originals: Vec<Original>,
    xor: Option<Literals>,
    difference: Option<Literals>,
    longest: usize,
    left_out: Vec<u32>,
}

impl Constants {
    /// Takes the patterns that have at least 14 bytes and, derived in both ways, at least 4 different ones.
    pub fn new(needles: &Needles) -> Self {
        let mut originals = Vec::with_capacity(needles.len());
        let mut chosen = Vec::with_capacity(needles.len());
        let mut left_out = Vec::new();
        for number in needles.numbers() {
            let (bytes, tag) = (needles.bytes(number), needles.tag(number));
            if bytes.len() >= SHORTEST
                && FORMS.iter().all(|form| distinct(*form, bytes) >= DISTINCT)
            {
                chosen.push(number);
                originals.push(Original {
                    tag,
                    length: bytes.len() as u32,
                    first: bytes[0],
                });
            } else {
                left_out.push(tag);
            }
        }
        let [xor, difference] = FORMS.map(|form| index(form, needles, &chosen));
        let lengths = originals.iter().map(|original| original.length as usize);
        Self {
            longest: lengths.max().unwrap_or(0),
            originals,
            xor,
            difference,
            left_out,
        }
    }

    /// Tags of patterns that are too short or too regular to be searched for in this way: a finding's limits, to be reported.
    pub fn left_out(&self) -> &[u32] {
        &self.left_out
    }

    /// Bytes of the longest pattern.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Finds what begins in the first `starts` bytes of `data`, whose first is at `position`. `buffer` is overwritten.
    pub(super) fn find(
        &self,
        kernel: Kernel,
        data: &[u8],
        position: u64,
        starts: usize,
        buffer: &mut Zeroizing<Vec<u8>>,
        mut found: impl FnMut(Hit),
    ) {
        let data = &data[..data.len().min(starts + self.longest)];
        for (form, literals) in FORMS.into_iter().zip([&self.xor, &self.difference]) {
            let Some(literals) = literals else { continue };
            buffer.clear();
            derive(form, data, buffer);
            let starts = 0..starts.min(buffer.len());
            let words = literals.words(buffer, &starts);
            let mut work = super::found::Work::default();
            literals.find(
                kernel,
                buffer,
                words,
                &starts,
                &mut work,
                |(number, start)| {
                    let original = &self.originals[literals.needles.tag(number) as usize];
                    // The constant 0 is the plain form.
                    if data[start] != original.first {
                        found(Hit {
                            position: position + start as u64,
                            length: original.length,
                            tag: original.tag,
                            form,
                        });
                    }
                },
            );
        }
    }
}

const FORMS: [Form; 2] = [Form::XorConstant, Form::AddConstant];

/// The derived patterns; their tags are places in the list of originals.
fn index(form: Form, needles: &Needles, chosen: &[u32]) -> Option<Literals> {
    let total = chosen
        .iter()
        .map(|number| needles.bytes(*number).len() - 1)
        .sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(total));
    let mut ends = Vec::with_capacity(chosen.len());
    for number in chosen {
        derive(form, needles.bytes(*number), &mut bytes);
        ends.push(bytes.len());
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let patterns: Vec<_> = starts
        .zip(&ends)
        .zip(0..)
        .map(|((start, end), tag)| Pattern {
            tag,
            bytes: &bytes[start..*end],
        })
        .collect();
    Needles::new(&patterns).ok().map(Literals::new)
}

/// Appends what does not depend on the constant; one byte less than `bytes`.
fn derive(form: Form, bytes: &[u8], to: &mut Zeroizing<Vec<u8>>) {
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    match form {
        Form::AddConstant => to.extend(pairs.map(|(byte, next)| next.wrapping_sub(*byte))),
        Form::Plain | Form::XorConstant => to.extend(pairs.map(|(byte, next)| next ^ byte)),
    }
}

fn distinct(form: Form, bytes: &[u8]) -> usize {
    let mut derived = Zeroizing::new(Vec::with_capacity(bytes.len()));
    derive(form, bytes, &mut derived);
    derived.sort_unstable();
    derived.chunk_by(|a, b| a == b).count()
}

impl fmt::Debug for Constants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Constants")
            .field("patterns", &self.originals.len())
            .field("left_out", &self.left_out.len())
            .finish_non_exhaustive()
    }
}
