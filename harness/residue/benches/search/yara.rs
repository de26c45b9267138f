//! boreal, the engine of `shinsa scan --yara`, with the rules that `ci/peers/residue.py` gives the other YARA engines.

use std::fmt::Write;

use boreal::Compiler;
use boreal::scanner::{ScanParams, Scanner};

/// One rule a pattern. `every`: all matches are looked for, as `--yara` does; else only which rules match.
pub fn scanner(patterns: &[Vec<u8>], every: bool) -> Scanner {
    let mut rules = String::new();
    for (n, pattern) in patterns.iter().enumerate() {
        let hex = pattern.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x} ").expect("written");
            hex
        });
        writeln!(
            rules,
            "rule r{n} {{ strings: $a = {{ {hex}}} condition: $a }}"
        )
        .expect("written");
    }
    let mut compiler = Compiler::new();
    compiler.add_rules_str(&rules).expect("rules");
    let mut scanner = compiler.finalize();
    let params = ScanParams::default().compute_full_matches(every);
    scanner.set_scan_params(params.match_max_length(0));
    scanner
}

/// Rules that match.
pub fn matching(scanner: &Scanner, memory: &[u8]) -> usize {
    scanner.scan_mem(memory).expect("scanned").rules.len()
}
