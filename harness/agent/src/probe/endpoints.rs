//! Whether an undeclared TCP socket of a target answers well-known management paths over HTTP.
//!
//! One request line a path, to this machine alone. Of the answer only the status is read and told.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::Probe;
use super::sockets::Socket;

/// Paths asked for.
const PATHS: [&str; 5] = ["/", "/debug", "/metrics", "/json/version", "/actuator"];
/// How long connecting, and each reading, may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// Bytes of "HTTP/1.1 200".
const STATUS: usize = 12;

/// Asks for each path and tells those that are answered with anything but "not found".
pub fn tell(probe: &mut Probe<'_>, socket: &Socket) {
    let address = reachable(socket.local);
    for path in PATHS {
        match status(address, path) {
            Ok(Some(404)) => {}
            Ok(Some(status)) => {
                let place = format!("GET {path} -> {status} at {}", socket.local);
                probe.tell("endpoint", &place, &socket.target, false);
            }
            // It speaks no HTTP: then no path will.
            Ok(None) => return,
            Err(error) => {
                probe.not_probed(format!("endpoints at {}: {error}", socket.local));
                return;
            }
        }
    }
}

/// A socket bound to every address is reached at the loopback one.
fn reachable(local: SocketAddr) -> SocketAddr {
    let ip = match local.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, local.port())
}

fn status(address: SocketAddr, path: &str) -> std::io::Result<Option<u16>> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut answer = [0; STATUS];
    // Silence, a closed connection or a reset: it does not speak HTTP.
    Ok(stream
        .read_exact(&mut answer)
        .ok()
        .and_then(|()| parse(&answer)))
}

fn parse(answer: &[u8; STATUS]) -> Option<u16> {
    let text = std::str::from_utf8(answer).ok()?;
    let (version, status) = text.split_once(' ')?;
    version.starts_with("HTTP/").then(|| status.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_status_line_is_an_answer() {
        assert_eq!(parse(b"HTTP/1.1 200"), Some(200));
        assert_eq!(parse(b"HTTP/1.0 403"), Some(403));
        assert_eq!(parse(b"SSH-2.0-Open"), None);
        assert_eq!(parse(b"HTTP/1.1 2x0"), None);
        assert_eq!(parse(&[0xFF; STATUS]), None);
    }

    #[test]
    fn a_socket_on_every_address_is_asked_at_loopback() {
        let local = |text: &str| reachable(text.parse().unwrap()).to_string();
        assert_eq!(local("0.0.0.0:80"), "127.0.0.1:80");
        assert_eq!(local("[::]:80"), "[::1]:80");
        assert_eq!(local("192.0.2.7:80"), "192.0.2.7:80");
    }
}
