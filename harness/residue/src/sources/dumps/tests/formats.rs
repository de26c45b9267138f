//! Every format names the memory it holds, and every byte of the file is read once all the same.

use super::made::{PAGE, all, elf, kernel};
use crate::sources::tests::{Walked, secret, walked_path};
use crate::sources::{Kind, Permissions, Why};

pub(super) fn walk_bytes(bytes: &[u8]) -> Walked {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    walked_path(file.path())
}

/// Whether every byte of the file was handed over, once and in order.
pub(super) fn once_in_order(bytes: &[u8], walked: &Walked) -> bool {
    let pieces = walked.pieces.iter();
    let own: Vec<_> = pieces
        .filter(|piece| matches!(piece.region.kind, Kind::File | Kind::Dumped))
        .collect();
    // All joined; only a file without bytes has no piece.
    own.len() == usize::from(!bytes.is_empty()) && own.iter().all(|piece| piece.bytes == bytes)
}

#[test]
fn memory_is_named_by_its_address() {
    let secrets = [secret(), secret()];
    let mut low = vec![1; 2 * PAGE];
    low[PAGE - 9..PAGE + 15].copy_from_slice(&secrets[0]);
    let mut high = vec![2; PAGE];
    high[PAGE - 24..].copy_from_slice(&secrets[1]);
    for (name, dump) in all(&[(0x3000, &low), (0x70000, &high)]) {
        let walked = walk_bytes(&dump);
        assert!(once_in_order(&dump, &walked), "{name}");
        let regions: Vec<_> = walked
            .regions
            .iter()
            .filter(|region| region.kind == Kind::Dumped)
            .collect();
        let told: Vec<_> = regions
            .iter()
            .map(|region| (region.address, region.length))
            .collect();
        let page = PAGE as u64;
        assert_eq!(
            told,
            [(Some(0x3000), Some(2 * page)), (Some(0x70000), Some(page))],
            "{name}"
        );
        for (secret, address) in secrets.iter().zip([0x4000 - 9, 0x71000 - 24]) {
            let [(position, _)] = walked.find(secret)[..] else {
                panic!("{name}")
            };
            let within = |region: &&&_| -> bool {
                let region: &crate::sources::Region = region;
                (region.start..region.start + region.length.unwrap()).contains(&position)
            };
            let region = regions.iter().find(within).unwrap();
            assert_eq!(
                region.address.unwrap() + position - region.start,
                address,
                "{name}"
            );
        }
        assert!(
            walked.report.notes.is_empty(),
            "{name}: {:?}",
            walked.report.notes
        );
        let left_out = name.starts_with("elf");
        let missed: Vec<_> = walked
            .report
            .not_searched
            .into_iter()
            .map(|missed| missed.why)
            .collect();
        assert_eq!(missed, vec![Why::NotDumped(100); left_out.into()], "{name}");
    }
}

#[test]
fn permissions_of_a_core_are_told() {
    let walked = walk_bytes(&elf(true, &[(0x1000, &[7; PAGE])]));
    let expected = Permissions {
        read: true,
        write: true,
        ..Permissions::default()
    };
    assert!(
        walked
            .regions
            .iter()
            .any(|region| region.permissions == Some(expected))
    );
}

#[test]
fn unknown_kinds_of_kernel_dumps_are_noted_and_searched() {
    let secret = secret();
    let mut page = vec![0; PAGE];
    page[..24].copy_from_slice(&secret);
    let dump = kernel(4, &[(0, &page)]);
    let walked = walk_bytes(&dump);
    assert_eq!(walked.kinds(&secret), [Kind::File]);
    assert_eq!(walked.report.notes.len(), 1);
}

#[test]
fn packed_system_files_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, listed) in [
        ("hiberfil.sys", &[0; 100][..], 1),
        ("pagefile.sys", &[0; 100], 1),
        ("swapfile.sys", &[0; 100], 1),
        ("other.bin", &[&b"HIBR\0\0\0\0"[..], &[0; 100]].concat(), 1),
        ("story.txt", &b"wake up, it is morning. ".repeat(10), 0),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let walked = walked_path(&path);
        assert_eq!(walked.report.not_searched.len(), listed, "{name}");
        assert!(once_in_order(bytes, &walked));
    }
}
