//! Looks for ways in: listening sockets, serial lines, debug bridges, USB interfaces, debug switches, management endpoints.
//!
//! Asks the system; the only thing it sends is a request line for each well-known path to undeclared TCP sockets that a
//! target holds on this machine. Tells each way in and whether the vendor declares it. Called by `service`.

mod endpoints;
#[cfg(target_os = "linux")]
mod linux;
mod sockets;
mod switches;
#[cfg(windows)]
mod windows;

use shinsa_wire::v1;

use crate::config::{Config, Declared};
use crate::processes;
use crate::refused::Refused;
#[cfg(target_os = "linux")]
use linux as system;
use sockets::Socket;
#[cfg(windows)]
use windows as system;

/// A probe under way.
struct Probe<'a> {
    config: &'a Config,
    holders: system::Holders,
    reply: v1::ProbeReply,
}

impl Probe<'_> {
    /// Tells a way in, once.
    fn tell(&mut self, kind: &str, place: &str, target: &str, declared: bool) {
        let entrance = v1::Entrance {
            kind: kind.into(),
            r#where: place.into(),
            target: target.into(),
            declared,
        };
        if !self.reply.entrances.contains(&entrance) {
            self.reply.entrances.push(entrance);
        }
    }

    fn not_probed(&mut self, what: String) {
        if !self.reply.not_probed.contains(&what) {
            self.reply.not_probed.push(what);
        }
    }

    /// What is not looked for, for the configuration says that the machine serves others too.
    fn out_of_scope(&mut self, what: &str) {
        let what = format!("{what}: not the DUT's, by entrances.only_targets");
        self.reply.out_of_scope.push(what);
    }

    fn is_declared(&self, is: impl Fn(&Declared) -> bool) -> bool {
        self.config.entrances.declared.iter().any(is)
    }

    /// Whether something of the machine that no target holds is told too.
    fn everything(&self) -> bool {
        !self.config.entrances.only_targets
    }
}

/// Looks for everything. The caller adds the time.
///
/// # Errors
/// The system gives no list of processes. What else cannot be looked for is in `not_probed`; what the configuration declares not to
/// be the DUT's, in `out_of_scope`.
pub fn probe(config: &Config) -> Result<v1::ProbeReply, Refused> {
    let mut running = Vec::new();
    let mut not_running = Vec::new();
    for target in &config.targets {
        if processes::is_process(target) {
            let found = processes::of(target)?;
            if found.is_empty() {
                not_running.push(format!("target {}: no process of it runs", target.name));
            }
            running.extend(
                found
                    .into_iter()
                    .map(|process| (target.name.clone(), process)),
            );
        }
    }
    let holders = system::Holders::of(&running);
    let mut probe = Probe {
        config,
        holders,
        reply: v1::ProbeReply::default(),
    };
    probe.reply.not_probed = not_running;
    let hidden = probe.holders.hidden.clone();
    probe.reply.not_probed.extend(hidden);
    let open: Vec<Socket> = sockets::tell(&mut probe, &running);
    for socket in &open {
        endpoints::tell(&mut probe, socket);
    }
    system::serial(&mut probe, &running);
    system::usb(&mut probe);
    switches::tell(&mut probe, &running);
    system::switches(&mut probe, &running);
    Ok(probe.reply)
}
