//! Sockets from `/proc`: TCP, UDP, and Unix sockets with a name.
//!
//! Of the agent's own network and of each target's, for a target may have one of its own.

use procfs::ProcResult;
use procfs::net::{TcpNetEntry, TcpState, UdpNetEntry, UnixNetEntry, UnixState};
use procfs::process::Process;

use crate::config::Declared;
use crate::probe::Probe;
use crate::probe::sockets::{self, Socket};
use crate::processes::Running;

/// Tells all.
pub fn tell(probe: &mut Probe<'_>, running: &[(String, Running)], open: &mut Vec<Socket>) {
    match Process::myself() {
        Ok(own) => of_network(probe, &own, open),
        Err(error) => probe.not_probed(format!("sockets: {error}")),
    }
    for (_, process) in running {
        of_network(probe, &process.proc, open);
    }
}

/// The network that `of` is in.
fn of_network(probe: &mut Probe<'_>, of: &Process, open: &mut Vec<Socket>) {
    for entry in read(probe, "tcp", of.tcp())
        .into_iter()
        .chain(read(probe, "tcp6", of.tcp6()))
    {
        tcp(probe, &entry, open);
    }
    for entry in read(probe, "udp", of.udp())
        .into_iter()
        .chain(read(probe, "udp6", of.udp6()))
    {
        udp(probe, &entry);
    }
    for entry in read(probe, "unix", of.unix()) {
        unix(probe, &entry);
    }
}

fn read<T>(probe: &mut Probe<'_>, what: &str, list: ProcResult<Vec<T>>) -> Vec<T> {
    list.unwrap_or_else(|error| {
        // A system without IPv6 has no such list, and nothing listens there.
        if !matches!(error, procfs::ProcError::NotFound(_)) {
            probe.not_probed(format!("{what} sockets: {error}"));
        }
        Vec::new()
    })
}

fn tcp(probe: &mut Probe<'_>, entry: &TcpNetEntry, open: &mut Vec<Socket>) {
    if entry.state == TcpState::Listen {
        sockets::tcp(probe, entry.local_address, entry.inode, open);
    }
}

fn udp(probe: &mut Probe<'_>, entry: &UdpNetEntry) {
    // A connected one takes packets of its peer alone.
    if entry.remote_address.port() == 0 {
        sockets::udp(probe, entry.local_address, entry.inode);
    }
}

fn unix(probe: &mut Probe<'_>, entry: &UnixNetEntry) {
    // Whoever listens is not connected to anybody; a connection carries the name of the socket that took it.
    let (Some(path), UnixState::UNCONNECTED) = (&entry.path, &entry.state) else {
        return;
    };
    let target = probe.holders.target(entry.inode).map(str::to_owned);
    if target.is_some() || probe.everything() {
        let declared =
            probe.is_declared(|way| matches!(way, Declared::Unix(known) if known == path));
        probe.tell(
            "unix",
            &path.display().to_string(),
            &target.unwrap_or_default(),
            declared,
        );
    }
}
