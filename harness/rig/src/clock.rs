//! Clocks: the harness's own and stamps that came over the wire.

use std::time::Instant;

use shinsa_model::observation::Stamp;
use shinsa_wire::v1;

use crate::fault::garbage;
use shinsa_model::event::Fault;

/// Name of the harness's clock.
pub const HARNESS: &str = "harness";

/// The harness's monotonic clock; its origin is the session's start, as of `t_ns` in the journal.
#[derive(Debug, Clone, Copy)]
pub struct HarnessClock {
    origin: Instant,
}

impl HarnessClock {
    /// A clock that reads 0 at `origin`.
    pub fn new(origin: Instant) -> Self {
        Self { origin }
    }

    /// Now; exact for our purposes (reading it takes tens of ns).
    pub fn now(&self) -> Stamp {
        Stamp {
            clock: HARNESS.into(),
            ns: self.ns(),
            half_width_ns: 0,
        }
    }

    /// Nanoseconds since the origin.
    pub fn ns(&self) -> i64 {
        i64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(i64::MAX)
    }
}

/// A stamp from the wire: must be there, name its clock and have a half-width ≥ 0.
pub fn stamp(what: &str, stamp: Option<&v1::Stamp>) -> Result<Stamp, Fault> {
    match stamp {
        Some(stamp) if !stamp.clock.is_empty() && stamp.half_width_ns >= 0 => Ok(Stamp {
            clock: stamp.clock.clone(),
            ns: stamp.at_ns,
            half_width_ns: stamp.half_width_ns,
        }),
        Some(_) => Err(garbage(format!(
            "{what}: expected a stamp with a clock's name and a half-width of 0 ns or more"
        ))),
        None => Err(garbage(format!("{what}: the answer has no time stamp"))),
    }
}
