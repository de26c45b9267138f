//! Which file of the file system on a disk image or block device holds what was found, deleted ones included: told by The Sleuth Kit
//! (`mmls`, `fsstat`, `ifind`, `ffind`, `blkstat`), which knows FAT, exFAT, NTFS, ext, HFS, UFS and others. Without it, or where it knows nothing, the
//! offset alone is told. Asked after a search and only where something was found. Called by `walk`.
//!
//! Must not: decide anything (a name is a help for people); read the image itself. Images may be hostile: each question ends by itself.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use super::build::Hunt;
use super::trail::{Finding, Trail};
use crate::sources::Kind;

/// Findings that are named, of one search; programs are started for each.
const NAMED: usize = 100;
/// Seconds until a question is given up.
const PATIENCE: &str = "10";
/// Smaller files hold no file system.
const SMALLEST: u64 = 32 << 10;
/// What `mmls` counts in, where it does not tell.
const SECTOR: u64 = 512;

/// A file system in an image.
struct Volume {
    /// First byte, and behind the last one.
    range: std::ops::Range<u64>,
    /// As `-o` wants it, in sectors.
    sector: u64,
    /// Bytes of what `ifind` counts in.
    unit: u64,
}

/// Adds names to the places of findings in images: `disk.img > /photo.jp2 (deleted)`.
pub(super) fn named(hunt: &Hunt, mut trail: Trail) -> Trail {
    let mut known: BTreeMap<String, Vec<Volume>> = BTreeMap::new();
    let mut blocks: BTreeMap<(String, u64, u64), Option<String>> = BTreeMap::new();
    let raw = |finding: &&mut Finding| matches!(finding.region, Kind::File | Kind::BlockDevice);
    for finding in trail.findings.iter_mut().filter(raw).take(NAMED) {
        let image = Path::new(&finding.place);
        let volumes = known
            .entry(finding.place.clone())
            .or_insert_with(|| volumes(image));
        let holds = |volume: &&Volume| volume.range.contains(&finding.position);
        let Some(volume) = volumes.iter().find(holds) else {
            continue;
        };
        let block = (finding.position - volume.range.start) / volume.unit;
        let name = blocks
            .entry((finding.place.clone(), volume.sector, block))
            .or_insert_with(|| volume.file(image, block));
        if let Some(name) = name {
            finding.place = hunt.without_secrets(&format!("{} > {name}", finding.place));
        }
    }
    trail
}

fn volumes(image: &Path) -> Vec<Volume> {
    let Ok(data) = image.metadata() else {
        return Vec::new();
    };
    // The length of a block device is not told here.
    if data.is_file() && data.len() < SMALLEST {
        return Vec::new();
    }
    let table = asked("mmls", &[image.as_os_str()]).unwrap_or_default();
    let sector = number_after(&table, "Units are in ")
        .filter(|bytes| *bytes > 0)
        .unwrap_or(SECTOR);
    let mut parts: Vec<(u64, u64)> = table.lines().filter_map(part).collect();
    if parts.is_empty() {
        parts.push((0, u64::MAX / sector));
    }
    let volume = |(first, count): (u64, u64)| {
        let told = asked(
            "fsstat",
            &[
                OsStr::new("-o"),
                first.to_string().as_ref(),
                image.as_os_str(),
            ],
        )?;
        let kind = told
            .lines()
            .find_map(|line| line.strip_prefix("File System Type: "))?;
        let unit = match kind.to_ascii_lowercase() {
            fat if fat.contains("fat") => "Sector Size: ",
            ntfs if ntfs.starts_with("ntfs") => "Cluster Size: ",
            _ => "Block Size: ",
        };
        let start = first.checked_mul(sector)?;
        Some(Volume {
            range: start..start.saturating_add(count.saturating_mul(sector)),
            sector: first,
            unit: number_after(&told, unit).filter(|unit| *unit > 0)?,
        })
    };
    parts.into_iter().filter_map(volume).collect()
}

/// First sector and sectors of a line of `mmls`: number, slot, first, last, count, description. Tables themselves and gaps have no slot.
fn part(line: &str) -> Option<(u64, u64)> {
    let mut fields = line.split_whitespace();
    let (_, slot) = (fields.next()?, fields.next()?);
    let is_part = slot.starts_with(|first: char| first.is_ascii_digit());
    let mut number = || fields.next()?.parse().ok();
    let (first, _last, count): (u64, u64, u64) = (number()?, number()?, number()?);
    is_part.then_some((first, count))
}

fn number_after(told: &str, words: &str) -> Option<u64> {
    let rest = &told[told.find(words)? + words.len()..];
    let end = rest
        .find(|one: char| !one.is_ascii_digit())
        .unwrap_or(rest.len());
    rest[..end].parse().ok()
}

impl Volume {
    /// The file that a block belongs or belonged to, or that it is free.
    fn file(&self, image: &Path, block: u64) -> Option<String> {
        let (offset, block) = (self.sector.to_string(), block.to_string());
        let ask = |tool: &str, options: &[&str], number: Option<&str>| {
            let mut words: Vec<&OsStr> = vec!["-o".as_ref(), offset.as_ref()];
            words.extend(options.iter().map(OsStr::new));
            words.push(image.as_os_str());
            words.extend(number.map(OsStr::new));
            asked(tool, &words)
        };
        let free = || {
            let told = ask("blkstat", &[], Some(&block))?;
            told.lines()
                .any(|line| line == "Not Allocated")
                .then(|| "(free space)".to_owned())
        };
        let told = ask("ifind", &["-d", &block], None)?;
        let Some(number) = told.lines().next().filter(|line| is_number(line)) else {
            return free();
        };
        let names = ask("ffind", &[], Some(number))?;
        let name = names.lines().next()?;
        Some(match name.strip_prefix("* ") {
            Some(name) => format!("{name} (deleted)"),
            None if name.starts_with('/') => name.to_owned(),
            None => format!("file {number} without a name"),
        })
    }
}

