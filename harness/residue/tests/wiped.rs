//! After a set of canaries and its forms are dropped, no copy is left in this process.
//!
//! The test reads its own memory as a technician would. It is the only test of this binary, so that no other thread's
//! canaries are met. What it looks for it keeps XORed with a constant, and looks at memory through the same XOR.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;

use memchr::memmem;
use shinsa_residue::canary::{CanarySet, CanarySource, Kind, SecretBytes};
use shinsa_residue::encodings::{self, Form, SHORTEST};

const MASK: u8 = 0xA7;
const CHUNK: usize = 1 << 20;
/// Chunks overlap by more than the longest form.
const OVERLAP: usize = 4096;

fn make() -> (CanarySet, Vec<Form>) {
    let mut set = CanarySource::new([0x5A; 32]).draw("t1").unwrap();
    let token = (0..40_u8)
        .map(|n| n.wrapping_mul(37) ^ 0x6B)
        .collect::<SecretBytes>();
    set.give("token", Kind::Bytes, token).unwrap();
    let forms = set.canaries().iter().flat_map(encodings::forms).collect();
    (set, forms)
}

/// Whether bytes are told from any others: not mostly of one value, as in UTF-32 or arrays of keys.
fn told(bytes: &[u8]) -> bool {
    let zeros: usize = bytes.iter().map(|&byte| usize::from(byte == 0)).sum();
    zeros <= bytes.len() / 2
}

/// Name of each masked pattern that some writable memory of this process holds.
fn left(masked: &[(String, Vec<u8>)]) -> Vec<String> {
    let memory = File::open("/proc/self/mem").unwrap();
    let mut buffer = vec![0_u8; CHUNK + OVERLAP];
    let own = buffer.as_ptr_range();
    let (own_start, own_end) = (own.start as u64, own.end as u64);
    let mut found = Vec::new();
    for line in fs::read_to_string("/proc/self/maps").unwrap().lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        let (start, end) = range.split_once('-').unwrap();
        let [start, end] = [start, end].map(|word| u64::from_str_radix(word, 16).unwrap());
        if !rights.starts_with("rw") {
            continue;
        }
        // The buffer shows what was read before it: it alone is passed over.
        for (from, to) in [(start, end.min(own_start)), (start.max(own_end), end)] {
            let mut at = from;
            while at < to {
                let length = (to - at).min(buffer.len() as u64) as usize;
                if memory.read_exact_at(&mut buffer[..length], at).is_ok() {
                    buffer[..length].iter_mut().for_each(|byte| *byte ^= MASK);
                    for (name, pattern) in masked {
                        if memmem::find(&buffer[..length], pattern).is_some() {
                            found
                                .push(format!("{name} in {}", words.clone().last().unwrap_or("?")));
                        }
                    }
                }
                at += CHUNK as u64;
            }
        }
        buffer.fill(0);
    }
    found
}

#[test]
fn nothing_is_left_of_canaries_and_forms() {
    let (set, forms) = make();
    let mut masked = Vec::new();
    for form in &forms {
        let common = form.guess().is_some_and(|guess| guess > -20.0);
        if common || form.fixed().len() > 1 || form.reveal().len() <= SHORTEST {
            continue;
        }
        let mask = |bytes: &[u8]| bytes.iter().map(|byte| byte ^ MASK).collect();
        masked.push((form.name().to_owned(), mask(form.reveal())));
        // A buffer that grew leaves a beginning, whose first bytes the allocator overwrites.
        if let Some(inner) = form.reveal().get(20..32).filter(|inner| told(inner)) {
            masked.push((format!("inside of {}", form.name()), mask(inner)));
        }
    }
    // The control: while they live, the same look finds every one.
    assert!(left(&masked).len() >= masked.len());
    drop((set, forms));
    assert_eq!(left(&masked), Vec::<String>::new());
}
