//! Exit codes, a documented contract, and the one error type that carries them.

use std::fmt;
use std::process::ExitCode;

/// Everything passed.
pub const PASS: u8 = 0;
/// At least one mandatory item fails.
pub const FAIL: u8 = 1;
/// Bad usage or configuration; nothing was energised.
pub const USAGE: u8 = 2;
/// Nothing failed, but not everything is decided.
pub const INCONCLUSIVE: u8 = 3;
/// Rig or harness at fault.
pub const RIG: u8 = 4;
/// Evidence was changed, or does not give its verdicts.
pub const EVIDENCE: u8 = 5;
/// Interrupted; `shinsa resume` goes on.
pub const INTERRUPTED: u8 = 130;

/// Why a command ended early: what to print, and the code.
#[derive(Debug)]
pub struct Stop {
    /// Exit code.
    pub code: u8,
    /// For people.
    pub message: String,
}

impl Stop {
    /// Bad usage or configuration.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self {
            code: USAGE,
            message: message.to_string(),
        }
    }

    /// Rig or harness at fault.
    pub fn rig(message: impl fmt::Display) -> Self {
        Self {
            code: RIG,
            message: message.to_string(),
        }
    }

    /// Broken evidence.
    pub fn evidence(message: impl fmt::Display) -> Self {
        Self {
            code: EVIDENCE,
            message: message.to_string(),
        }
    }
}

/// A command's end as the process's.
pub fn end(result: Result<u8, Stop>) -> ExitCode {
    match result {
        Ok(code) => ExitCode::from(code),
        Err(stop) => {
            eprintln!("{}", stop.message);
            ExitCode::from(stop.code)
        }
    }
}
