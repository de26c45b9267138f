//! Forms of single bytes at a stride: every n-th byte is gathered, phase after phase, and the result searched as usual.
//!
//! A block of 128 KiB is dealt out into the phases of stride 2; these again into those of 4, 8 and 16, and of 24. So each stride costs one pass of
//! copying and one of searching. A hit across the border of two phases is none, and falls away when the form is compared.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::{Buffers, Gap, pairs};
use crate::canary::SecretBytes;
use crate::encodings::{SHORTEST, Search};
use crate::search::{Needles, Pattern, Refused, Searcher};

/// Bytes dealt out at once; with both buffers in the second-level cache.
pub(super) const BLOCK: usize = 128 << 10;

/// Searches by stride.
pub(super) struct Strided {
    strides: Vec<Stride>,
    longest: usize,
}

struct Stride {
    stride: usize,
    searcher: Searcher,
}

/// A phase of a stride in the gathered bytes: its first byte in the block, and how many bytes apart its bytes were.
#[derive(Clone, Copy)]
struct Phase {
    first: usize,
    stride: usize,
    start: usize,
    end: usize,
}

impl Strided {
    /// Of all forms those of single bytes at a stride.
    pub fn new(gaps: &[Gap]) -> Result<Self, Refused> {
        let mut by_stride: BTreeMap<usize, Vec<(u32, SecretBytes)>> = BTreeMap::new();
        let mut longest = 0;
        for (number, gap) in (0..).zip(gaps) {
            let form = &gap.form;
            let single = form.search() == Search::Strided && form.anchor().len() < SHORTEST;
            if !single || pairs::is_pairs(gap) {
                continue;
            }
            let runs = form.fixed();
            let stride = runs[1].start - runs[0].start;
            let bytes = runs.iter().map(|run| form.reveal()[run.start]).collect();
            by_stride.entry(stride).or_default().push((number, bytes));
            longest = longest.max(form.reveal().len());
        }
        let strides = by_stride.into_iter().map(|(stride, forms)| {
            let patterns: Vec<_> = forms
                .iter()
                .map(|(tag, bytes)| Pattern {
                    tag: *tag,
                    bytes: bytes.reveal(),
                })
                .collect();
            Ok(Stride {
                stride,
                searcher: Searcher::new()
                    .literals(Needles::new(&patterns)?)
                    .at_most(usize::MAX),
            })
        });
        Ok(Self {
            strides: strides.collect::<Result<_, Refused>>()?,
            longest,
        })
    }

    /// The strides in use, ascending.
    #[cfg(test)]
    pub fn strides(&self) -> impl Iterator<Item = usize> {
        self.strides.iter().map(|stride| stride.stride)
    }

    /// Calls `check` with each place where a form may begin, and the form's number.
    pub fn find(&self, data: &[u8], buffers: &mut Buffers, check: &mut dyn FnMut(usize, u32)) {
        if self.strides.is_empty() {
            return;
        }
        for block in (0..data.len()).step_by(BLOCK) {
            let end = (block + BLOCK + self.longest - 1).min(data.len());
            let bytes = &data[block..end];
            if bytes.iter().fold(0, |any, byte| any | byte) == 0 {
                continue;
            }
            for stride in &self.strides {
                let phases = gather(bytes, stride.stride, buffers);
                for hit in stride.searcher.search(&buffers.one, 0, 1).hits {
                    let at = hit.position as usize;
                    let Some(phase) = phases.iter().find(|phase| at < phase.end) else {
                        continue;
                    };
                    let start = phase.first + (at - phase.start) * phase.stride;
                    // What begins later is the next block's.
                    if start < BLOCK {
                        check(block + start, hit.tag);
                    }
                }
            }
        }
    }
}

/// Puts the phases of `stride` one after the other into `buffers.one`.
fn gather(bytes: &[u8], stride: usize, buffers: &mut Buffers) -> Vec<Phase> {
    let Buffers { one, other } = buffers;
    one.clear();
    one.extend_from_slice(bytes);
    let mut phases = vec![Phase {
        first: 0,
        stride: 1,
        start: 0,
        end: bytes.len(),
    }];
    let mut left = stride;
    while left > 1 {
        let factor = (2..=left)
            .find(|factor| left.is_multiple_of(*factor))
            .unwrap_or(left);
        left /= factor;
        phases = deal(one, other, &phases, factor);
        std::mem::swap(one, other);
    }
    phases
}

/// Deals each phase out into `factor` ones.
fn deal(from: &[u8], to: &mut Zeroizing<Vec<u8>>, phases: &[Phase], factor: usize) -> Vec<Phase> {
    to.clear();
    let mut dealt = Vec::with_capacity(phases.len() * factor);
    for old in phases {
        let bytes = &from[old.start..old.end];
        for part in 0..factor {
            let start = to.len();
            match factor {
                2 => every::<2>(bytes, part, to),
                3 => every::<3>(bytes, part, to),
                _ => to.extend(bytes.iter().skip(part).step_by(factor)),
            }
            dealt.push(Phase {
                first: old.first + part * old.stride,
                stride: old.stride * factor,
                start,
                end: to.len(),
            });
        }
    }
    dealt
}

/// Every `N`th byte from `first` on; in whole groups, which the compiler makes vectors of.
fn every<const N: usize>(bytes: &[u8], first: usize, to: &mut Zeroizing<Vec<u8>>) {
    let (groups, rest) = bytes.as_chunks::<N>();
    to.extend(groups.iter().map(|group| group[first]));
    to.extend(rest.get(first));
}
