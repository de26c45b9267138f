//! Making faults: what happened, what to do. Used by every driver.

use std::time::Duration;

use shinsa_model::event::{Fault, FaultKind};

/// A fault from its three parts.
pub fn fault(kind: FaultKind, message: impl Into<String>, todo: impl Into<String>) -> Fault {
    Fault {
        kind,
        message: message.into(),
        todo: todo.into(),
    }
}

/// Nobody there.
pub fn unreachable(message: impl Into<String>, todo: impl Into<String>) -> Fault {
    fault(FaultKind::Unreachable, message, todo)
}

/// No answer in time.
pub fn timeout(what: &str, within: Duration) -> Fault {
    fault(
        FaultKind::Timeout,
        format!("{what}: no answer within {:.1} s", within.as_secs_f64()),
        "look whether the device hangs; restart it, or raise the step's `within` or the driver's `deadline`",
    )
}

/// An answer without sense.
pub fn garbage(message: impl Into<String>) -> Fault {
    fault(
        FaultKind::Garbage,
        message,
        "the driver or device does not keep its contract: compare its version with the published .proto or JSON contract",
    )
}

/// The rig cannot do it.
pub fn incapable(message: impl Into<String>, todo: impl Into<String>) -> Fault {
    fault(FaultKind::Incapable, message, todo)
}

/// The harness itself.
pub fn harness(message: impl Into<String>) -> Fault {
    fault(
        FaultKind::Harness,
        message,
        "this is a defect of shinsa: report it with the run folder",
    )
}
