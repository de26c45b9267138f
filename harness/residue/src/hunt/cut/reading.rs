//! One reading: finds the edges in chunks as they come, and looks at both sides of each once, whatever the chunks.

use zeroize::Zeroizing;

use super::super::held::keep_last;
use super::{Cuts, Piece};
use crate::sources::PAGE;

/// Bytes of pages that follow one another in the source, chunk by chunk.
pub(in crate::hunt) struct Reading<'a> {
    pub(super) cuts: &'a Cuts,
    /// The last bytes fed, as many as are looked at beside an edge; none in what is not paged.
    held: Zeroizing<Vec<u8>>,
    /// Position of the next byte.
    position: u64,
    /// What makes a position a place in pages; none where there are none.
    phase: Option<u64>,
    /// An edge whose further side is not yet wholly fed; there is one at most, for no more than a page is looked at.
    awaited: Option<u64>,
}

impl<'a> Reading<'a> {
    pub fn new(cuts: &'a Cuts) -> Self {
        Self {
            cuts,
            held: Zeroizing::new(Vec::with_capacity(2 * cuts.reach())),
            position: 0,
            phase: None,
            awaited: None,
        }
    }

    /// Whether bytes at this phase go on where the last ones ended.
    pub fn goes_on(&self, phase: Option<u64>) -> bool {
        self.phase == phase
    }

    /// Ends a stretch: what waits for more bytes is looked at as it is.
    pub fn end(&mut self, found: &mut dyn FnMut(Piece)) {
        if let Some(edge) = self.awaited.take() {
            let after = self.held.len() - (self.position - edge) as usize;
            self.cuts.starting(&self.held[after..], edge, found);
        }
        self.held.clear();
        self.phase = None;
    }

    /// Begins anew: the next byte is at `position` and follows none.
    pub fn restart(&mut self, position: u64, phase: Option<u64>) {
        self.held.clear();
        self.position = position;
        self.phase = phase;
        let page = PAGE as u64;
        let starts = phase.is_some_and(|phase| position.wrapping_add(phase).is_multiple_of(page));
        self.awaited = starts.then_some(position);
    }

    /// The next bytes.
    pub fn feed(&mut self, chunk: &[u8], found: &mut dyn FnMut(Piece)) {
        let Some(phase) = self.phase else {
            self.position += chunk.len() as u64;
            return;
        };
        let (reach, old) = (self.cuts.reach(), self.held.len());
        // Both sides of what lies near the border between the chunks.
        self.held
            .extend_from_slice(&chunk[..chunk.len().min(reach)]);
        if let Some(edge) = self.awaited {
            let after = &self.held[old - (self.position - edge) as usize..];
            if after.len() >= reach {
                self.cuts.starting(&after[..reach], edge, found);
                self.awaited = None;
            }
        }
        let first = PAGE - self.position.wrapping_add(phase) as usize % PAGE;
        for at in (first..=chunk.len()).step_by(PAGE) {
            let edge = self.position + at as u64;
            let before = match at.checked_sub(reach) {
                Some(from) => &chunk[from..at],
                None => &self.held[(old + at).saturating_sub(reach)..old + at],
            };
            self.cuts.ending(before, edge, found);
            match chunk.get(at..at + reach) {
                Some(after) => self.cuts.starting(after, edge, found),
                None => self.awaited = Some(edge),
            }
        }
        keep_last(&mut self.held, chunk, reach);
        self.position += chunk.len() as u64;
    }
}
