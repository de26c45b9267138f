//! Sockets by `GetExtendedTcpTable` and `GetExtendedUdpTable`, each with the process that holds it.
//!
//! The UDP tables do not tell whether a socket is connected: connected ones are told too.
#![allow(unsafe_code)]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, ERROR_SUCCESS};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetExtendedTcpTable, GetExtendedUdpTable, TCP_TABLE_OWNER_PID_LISTENER, UDP_TABLE_OWNER_PID,
};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_INET6};

use crate::probe::Probe;
use crate::probe::sockets::{self, Socket};
use crate::processes::Running;

/// Tables are asked for again at most so often: sockets may come between asking for the length and for the table.
const TRIES: usize = 8;

/// Bytes of a row, and where address, port and process stand in it (`MIB_TCPROW_OWNER_PID` and its like).
struct Rows {
    bytes: usize,
    address: usize,
    port: usize,
    process: usize,
}

const TCP: Rows = Rows {
    bytes: 24,
    address: 4,
    port: 8,
    process: 20,
};
const TCP6: Rows = Rows {
    bytes: 56,
    address: 0,
    port: 20,
    process: 52,
};
const UDP: Rows = Rows {
    bytes: 12,
    address: 0,
    port: 4,
    process: 8,
};
const UDP6: Rows = Rows {
    bytes: 28,
    address: 0,
    port: 20,
    process: 24,
};

/// Tells all.
pub fn tell(probe: &mut Probe<'_>, _running: &[(String, Running)], open: &mut Vec<Socket>) {
    probe.not_probed("unix sockets and named pipes: Windows names the process behind a pipe only to whoever connects".into());
    for (family, rows) in [(AF_INET, TCP), (AF_INET6, TCP6)] {
        for (local, pid) in table(probe, "tcp", family, &rows) {
            sockets::tcp(probe, local, pid, open);
        }
    }
    for (family, rows) in [(AF_INET, UDP), (AF_INET6, UDP6)] {
        for (local, pid) in table(probe, "udp", family, &rows) {
            sockets::udp(probe, local, pid);
        }
    }
}

fn table(probe: &mut Probe<'_>, kind: &str, family: u16, rows: &Rows) -> Vec<(SocketAddr, u64)> {
    match read(kind, u32::from(family)) {
        Ok(table) => parse(&table, rows, family == AF_INET6),
        Err(code) => {
            let error = std::io::Error::from_raw_os_error(code.cast_signed());
            probe.not_probed(format!("{kind} sockets, address family {family}: {error}"));
            Vec::new()
        }
    }
}

fn read(kind: &str, family: u32) -> Result<Vec<u8>, u32> {
    let mut size = 1 << 16;
    for _ in 0..TRIES {
        // Rows hold words of 4 bytes and are aligned as these.
        let mut table = vec![0_u32; (size as usize).div_ceil(4)];
        let into = table.as_mut_ptr().cast();
        // SAFETY: the system writes at most `size` bytes into `table`.
        let answer = unsafe {
            if kind == "tcp" {
                GetExtendedTcpTable(
                    into,
                    &raw mut size,
                    0,
                    family,
                    TCP_TABLE_OWNER_PID_LISTENER,
                    0,
                )
            } else {
                GetExtendedUdpTable(into, &raw mut size, 0, family, UDP_TABLE_OWNER_PID, 0)
            }
        };
        match answer {
            ERROR_SUCCESS => return Ok(table.iter().flat_map(|word| word.to_ne_bytes()).collect()),
            ERROR_INSUFFICIENT_BUFFER => size += 1 << 12,
            error => return Err(error),
        }
    }
    Err(ERROR_INSUFFICIENT_BUFFER)
}

/// Rows behind their number. Ports stand in network order in the first half of their word.
fn parse(table: &[u8], rows: &Rows, six: bool) -> Vec<(SocketAddr, u64)> {
    let word = |bytes: &[u8], at: usize| {
        let word = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_ne_bytes(word))
    };
    let count = word(table, 0).unwrap_or(0) as usize;
    let all = table.get(4..).unwrap_or_default().chunks_exact(rows.bytes);
    let one = |row: &[u8]| {
        let ip: IpAddr = if six {
            let address: [u8; 16] = row.get(rows.address..rows.address + 16)?.try_into().ok()?;
            Ipv6Addr::from(address).into()
        } else {
            let address: [u8; 4] = row.get(rows.address..rows.address + 4)?.try_into().ok()?;
            Ipv4Addr::from(address).into()
        };
        let port = u16::from_be_bytes([*row.get(rows.port)?, *row.get(rows.port + 1)?]);
        let pid = word(row, rows.process)?;
        Some((SocketAddr::new(ip, port), u64::from(pid)))
    };
    all.take(count).filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use windows_sys::Win32::NetworkManagement::IpHelper::{
        MIB_TCP6ROW_OWNER_PID, MIB_TCPROW_OWNER_PID, MIB_UDP6ROW_OWNER_PID, MIB_UDPROW_OWNER_PID,
    };

    #[test]
    fn rows_are_as_long_as_the_system_says() {
        for (rows, size) in [
            (TCP, size_of::<MIB_TCPROW_OWNER_PID>()),
            (TCP6, size_of::<MIB_TCP6ROW_OWNER_PID>()),
            (UDP, size_of::<MIB_UDPROW_OWNER_PID>()),
            (UDP6, size_of::<MIB_UDP6ROW_OWNER_PID>()),
        ] {
            assert_eq!(rows.bytes, size);
        }
    }

    #[test]
    fn an_own_socket_is_in_the_table() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let table = read("tcp", u32::from(AF_INET)).unwrap();
        let own = listener.local_addr().unwrap();
        let rows = parse(&table, &TCP, false);
        let found = rows.iter().find(|(local, _)| *local == own).unwrap();
        // Under wine its server holds all sockets, and no process is told.
        assert!(
            [0, u64::from(std::process::id())].contains(&found.1),
            "{found:?}"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_table_is_read(table in proptest::collection::vec(0..=255_u8, 0..200)) {
            for (rows, six) in [(TCP, false), (TCP6, true), (UDP, false), (UDP6, true)] {
                parse(&table, &rows, six);
            }
        }
    }
}
