//! Secrets cut by the edges of pages: memory as LiME, a process's core and a raw dump have it.

use super::*;

/// Bytes per page.
const PAGE: usize = 4096;

/// Six pages in this order; the first and second, third and fourth, fifth and sixth have one secret across their edge.
fn pages(order: [usize; 6]) -> Vec<u8> {
    let mut memory = vec![b'.'; 6 * PAGE];
    let hex = hex::encode(NUMBER);
    for (edge, secret) in (1..).step_by(2).zip([NUMBER, NAME, &hex]) {
        let at = edge * PAGE - secret.len() / 2;
        memory[at..at + secret.len()].copy_from_slice(secret.as_bytes());
    }
    let pages = order.map(|page| &memory[page * PAGE..][..PAGE]);
    pages.concat()
}

/// LiME: one stretch from physical address 0x10000 on, behind a header that is no whole page.
fn lime(memory: &[u8]) -> Vec<u8> {
    let (first, last) = (0x10000_u64, 0x10000 + memory.len() as u64 - 1);
    let version = 1_u32.to_le_bytes();
    let (first, last) = (first.to_le_bytes(), last.to_le_bytes());
    [b"EMiL", &version[..], &first, &last, &[0; 8], memory].concat()
}

/// A core of a process: one segment, at a virtual address.
fn core(memory: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
    bytes.resize(16, 0);
    for (value, width) in [
        (4, 2),
        (62, 2),
        (1, 4),
        (0, 8),
        (64, 8),
        (0, 8),
        (0, 4),
        (64, 2),
        (56, 2),
        (1, 2),
        (0, 6),
    ] {
        bytes.extend(&u64::to_le_bytes(value)[..width]);
    }
    let length = memory.len() as u64;
    bytes.extend([1_u32, 6].map(u32::to_le_bytes).concat());
    bytes.extend(
        [PAGE as u64, 0x7000_0000, 0, length, length, PAGE as u64]
            .map(u64::to_le_bytes)
            .concat(),
    );
    bytes.resize(PAGE, 0);
    bytes.extend(memory);
    bytes
}

/// In physical memory a secret's pages lie anywhere: both pieces of it are told, with the offset; whole ones once, pieces in virtual memory not at all.
#[test]
fn secrets_cut_by_the_edges_of_physical_pages() {
    let folder = tempfile::tempdir().unwrap();
    let canaries = canaries(folder.path());
    let look = |bytes: &[u8]| {
        let path = folder.path().join("memory");
        std::fs::write(&path, bytes).unwrap();
        let output = shinsa(&[
            "--canaries",
            &canaries,
            "--json",
            &path.display().to_string(),
        ]);
        let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        no_secret(&String::from_utf8_lossy(&output.stdout));
        let mut found: Vec<(String, u64, u64)> = Vec::new();
        for one in value["findings"].as_array().unwrap() {
            let encoding = one["encoding"].as_str().unwrap().to_owned();
            found.push((
                encoding,
                one["position"].as_u64().unwrap(),
                one["length"].as_u64().unwrap(),
            ));
        }
        found.sort_by_key(|one| one.1);
        (found, output.status.code())
    };
    let shuffled = pages([1, 4, 3, 0, 5, 2]);
    let page = PAGE as u64;
    let expected = |offset: u64| {
        let piece = |encoding: &str, position: u64, length: u64| {
            (encoding.to_owned(), offset + position, length)
        };
        [
            piece("ascii+page-start", 0, 7),
            piece("ascii>hex-lower+page-end", 2 * page - 14, 14),
            // The name's second half is a form of its own.
            piece("after-space>utf-8", 2 * page, 9),
            piece("ascii+page-end", 4 * page - 7, 7),
            piece("ascii>hex-lower+page-start", 4 * page, 14),
        ]
    };
    for (bytes, offset) in [(shuffled.clone(), 0), (lime(&shuffled), 32)] {
        let (found, code) = look(&bytes);
        assert_eq!((&found[..], code), (&expected(offset)[..], Some(1)));
    }
    let (found, _) = look(&core(&shuffled));
    assert!(
        found.iter().all(|one| !one.0.contains("+page")),
        "{found:?}"
    );
    let whole = look(&pages([0, 1, 2, 3, 4, 5])).0;
    assert!(
        whole.iter().all(|one| !one.0.contains("+page")),
        "{whole:?}"
    );
    for encoding in ["ascii", "utf-8", "ascii>hex-lower"] {
        let told = whole.iter().filter(|one| one.0 == encoding);
        assert_eq!(told.count(), 1, "{encoding}: {whole:?}");
    }
}
