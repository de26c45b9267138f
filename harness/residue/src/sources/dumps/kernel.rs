//! Windows kernel dumps of 64-bit machines: full, bitmap, and the page lists of newer systems.
//!
//! Layouts as in `kdmp-parser`. Dumps of 32-bit machines and unknown kinds are noted and searched as plain bytes.

use super::bytes::Bytes;
use super::{Header, Memory};

const PAGE: u64 = 4096;
/// The common header ends here and its kind-specific one begins.
const BODY: u64 = 0x2000;
/// Runs that fit into the common header.
const MOST_RUNS: u32 = (700 - 16) / 16;
/// Pages of 16 TiB: a bitmap that claims more is not walked.
const MOST_PAGES: u64 = 1 << 32;
/// Bytes of a bitmap read at once.
const PIECE: usize = 4096;

pub(super) fn read(bytes: &Bytes<'_>) -> Option<Header> {
    let narrow = bytes.starts_with(b"PAGEDUMP");
    if !narrow && !bytes.starts_with(b"PAGEDU64") {
        return None;
    }
    let mut header = Header::default();
    let kind = if narrow { None } else { bytes.u32(0xf98) };
    let whole = match kind {
        Some(1) => full(bytes, &mut header),
        Some(5 | 6) => bitmap(bytes, &mut header),
        Some(8 | 9) => page_list(bytes, u64::MAX, &mut header),
        // A complete dump's list ends with its number of pages.
        Some(10) => bytes
            .u64(BODY + 0x28)
            .and_then(|pages| page_list(bytes, pages, &mut header)),
        _ => {
            header.fault("a kernel dump of a kind whose pages are not told apart");
            Some(())
        }
    };
    if whole.is_none() {
        header.fault("the kernel dump's page map is cut or damaged");
    }
    Some(header)
}

fn add_pages(header: &mut Header, start: u64, page: u64, count: u64) -> Option<u64> {
    let length = count.checked_mul(PAGE)?;
    let room = header.add(Memory {
        start,
        length,
        address: page.checked_mul(PAGE)?,
        permissions: None,
        physical: true,
    });
    if room {
        start.checked_add(length)
    } else {
        None
    }
}

/// All pages, run by run.
fn full(bytes: &Bytes<'_>, header: &mut Header) -> Option<()> {
    let runs = bytes.u32(0x88)?;
    if runs > MOST_RUNS {
        return None;
    }
    let mut start = BODY;
    for run in 0..u64::from(runs) {
        let entry = 0x98 + 16 * run;
        start = add_pages(header, start, bytes.u64(entry)?, bytes.u64(entry + 8)?)?;
    }
    Some(())
}

/// A bit for each page of the machine; those set are in the file one after the other.
fn bitmap(bytes: &Bytes<'_>, header: &mut Header) -> Option<()> {
    let magic: [u8; 8] = bytes.array(BODY)?;
    if !matches!(&magic, b"SDMPDUMP" | b"FDMPDUMP") {
        return None;
    }
    let mut start = bytes.u64(BODY + 0x20)?;
    let pages = bytes.u64(BODY + 0x30)?;
    if pages > MOST_PAGES {
        return None;
    }
    let mut page = 0;
    let mut piece = [0; PIECE];
    while page < pages {
        let bits = (pages - page).min(PIECE as u64 * 8);
        let part = &mut piece[..bits.div_ceil(8) as usize];
        if !bytes.fill(BODY + 0x38 + page / 8, part) {
            return None;
        }
        for bit in 0..bits {
            if part[bit as usize / 8] >> (bit % 8) & 1 == 0 {
                continue;
            }
            // The page that ends the file is still told, as cut.
            if start > bytes.length {
                return None;
            }
            start = add_pages(header, start, page + bit, 1)?;
        }
        page += bits;
    }
    Some(())
}

/// Runs of pages, whose data lie one after the other in the file.
fn page_list(bytes: &Bytes<'_>, mut left: u64, header: &mut Header) -> Option<()> {
    if bytes.array(BODY + 4)? != *b"RDMPDUMP" {
        return None;
    }
    let list = BODY + 0x30;
    let first = bytes.u64(BODY + 0x18)?;
    let fits = first.checked_sub(list)? / 16;
    let claimed = bytes.u64(BODY + 0x10)? / 16;
    let mut start = first;
    for entry in 0..header.entries(claimed.min(fits)) {
        let at = list + 16 * entry;
        let (page, count) = (bytes.u64(at)?, bytes.u64(at + 8)?);
        if page == 0 || left == 0 {
            break;
        }
        start = add_pages(header, start, page, count)?;
        left = left.saturating_sub(count);
    }
    Some(())
}
