//! Listening TCP sockets and bound UDP sockets, as the system tells of them; debug bridges by their ports and programs.

use std::net::SocketAddr;

use super::{Probe, system};
use crate::config::Declared;
use crate::processes::Running;

/// Ports of the Android debug bridge: device and server.
const ADB: [u16; 2] = [5555, 5037];
/// Programs of the Android debug bridge: on a device, on a PC.
const ADB_PROGRAMS: [&str; 3] = ["adbd", "adb", "adb.exe"];

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
    if !probe.everything() {
        probe.out_of_scope("sockets and debug bridges of others");
    }
    system::sockets(probe, running, &mut open);
    adb(probe, running);
    open
}

/// A TCP socket that listens at `local`, held by what the system calls `holder`.
pub fn tcp(probe: &mut Probe<'_>, local: SocketAddr, holder: u64, open: &mut Vec<Socket>) {
    let target = probe.holders.target(holder).map(str::to_owned);
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

/// A UDP socket that takes packets of anybody at `local`.
pub fn udp(probe: &mut Probe<'_>, local: SocketAddr, holder: u64) {
    let target = probe.holders.target(holder).map(str::to_owned);
    if target.is_some() || probe.everything() {
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

fn adb(probe: &mut Probe<'_>, running: &[(String, Running)]) {
    for (target, process) in running {
        if is_adb(process) {
            let place = format!("process {} {}", process.pid(), process.name);
            probe.tell("adb", &place, target, false);
        }
    }
    if !probe.everything() {
        return;
    }
    for file in system::ADB_FILES {
        if std::path::Path::new(file).exists() {
            probe.tell("adb", file, "", false);
        }
    }
    match crate::processes::all() {
        Ok(all) => {
            for process in all.iter().filter(|process| is_adb(process)) {
                let place = format!("process {} {}", process.pid(), process.name);
                probe.tell("adb", &place, "", false);
            }
        }
        Err(error) => probe.not_probed(format!("adb: {error}")),
    }
}

fn is_adb(process: &Running) -> bool {
    let name = process.name.to_ascii_lowercase();
    ADB_PROGRAMS.contains(&name.as_str())
}
