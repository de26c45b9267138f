//! Forms with a stretch of at least 7 known bytes: the stretch is searched like any pattern. Many forms share one.

use std::collections::HashMap;

use super::Gap;
use crate::encodings::SHORTEST;
use crate::search::{Needles, Pattern, Refused, Searcher};

/// The stretches, and which forms have which.
pub(super) struct Anchored {
    searcher: Searcher,
    /// By the stretch's tag: forms by their number, and where the stretch begins in each.
    forms: Vec<Vec<(u32, usize)>>,
}

impl Anchored {
    /// Of all forms those that have such a stretch; `None` when none has.
    pub fn new(gaps: &[Gap]) -> Result<Option<Self>, Refused> {
        let mut tags: HashMap<&[u8], u32> = HashMap::new();
        let mut forms: Vec<Vec<(u32, usize)>> = Vec::new();
        for (number, gap) in (0..).zip(gaps) {
            let anchor = gap.form.anchor();
            if anchor.len() >= SHORTEST {
                let start = anchor.start;
                let tag = *tags.entry(&gap.form.reveal()[anchor]).or_insert_with(|| {
                    forms.push(Vec::new());
                    forms.len() as u32 - 1
                });
                forms[tag as usize].push((number, start));
            }
        }
        let patterns: Vec<_> = tags
            .iter()
            .map(|(bytes, tag)| Pattern { tag: *tag, bytes })
            .collect();
        if patterns.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            searcher: Searcher::new()
                .literals(Needles::new(&patterns)?)
                .at_most(usize::MAX),
            forms,
        }))
    }

    /// Calls `check` with each place where a form may begin, and the form's number.
    pub fn find(&self, data: &[u8], check: &mut dyn FnMut(usize, u32)) {
        for hit in self.searcher.search(data, 0, 1).hits {
            for (number, offset) in &self.forms[hit.tag as usize] {
                if let Some(start) = (hit.position as usize).checked_sub(*offset) {
                    check(start, *number);
                }
            }
        }
    }
}
