//! What is searched, and what for: made of this machine's files, the same on each run on one machine.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// SplitMix64 (Steele, Lea and Flood 2014).
pub struct SplitMix(pub u64);

impl SplitMix {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..count.div_ceil(8))
            .flat_map(|_| self.next().to_le_bytes())
            .collect();
        bytes.truncate(count);
        bytes
    }

    fn from(&mut self, alphabet: &[u8], count: u64) -> Vec<u8> {
        (0..count)
            .map(|_| alphabet[(self.next() % alphabet.len() as u64) as usize])
            .collect()
    }
}

/// Regular files under a folder, in order of their names.
fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&entry.path(), into),
            Ok(kind) if kind.is_file() => into.push(entry.path()),
            _ => {}
        }
    }
}

/// Contents of the files in which `wanted` bytes begin with what the rule accepts, again and again.
fn contents(folders: &[&str], wanted: usize, accept: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut paths = Vec::new();
    for folder in folders {
        files(Path::new(folder), &mut paths);
    }
    let mut bytes = Vec::with_capacity(wanted);
    for path in paths {
        if bytes.len() >= wanted {
            break;
        }
        if let Ok(content) = fs::read(path)
            && accept(&content)
        {
            bytes.extend_from_slice(&content[..content.len().min(wanted - bytes.len())]);
        }
    }
    assert!(!bytes.is_empty(), "no file in {folders:?}");
    let once = bytes.len();
    while bytes.len() < wanted {
        let more = once.min(wanted - bytes.len());
        bytes.extend_from_within(..more);
    }
    bytes
}

/// 50 % programs and libraries, 15 % text, 15 % random, 20 % zeros, in turns of a mebibyte.
pub fn mixed(size: usize) -> Vec<u8> {
    const TURN: usize = 1 << 20;
    let is_program = |bytes: &[u8]| bytes.starts_with(b"\x7fELF");
    let is_text = |bytes: &[u8]| bytes.len() > 500 && bytes.iter().take(500).all(|byte| *byte != 0);
    let program = contents(&["/usr/bin", "/usr/sbin", "/usr/lib"], size / 2, is_program);
    let text = contents(
        &["/usr/share", "/usr/include", "/usr/lib/python3"],
        size * 3 / 20,
        is_text,
    );
    let random = SplitMix(1).bytes(size * 3 / 20);
    let zeros = vec![0; size / 5];
    let mut sources = [&program[..], &text, &random, &zeros];
    let mut memory = Vec::with_capacity(size);
    for turn in [0, 1, 0, 2, 0, 3, 0, 3, 0, 1, 0, 2, 0, 3, 0, 1, 0, 2, 0, 3]
        .iter()
        .cycle()
    {
        let source = &mut sources[*turn];
        let (next, rest) = source.split_at(source.len().min(TURN));
        memory.extend_from_slice(next);
        *source = rest;
        if sources.iter().all(|source| source.is_empty()) {
            return memory;
        }
    }
    memory
}

/// Secrets in usual encodings, 8 to 40 bytes: digits, UTF-16 digits, hex, base64, binary.
pub fn patterns(count: u64) -> Vec<Vec<u8>> {
    let mut random = SplitMix(2);
    let base64: Vec<u8> = (b'A'..=b'Z')
        .chain(b'a'..=b'z')
        .chain(b'0'..=b'9')
        .collect();
    (0..count)
        .map(|n| {
            let length = 8 + random.next() % 12;
            match n % 6 {
                0 | 1 => random.from(b"0123456789", length),
                2 => random
                    .from(b"0123456789", length)
                    .iter()
                    .flat_map(|digit| [*digit, 0])
                    .collect(),
                3 => random.from(b"0123456789abcdef", length * 2),
                4 => random.from(&base64, length + 8),
                _ => random.bytes(length as usize),
            }
        })
        .collect()
}

/// `memory.bin`, and `patterns-N.txt` with one pattern in hex per line.
pub fn write(folder: &Path, memory: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("memory.bin"), memory)?;
    for count in [30, 300, 3_000] {
        let mut file = io::BufWriter::new(fs::File::create(
            folder.join(format!("patterns-{count}.txt")),
        )?);
        for pattern in patterns(count) {
            for byte in pattern {
                write!(file, "{byte:02x}")?;
            }
            writeln!(file)?;
        }
        file.flush()?;
    }
    Ok(())
}
