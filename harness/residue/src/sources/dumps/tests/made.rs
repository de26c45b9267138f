//! Dumps written by hand, small, around given pages.

use object::elf::{PF_R, PF_W};

pub(super) const PAGE: usize = 4096;

/// Memory of a dump to be made: address (a page's) and bytes (whole pages).
pub(super) type Stretch<'a> = (u64, &'a [u8]);

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

/// A 64-bit little-endian or 32-bit big-endian core; the last stretch is told to be longer in memory than in the dump.
pub(super) fn elf(wide: bool, memory: &[Stretch<'_>]) -> Vec<u8> {
    let word = |value: u64| {
        if wide {
            value.to_le_bytes().to_vec()
        } else {
            (value as u32).to_be_bytes().to_vec()
        }
    };
    let half = |value: u32| {
        if wide {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    };
    let short = |value: u16| {
        if wide {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    };
    let (header, entry) = if wide { (64, 56) } else { (52, 32) };
    let mut bytes = b"\x7fELF".to_vec();
    bytes.extend(if wide { [2, 1, 1, 0] } else { [1, 2, 1, 0] });
    bytes.extend([0; 8]);
    // Core, machine, version; entry point, program headers, section headers; flags.
    bytes.extend([short(4), short(0)].concat());
    bytes.extend(half(1));
    bytes.extend([word(0), word(header), word(0)].concat());
    bytes.extend(half(0));
    bytes.extend(
        [header as u16, entry, memory.len() as u16, 0, 0, 0]
            .map(short)
            .concat(),
    );
    let mut offset = PAGE as u64;
    for (index, (address, content)) in memory.iter().enumerate() {
        let length = content.len() as u64;
        let missing = if index + 1 == memory.len() { 100 } else { 0 };
        let flags = half((PF_R | PF_W).0);
        bytes.extend(half(1));
        if wide {
            bytes.extend(flags);
        }
        bytes.extend(
            [offset, *address, 0, length, length + missing]
                .map(word)
                .concat(),
        );
        if !wide {
            bytes.extend(flags);
        }
        bytes.extend(word(PAGE as u64));
        offset += length;
    }
    bytes.resize(PAGE, 0);
    for stretch in memory {
        bytes.extend(stretch.1);
    }
    bytes
}

pub(super) fn lime(memory: &[Stretch<'_>]) -> Vec<u8> {
    let stretches = memory.iter().map(|(address, content)| {
        let last = address + content.len() as u64 - 1;
        let numbers = [address.to_le_bytes(), last.to_le_bytes(), [0; 8]];
        [&b"EMiL\x01\0\0\0"[..], &numbers.concat(), content].concat()
    });
    stretches.collect::<Vec<_>>().concat()
}

/// A minidump with one memory list, the wide one (full memory) or the narrow one.
pub(super) fn minidump(wide: bool, memory: &[Stretch<'_>]) -> Vec<u8> {
    let mut bytes = b"MDMP\x93\xa7\0\0".to_vec();
    bytes.extend([1u32, 32, 0, 0, 0, 0].map(u32::to_le_bytes).concat());
    let list = 44;
    bytes.extend(
        [if wide { 9u32 } else { 5 }, 0, list]
            .map(u32::to_le_bytes)
            .concat(),
    );
    let mut offset = 1000u32;
    if wide {
        bytes.extend(
            [memory.len() as u64, offset.into()]
                .map(u64::to_le_bytes)
                .concat(),
        );
    } else {
        bytes.extend((memory.len() as u32).to_le_bytes());
    }
    for (address, content) in memory {
        bytes.extend(address.to_le_bytes());
        if wide {
            bytes.extend((content.len() as u64).to_le_bytes());
        } else {
            bytes.extend(
                [content.len() as u32, offset]
                    .map(u32::to_le_bytes)
                    .concat(),
            );
        }
        offset += content.len() as u32;
    }
    bytes.resize(1000, 0);
    for stretch in memory {
        bytes.extend(stretch.1);
    }
    bytes
}

/// A Windows kernel dump of a kind: 1 full, 5 bitmap, 8 or 10 list of pages.
pub(super) fn kernel(kind: u32, memory: &[Stretch<'_>]) -> Vec<u8> {
    let mut bytes = vec![0; 0x2000];
    put(&mut bytes, 0, b"PAGEDU64");
    put(&mut bytes, 0xf98, &kind.to_le_bytes());
    let pages = |content: &[u8]| (content.len() / PAGE) as u64;
    let runs = memory
        .iter()
        .map(|(address, content)| [address / PAGE as u64, pages(content)]);
    let runs: Vec<u8> = runs.flatten().flat_map(u64::to_le_bytes).collect();
    let total: u64 = memory.iter().map(|stretch| pages(stretch.1)).sum();
    let mut body = vec![0; PAGE];
    match kind {
        1 => {
            put(&mut bytes, 0x88, &(memory.len() as u32).to_le_bytes());
            put(&mut bytes, 0x98, &runs);
            body.clear();
        }
        5 => {
            put(&mut body, 0, b"SDMPDUMP");
            put(
                &mut body,
                0x20,
                &[0x3000, total, 256].map(u64::to_le_bytes).concat(),
            );
            for (address, content) in memory {
                for page in 0..pages(content) {
                    let bit = (address / PAGE as u64 + page) as usize;
                    body[0x38 + bit / 8] |= 1 << (bit % 8);
                }
            }
        }
        _ => {
            put(&mut body, 0, b"\x40\0\0\0RDMPDUMP");
            put(
                &mut body,
                0x10,
                &[0xfe0u64, 0x3000, 0, total].map(u64::to_le_bytes).concat(),
            );
            put(&mut body, 0x30, &runs);
        }
    }
    bytes.extend(body);
    for stretch in memory {
        bytes.extend(stretch.1);
    }
    bytes
}

/// One dump of each format, by a name.
pub(super) fn all(memory: &[Stretch<'_>]) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("elf 64", elf(true, memory)),
        ("elf 32", elf(false, memory)),
        ("lime", lime(memory)),
        ("minidump 64", minidump(true, memory)),
        ("minidump", minidump(false, memory)),
        ("kernel full", kernel(1, memory)),
        ("kernel bitmap", kernel(5, memory)),
        ("kernel list", kernel(8, memory)),
        ("kernel complete", kernel(10, memory)),
    ]
}
