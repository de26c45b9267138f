//! Search for forms with gaps: keys in event queues, digits in every n-th byte, commands with a running number.
//!
//! Three ways, by what is known of a form: a stretch of at least 7 bytes leads to the place (`anchored`), pairs of bytes do
//! (`pairs`), or every n-th byte is gathered and searched (`strided`). Whatever leads there, the whole form is compared before it
//! is a hit. Every occurrence is found once, whatever the chunks. Called by `walk`; must not keep searched bytes but in wiped buffers.

mod anchored;
mod pairs;
mod strided;
#[cfg(test)]
mod tests;

use zeroize::Zeroizing;

use super::held::keep_last;
use crate::encodings::Form;
use crate::search::{Hit, Refused};
use anchored::Anchored;
use pairs::Pairs;
use strided::Strided;

/// A form with gaps and its tag.
pub(super) struct Gap {
    pub tag: u32,
    pub form: Form,
}

/// The search for all of them. Built once.
pub(super) struct Gapped {
    gaps: Vec<Gap>,
    anchored: Option<Anchored>,
    pairs: Pairs,
    strided: Strided,
    longest: usize,
}

impl Gapped {
    /// Takes the forms over; `None` when there are none.
    pub fn new(gaps: Vec<Gap>) -> Result<Option<Self>, Refused> {
        let Some(longest) = gaps.iter().map(|gap| gap.form.reveal().len()).max() else {
            return Ok(None);
        };
        Ok(Some(Self {
            anchored: Anchored::new(&gaps)?,
            pairs: Pairs::new(&gaps),
            strided: Strided::new(&gaps)?,
            gaps,
            longest,
        }))
    }

    /// Calls `found` with the place in `data` and the number of each form that stands there, and begins inside `starts`.
    fn find(&self, data: &[u8], buffers: &mut Buffers, mut found: impl FnMut(usize, &Gap)) {
        let mut check = |start: usize, number: u32| {
            let gap = &self.gaps[number as usize];
            if gap.form.stands_at(data, start) {
                found(start, gap);
            }
        };
        if let Some(anchored) = &self.anchored {
            anchored.find(data, &mut check);
        }
        self.pairs.find(data, &mut check);
        self.strided.find(data, buffers, &mut check);
    }
}

/// Buffers of `strided`, wiped on drop. Never grow.
pub(super) struct Buffers {
    one: Zeroizing<Vec<u8>>,
    other: Zeroizing<Vec<u8>>,
}

/// One reading: chunks that join.
pub(super) struct Reading<'a> {
    gapped: &'a Gapped,
    /// The last bytes fed, one less than the longest form has; what begins there may end in the next chunk.
    held: Zeroizing<Vec<u8>>,
    /// Position of the next byte.
    position: u64,
    buffers: Buffers,
}

impl<'a> Reading<'a> {
    pub fn new(gapped: &'a Gapped) -> Self {
        let buffer = || Zeroizing::new(Vec::with_capacity(strided::BLOCK + gapped.longest));
        Self {
            gapped,
            held: Zeroizing::new(Vec::with_capacity(2 * gapped.longest)),
            position: 0,
            buffers: Buffers {
                one: buffer(),
                other: buffer(),
            },
        }
    }

    /// Begins anew: the next byte is at `position` and follows none.
    pub fn restart(&mut self, position: u64) {
        self.held.clear();
        self.position = position;
    }

    /// The next bytes.
    pub fn feed(&mut self, chunk: &[u8], hit: &mut dyn FnMut(Hit)) {
        let reach = self.gapped.longest - 1;
        let old = self.held.len();
        // What crosses the border, then what lies in the chunk alone.
        self.held
            .extend_from_slice(&chunk[..chunk.len().min(reach)]);
        let before = self.position - old as u64;
        let mut report = |start: u64, gap: &Gap| {
            hit(Hit {
                position: start,
                length: gap.form.reveal().len() as u32,
                tag: gap.tag,
                form: crate::search::Form::Plain,
            });
        };
        if old > 0 {
            self.gapped
                .find(&self.held, &mut self.buffers, |start, gap| {
                    if start < old && start + gap.form.reveal().len() > old {
                        report(before + start as u64, gap);
                    }
                });
        }
        // Zeros hold no form that is not all zeros itself.
        if chunk.iter().fold(0, |any, byte| any | byte) != 0 {
            let position = self.position;
            self.gapped.find(chunk, &mut self.buffers, |start, gap| {
                report(position + start as u64, gap);
            });
        }
        keep_last(&mut self.held, chunk, reach);
        self.position += chunk.len() as u64;
    }
}