/// `128-1` of NTFS too.
fn is_number(text: &str) -> bool {
    text.starts_with(|one: char| one.is_ascii_digit())
        && text.bytes().all(|one| one.is_ascii_digit() || one == b'-')
}

/// What a tool of The Sleuth Kit prints; none where it is missing, fails or takes too long.
fn asked(tool: &str, words: &[&OsStr]) -> Option<String> {
    let output = Command::new("timeout")
        .args([PATIENCE, tool])
        .args(words)
        .env("LC_ALL", "C")
        .stdin(std::process::Stdio::null())
        .output()
        .ok()?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canary::{Canary, Kind as CanaryKind, SecretBytes};
    use crate::hunt::Wanted;
    use crate::sources::{Options, Source};

    const CANARY: &[u8] = b"a canary of its own, long enough";

    fn hunt() -> Hunt {
        let value = SecretBytes::copied(CANARY);
        let canary = Canary::new("t/text".into(), CanaryKind::Text, value).unwrap();
        let wanted = Wanted {
            canaries: vec![canary],
            ..Wanted::default()
        };
        Hunt::new(&wanted, [1; 32]).unwrap()
    }

    fn run(program: &str, arguments: &[&OsStr]) {
        let output = Command::new(program).args(arguments).output();
        let output = output.unwrap_or_else(|why| panic!("{program}: {why}: run ci/setup"));
        assert!(output.status.success(), "{program}: {output:?}");
    }

    fn places(image: &Path) -> Vec<String> {
        let trail = hunt().search(&Source::Path(image.into()), &Options::default());
        let plain = trail
            .findings
            .into_iter()
            .filter(|one| one.encoding == "ascii");
        plain.map(|one| one.place).collect()
    }

    /// An ext4 file system with a file, made without mounting; behind a partition table or not; then the file is deleted.
    #[test]
    fn files_on_images_are_named_deleted_ones_too() {
        let folder = tempfile::tempdir().unwrap();
        let (files, image) = (folder.path().join("files"), folder.path().join("disk.img"));
        std::fs::create_dir_all(files.join("log")).unwrap();
        let text = [&[b'x'; 5_000][..], CANARY, &[b'y'; 100]].concat();
        std::fs::write(files.join("log/kept.txt"), text).unwrap();
        let [from, to] = [files.as_os_str(), image.as_os_str()];
        let words = ["-q", "-t", "ext4", "-d"].map(OsStr::new);
        run(
            "mke2fs",
            &[&words[..], &[from, to, OsStr::new("4M")]].concat(),
        );
        let shown = image.display().to_string();
        assert_eq!(places(&image), [format!("{shown} > /log/kept.txt")]);

        // One partition of Linux, from sector 64 on.
        let part = std::fs::read(&image).unwrap();
        let mut disk = vec![0; 64 * 512];
        let entry = [0, 0, 0, 0, 0x83, 0, 0, 0, 64, 0, 0, 0, 0, 0x20, 0, 0];
        disk[446..462].copy_from_slice(&entry);
        disk[510..512].copy_from_slice(&[0x55, 0xAA]);
        disk.extend_from_slice(&part);
        let whole = folder.path().join("whole.img");
        std::fs::write(&whole, disk).unwrap();
        let named = format!("{} > /log/kept.txt", whole.display());
        assert_eq!(places(&whole), [named]);

        let words = ["-w", "-R", "rm /log/kept.txt"].map(OsStr::new);
        run("debugfs", &[&words[..], &[to]].concat());
        assert_eq!(
            places(&image),
            [format!("{shown} > /log/kept.txt (deleted)")]
        );
    }

    /// Bytes that are no file system, and a table that lies.
    #[test]
    fn what_is_no_file_system_has_no_names() {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("random.img");
        let mut bytes: Vec<u8> = (0..100_000_u32)
            .map(|n| (n.wrapping_mul(n) / 7) as u8)
            .collect();
        bytes[446..462].fill(0xFF);
        bytes[510..512].copy_from_slice(&[0x55, 0xAA]);
        bytes[70_000..70_000 + CANARY.len()].copy_from_slice(CANARY);
        std::fs::write(&image, bytes).unwrap();
        assert_eq!(places(&image), [image.display().to_string()]);
    }

    #[test]
    fn lines_of_mmls_are_read() {
        let table = "DOS Partition Table\nUnits are in 512-byte sectors\n\n000:  Meta      0000000000   0000000000   0000000001   Primary Table (#0)\n001:  -------   0000000000   0000000063   0000000064   Unallocated\n002:  000:000   0000000064   0000008255   0000008192   Linux (0x83)\n";
        assert_eq!(
            table.lines().filter_map(part).collect::<Vec<_>>(),
            [(64, 8192)]
        );
        assert_eq!(number_after(table, "Units are in "), Some(512));
    }
}
