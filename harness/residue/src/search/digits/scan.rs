//! Counts the PINs that begin in a stretch, page by page. Called by `searcher`.
#![allow(unsafe_code)] // one call of a function compiled for AVX2

use std::fmt;
use std::ops::Range;

use zeroize::Zeroizing;

use super::super::kernel::Kernel;
use super::around::Around;
use super::cell::Cell;
use super::histogram::{PINS, PinHistogram};
use super::planes::{Marks, PAGE, Planes, place};

/// Bytes after a form's first that are looked at: the longest form is 73 bytes, and its neighbour ends 24 further.
pub(in super::super) const REACH: usize = 128;

/// A PIN whose positions are wanted, and the caller's number for it.
#[derive(Clone, Copy, Default, zeroize::Zeroize)]
pub struct Watched {
    /// 0–9999.
    pub pin: u16,
    /// Any number.
    pub tag: u32,
}

/// A watched PIN that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("watched number {tag} is no PIN of four digits")]
pub struct NotAPin {
    /// The caller's number.
    pub tag: u32,
}

/// Where a watched PIN is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sighting {
    /// Position of the form's first byte.
    pub position: u64,
    /// Form.
    pub cell: Cell,
    /// The caller's number.
    pub tag: u32,
    /// What stands around it; none where contexts were not asked for.
    pub context: Option<u64>,
}

/// A PIN in a context that is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown {
    /// The context.
    pub context: u64,
    /// The PIN: any of those that are counted.
    pub pin: u16,
}

/// What is told of a counted PIN.
pub(in super::super) enum Told {
    /// A watched one.
    Watched(Sighting),
    /// Any, in a context that is followed.
    Shown(Shown),
}

/// What to do about PINs. Holds the watched ones, wiped when dropped.
pub struct Pins {
    /// Ascending.
    watched: Zeroizing<Vec<(u16, u32)>>,
    /// One bit per PIN.
    is_watched: Zeroizing<Vec<u64>>,
    around: Option<Around>,
}

impl Pins {
    /// Counts all PINs, and notes where the watched ones are.
    ///
    /// # Errors
    /// When a watched number is above 9999.
    pub fn counting(watched: &[Watched]) -> Result<Self, NotAPin> {
        let mut list = Zeroizing::new(Vec::with_capacity(watched.len()));
        let mut bits = Zeroizing::new(vec![0_u64; PINS.div_ceil(64)]);
        for Watched { pin, tag } in watched {
            if usize::from(*pin) >= PINS {
                return Err(NotAPin { tag: *tag });
            }
            list.push((*pin, *tag));
            bits[usize::from(pin / 64)] |= 1 << (pin % 64);
        }
        list.sort_unstable();
        Ok(Self {
            watched: list,
            is_watched: bits,
            around: None,
        })
    }

    /// Tells contexts, too.
    #[must_use]
    pub fn around(mut self, around: Around) -> Self {
        self.around = Some(around);
        self
    }

    /// Counts what begins in `starts`; calls `told` for watched ones and followed contexts.
    pub(in super::super) fn count(
        &self,
        kernel: Kernel,
        data: &[u8],
        position: u64,
        starts: Range<usize>,
        histogram: &mut PinHistogram,
        told: &mut impl FnMut(Told),
    ) {
        let mut start = starts.start;
        while start < starts.end {
            let page = start..(start + PAGE).min(starts.end);
            start = page.end;
            // Nothing to count, and most of an idle memory.
            let whole = &data[page.start..(page.end + REACH).min(data.len())];
            if whole.iter().fold(0, |any, byte| any | byte) == 0 {
                continue;
            }
            let mut each = |cell, marks: &Marks, isolated: &Marks| {
                self.read(
                    cell, data, position, &page, marks, isolated, histogram, told,
                );
            };
            match kernel {
                Kernel::Scalar => portable(data, position, &page, &mut each),
                #[cfg(target_arch = "x86_64")]
                Kernel::Avx2 | Kernel::Avx512 => {
                    assert!(Kernel::Avx2.is_available());
                    // SAFETY: the processor has AVX2, as just asserted.
                    unsafe { avx2(data, position, &page, &mut each) }
                }
                #[cfg(not(target_arch = "x86_64"))]
                Kernel::Avx2 | Kernel::Avx512 => portable(data, position, &page, &mut each),
            }
        }
    }

    /// Reads the PINs where marks are.
    #[expect(
        clippy::too_many_arguments,
        reason = "the innermost step of one search"
    )]
    fn read(
        &self,
        cell: Cell,
        data: &[u8],
        position: u64,
        page: &Range<usize>,
        marks: &Marks,
        isolated: &Marks,
        histogram: &mut PinHistogram,
        told: &mut impl FnMut(Told),
    ) {
        let following = self.around.as_ref().filter(|around| around.follows_any());
        for (word, (mark, isolated)) in marks.0.iter().zip(&isolated.0).enumerate() {
            let mut left = *mark;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                let start = page.start + place(word) + bit as usize;
                if start >= page.end {
                    break;
                }
                let Some(pin) = cell.pin(&data[start..]) else {
                    continue;
                };
                histogram.count(cell, pin, isolated >> bit & 1 == 1);
                if let Some(around) = following {
                    let context = around.context(cell, data, start);
                    if around.follows(context) {
                        told(Told::Shown(Shown { context, pin }));
                    }
                }
                if self.is_watched[usize::from(pin / 64)] >> (pin % 64) & 1 == 1 {
                    let from = self.watched.partition_point(|(watched, _)| *watched < pin);
                    for (_, tag) in self.watched[from..]
                        .iter()
                        .take_while(|(watched, _)| *watched == pin)
                    {
                        let around = self.around.as_ref();
                        told(Told::Watched(Sighting {
                            position: position + start as u64,
                            cell,
                            tag: *tag,
                            context: around.map(|around| around.context(cell, data, start)),
                        }));
                    }
                }
            }
        }
    }
}

fn portable(
    data: &[u8],
    position: u64,
    page: &Range<usize>,
    each: &mut impl FnMut(Cell, &Marks, &Marks),
) {
    Planes::portable(data, position, page).forms(each);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(
    data: &[u8],
    position: u64,
    page: &Range<usize>,
    each: &mut impl FnMut(Cell, &Marks, &Marks),
) {
    Planes::avx2(data, position, page).forms(each);
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched")
            .field("tag", &self.tag)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Pins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pins")
            .field("watched", &self.watched.len())
            .finish_non_exhaustive()
    }
}
