//! Listening TCP sockets, bound UDP sockets, and Unix sockets with a name; debug bridges by their ports.
//!
//! Of the agent's own network and of each target's, for a target may have one of its own.

use std::net::SocketAddr;

use procfs::ProcResult;
use procfs::net::{TcpNetEntry, TcpState, UdpNetEntry, UnixNetEntry, UnixState};
use procfs::process::Process;

use super::Probe;
use crate::config::Declared;
use crate::processes::Running;

/// Ports of the Android debug bridge: device and server.
const ADB: [u16; 2] = [5555, 5037];
/// Where a device's debug bridge shows.
const ADB_FILES: [&str; 2] = ["/dev/android_adb", "/dev/usb-ffs/adb"];

/// An undeclared TCP socket of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Socket {
    /// Where it listens.
    pub local: SocketAddr,
    /// Whose it is.
    pub target: String,
}

/// Tells all; gives the undeclared TCP sockets that targets hold.
pub fn tell(probe: &mut Probe<'_>, running: &[(String, Running)]) -> Vec<Socket> {
    let mut open = Vec::new();
    match Process::myself() {
        Ok(own) => of_network(probe, &own, &mut open),
        Err(error) => probe.not_probed(format!("sockets: {error}")),
    }
    for (_, process) in running {
        of_network(probe, &process.proc, &mut open);
    }
    adb(probe, running);
    open
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
    if entry.state != TcpState::Listen {
        return;
    }
    let local = entry.local_address;
    let target = probe.holders.target(entry.inode).map(str::to_owned);
    if target.is_none() && !probe.everything() {
        return;
    }
    let declared = probe.is_declared(|way| matches!(way, Declared::Tcp(port) if port.is(local)));
    probe.tell(
        "tcp",
        &local.to_string(),
        target.as_deref().unwrap_or_default(),
        declared,
    );
    if ADB.contains(&local.port()) {
        let place = format!("port of a debug bridge, {local}");
        probe.tell(
            "adb",
            &place,
            target.as_deref().unwrap_or_default(),
            declared,
        );
    }
    if let (Some(target), false) = (target, declared) {
        let socket = Socket { local, target };
        if !open.contains(&socket) {
            open.push(socket);
        }
    }
}

fn udp(probe: &mut Probe<'_>, entry: &UdpNetEntry) {
    let target = probe.holders.target(entry.inode).map(str::to_owned);
    // A connected one takes packets of its peer alone.
    let bound = entry.remote_address.port() == 0;
    if bound && (target.is_some() || probe.everything()) {
        let local = entry.local_address;
        let declared =
            probe.is_declared(|way| matches!(way, Declared::Udp(port) if port.is(local)));
        probe.tell(
            "udp",
            &local.to_string(),
            &target.unwrap_or_default(),
            declared,
        );
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

fn adb(probe: &mut Probe<'_>, running: &[(String, Running)]) {
    for (target, process) in running {
        if process.name == "adbd" {
            probe.tell(
                "adb",
                &format!("process {} adbd", process.pid()),
                target,
                false,
            );
        }
    }
    if !probe.everything() {
        return;
    }
    for file in ADB_FILES {
        if std::path::Path::new(file).exists() {
            probe.tell("adb", file, "", false);
        }
    }
    match crate::processes::all() {
        Ok(all) => {
            for process in all.iter().filter(|process| process.name == "adbd") {
                probe.tell("adb", &format!("process {} adbd", process.pid()), "", false);
            }
        }
        Err(error) => probe.not_probed(format!("adb: {error}")),
    }
}
