//! Any bytes as a dump, an image or a packed file: no panic, no endless loop, no large allocation, and a canary that stands behind all of it
//! is found. From `harness/residue`: `cargo +nightly fuzz run dumps -- -max_total_time=120 -max_len=8192 -rss_limit_mb=1024`.
//!
//! Input: which magic it begins with (so that readers of formats are reached at once), then the rest. Whatever a header says of what lies where,
//! bytes that no format claims are searched as they are.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use shinsa_residue::canary::{Canary, Kind, SecretBytes};
use shinsa_residue::hunt::{Hunt, Wanted};
use shinsa_residue::sources::{Options, Source};

const CANARY: &[u8] = b"a canary of its own, long enough";
/// ELF core, LiME, minidump, kernel dumps, qcow2, VHDX, gzip, zip, SQLite, and none.
const MAGICS: [&[u8]; 10] = [
    b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x04\0\x3E\0\x01\0\0\0",
    b"EMiL\x01\0\0\0",
    b"MDMP\x93\xA7",
    b"PAGEDU64",
    b"PAGEDUMP",
    b"QFI\xFB\0\0\0\x03",
    b"vhdxfile",
    b"\x1F\x8B\x08",
    b"PK\x03\x04",
    b"",
];

fn hunt() -> &'static Hunt {
    static HUNT: OnceLock<Hunt> = OnceLock::new();
    HUNT.get_or_init(|| {
        let value = SecretBytes::copied(CANARY);
        let canary = Canary::new("fuzz/text".into(), Kind::Text, value).expect("a canary");
        let wanted = Wanted {
            canaries: vec![canary],
            ..Wanted::default()
        };
        Hunt::new(&wanted, [7; 32]).expect("a hunt")
    })
}

fuzz_target!(|input: &[u8]| {
    let Some((which, rest)) = input.split_first() else {
        return;
    };
    let magic = MAGICS[usize::from(*which) % MAGICS.len()];
    let bytes = [magic, rest, CANARY].concat();
    let path = std::env::temp_dir().join(format!("shinsa-fuzz-{}", std::process::id()));
    std::fs::write(&path, &bytes).expect("a writable folder");
    let trail = hunt().search(&Source::Path(path), &Options::default());
    let position = (bytes.len() - CANARY.len()) as u64;
    let whole = trail.report.not_searched.is_empty() && trail.more == 0;
    let found = trail.findings.iter().any(|one| one.position == position || one.encoding == "ascii");
    // What was not searched is told; all else is searched.
    assert!(found || !whole, "neither found nor told");
});
