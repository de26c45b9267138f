//! Two TCP ports in a row for vpcd, which opens one per slot. A lock file keeps rigs that start together apart.

use std::fs::File;
use std::net::TcpListener;

use anyhow::{Context, Result, bail};
use rustix::fs::{FlockOperation, flock};

/// Ports that are tried: below what Linux hands out by itself (32,768 …).
const FIRST: u16 = 20_000;
const PAIRS: u16 = 6_000;

/// A pair of ports, held for as long as this lives.
pub struct Ports {
    /// The first.
    pub first: u16,
    _lock: File,
}

/// Takes the pair that was asked for, or a free one.
pub fn take(wanted: u16) -> Result<Ports> {
    if wanted != 0 {
        let Some(ports) = try_pair(wanted)? else {
            bail!(
                "vpcd port {wanted} or {} is busy: end what uses it, or leave --vpcd-port out",
                wanted + 1
            );
        };
        return Ok(ports);
    }
    // Rigs that start together begin at different places.
    let start = std::process::id() as u16 % PAIRS;
    for n in 0..PAIRS {
        let port = FIRST + (start + n) % PAIRS * 2;
        if let Some(ports) = try_pair(port)? {
            return Ok(ports);
        }
    }
    bail!("no two free TCP ports in a row for vpcd")
}

fn try_pair(first: u16) -> Result<Option<Ports>> {
    let path = std::env::temp_dir().join(format!("shinsa-vpcd-{first}.lock"));
    let lock = File::create(&path).with_context(|| path.display().to_string())?;
    if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        return Ok(None);
    }
    let free = |port| {
        TcpListener::bind(("127.0.0.1", port)).is_ok()
            && TcpListener::bind(("0.0.0.0", port)).is_ok()
    };
    Ok(
        (first < u16::MAX && free(first) && free(first + 1))
            .then_some(Ports { first, _lock: lock }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_port_is_refused_and_a_held_pair_is_not_given_again() {
        let busy = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = busy.local_addr().unwrap().port();
        let refused = take(port).err().unwrap().to_string();
        assert!(refused.contains("is busy"), "{refused}");
        let (one, other) = (take(0).unwrap(), take(0).unwrap());
        assert_ne!(one.first, other.first);
    }
}
