//! Disk images as the guest sees them; without QEMU they must be listed instead.

use crate::sources::tests::{Walked, noise, secret, walked_path};
use crate::sources::{Kind, Place, Why};
use std::path::Path;
use std::process::Command;

const LENGTH: usize = 3 << 20;

fn qemu_img(arguments: &[&str], folder: &Path) -> bool {
    let made = Command::new("qemu-img")
        .args(arguments)
        .current_dir(folder)
        .output();
    made.is_ok_and(|said| said.status.success())
}

fn reasons(walked: &Walked) -> Vec<&Why> {
    walked
        .report
        .not_searched
        .iter()
        .map(|missed| &missed.why)
        .collect()
}

/// An image of each format QEMU can make here; where it cannot, the magic alone must be listed.
fn image(folder: &Path, format: &str, magic: &[u8], options: &[&str]) -> bool {
    let arguments = [
        &["convert", "-f", "raw", "-O", format],
        options,
        &["raw", format],
    ]
    .concat();
    let made = qemu_img(&arguments, folder);
    if !made {
        std::fs::write(folder.join(format), magic).unwrap();
    }
    made
}

#[test]
fn every_format_is_read_as_the_guest_sees_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let secret = secret();
    let text = secret.repeat(4000);
    let mut disk = noise(LENGTH);
    disk[1 << 20..][..text.len()].copy_from_slice(&text);
    std::fs::write(path.join("raw"), &disk).unwrap();
    let formats: [(&str, &[u8], &[&str]); 5] = [
        // Packed clusters: the secret is nowhere in the file itself.
        ("qcow2", b"QFI\xfb", &["-c"]),
        ("vmdk", b"KDMV", &["-o", "subformat=streamOptimized"]),
        ("vhdx", b"vhdxfile", &[]),
        ("vpc", b"conectix", &[]),
        ("vdi", b"<<< none >>>", &[]),
    ];
    for (format, magic, options) in formats {
        let made = image(path, format, magic, options);
        let walked = walked_path(&path.join(format));
        if !made {
            assert!(format == "vdi" || !reasons(&walked).is_empty(), "{format}");
            continue;
        }
        let hits = walked.find(&secret);
        let mut guest = hits.iter().filter(|hit| hit.1.kind == Kind::Disk);
        let first = guest
            .next()
            .unwrap_or_else(|| panic!("{format}: {:?}", reasons(&walked)));
        assert_eq!(first.0, 1 << 20, "{format}");
        assert_eq!(guest.count(), 3999, "{format}");
        assert!(matches!(&first.1.place, Place::File { inside, .. } if *inside == ["disk"]));
        assert!(
            reasons(&walked).is_empty(),
            "{format}: {:?}",
            reasons(&walked)
        );
    }
}

#[test]
fn a_file_an_image_builds_on_is_not_opened_and_that_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let secret = secret();
    std::fs::write(path.join("raw"), secret.repeat(4096)).unwrap();
    let own = std::fs::canonicalize(path.join("raw")).unwrap();
    let own = own.to_str().unwrap();
    let arguments = ["create", "-f", "qcow2", "-F", "raw", "-b", own, "image"];
    if !qemu_img(&arguments, path) {
        // By hand: version 2, with a backing file at offset 104.
        let header = [&b"QFI\xfb\0\0\0\x02"[..], &104u64.to_be_bytes(), &[0; 100]].concat();
        std::fs::write(path.join("image"), header).unwrap();
    }
    let walked = walked_path(&path.join("image"));
    assert!(walked.find(&secret).is_empty());
    assert_eq!(reasons(&walked)[0], &Why::Backed);
}

#[test]
fn an_image_that_is_none_is_listed() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for magic in [
        &b"QFI\xfb\0\0\0\x03"[..],
        b"KDMV\x01\0\0\0",
        b"vhdxfile",
        b"conectix",
    ] {
        std::fs::write(file.path(), [magic, &noise(5000)].concat()).unwrap();
        let walked = walked_path(file.path());
        assert!(!reasons(&walked).is_empty());
        assert!(
            walked
                .regions
                .iter()
                .all(|region| region.kind == Kind::File)
        );
    }
}
