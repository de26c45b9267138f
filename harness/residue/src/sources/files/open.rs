//! Open what was looked at, and nothing put there since.

use crate::sources::report::{Special, Why};
use std::fs::{File, FileType, Metadata, OpenOptions};
use std::path::Path;

/// What is neither file, directory nor link.
pub(super) fn special(kind: FileType) -> Option<Special> {
    if kind.is_file() || kind.is_dir() || kind.is_symlink() {
        return None;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let known = [
            (kind.is_fifo(), Special::Fifo),
            (kind.is_socket(), Special::Socket),
            (kind.is_char_device(), Special::CharacterDevice),
            (kind.is_block_device(), Special::BlockDevice),
        ];
        if let Some((_, special)) = known.into_iter().find(|(is, _)| *is) {
            return Some(special);
        }
    }
    Some(Special::Other)
}

/// Open `path` for reading if it is still what `seen` tells.
pub(super) fn open(path: &Path, seen: &Metadata) -> Result<File, Why> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        // A FIFO put there meanwhile must not hold us, nor a link lead us elsewhere.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path).map_err(|error| Why::from(&error))?;
    let opened = file.metadata().map_err(|error| Why::from(&error))?;
    if same(&opened, seen) {
        Ok(file)
    } else {
        Err(Why::Swapped)
    }
}

#[cfg(unix)]
fn same(opened: &Metadata, seen: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (opened.dev(), opened.ino()) == (seen.dev(), seen.ino())
        && opened.file_type() == seen.file_type()
}

/// A link put there meanwhile leads to a file made at another time. Opening the link itself would give packed files (Compact OS,
/// deduplicated ones) packed.
#[cfg(windows)]
fn same(opened: &Metadata, seen: &Metadata) -> bool {
    use std::os::windows::fs::MetadataExt;
    opened.creation_time() == seen.creation_time() && opened.file_type() == seen.file_type()
}

/// Whether a directory lies in a file system that is made of the kernel's answers.
#[cfg(target_os = "linux")]
pub(super) fn pseudo(directory: &Path) -> bool {
    // proc, sysfs, cgroup, cgroup2, debugfs, tracefs, securityfs, configfs, bpf, selinuxfs, fusectl, devpts.
    // Not pstore, mqueue or efivarfs: what they hold outlives its writer.
    const PSEUDO: [u32; 12] = [
        0x9fa0,
        0x6265_6572,
        0x0027_e0eb,
        0x6367_7270,
        0x6462_6720,
        0x7472_6163,
        0x7363_6673,
        0x6265_6570,
        0xcafe_4a11,
        0xf97c_ff8c,
        0x6573_5543,
        0x1cd1,
    ];
    rustix::fs::statfs(directory).is_ok_and(|found| PSEUDO.contains(&(found.f_type as u32)))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn pseudo(_directory: &Path) -> bool {
    false
}
