//! Ways in that the vendor documents, as the configuration writes them. Compared by `probe` with what is there.

use std::net::SocketAddr;
use std::path::PathBuf;

/// One documented way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declared {
    /// `tcp:PORT` (any address) or `tcp:ADDRESS:PORT`.
    Tcp(Port),
    /// `udp:PORT` or `udp:ADDRESS:PORT`.
    Udp(Port),
    /// `unix:PATH`, `unix:@NAME` for an abstract one.
    Unix(PathBuf),
    /// `serial:/dev/ttyS0`, on Windows `serial:COM3`.
    Serial(PathBuf),
    /// `usb:VVVV:PPPP`, vendor and product in hexadecimal: all interfaces of that device.
    Usb(String),
}

/// A port, on one address or on any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Port {
    /// Whatever the address.
    Any(u16),
    /// On this address alone.
    At(SocketAddr),
}

impl Port {
    /// Whether a socket bound to `local` is the one meant.
    pub fn is(&self, local: SocketAddr) -> bool {
        match self {
            Self::Any(port) => *port == local.port(),
            Self::At(address) => *address == local,
        }
    }
}

const FORMS: &str = "expected tcp:PORT, tcp:ADDRESS:PORT, udp:…, unix:PATH, serial:/dev/… or serial:COM…, usb:VVVV:PPPP";

impl Declared {
    /// Reads one.
    ///
    /// # Errors
    /// The forms that are known.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("entrance {text:?}: {FORMS}");
        let (kind, rest) = text.split_once(':').ok_or_else(wrong)?;
        let declared = match kind {
            "tcp" => port(rest).map(Self::Tcp),
            "udp" => port(rest).map(Self::Udp),
            "unix" => (rest.starts_with(['/', '@'])).then(|| Self::Unix(rest.into())),
            "serial" => serial(rest).then(|| Self::Serial(rest.into())),
            "usb" => usb(rest).then(|| Self::Usb(rest.to_ascii_lowercase())),
            _ => None,
        };
        declared.ok_or_else(wrong)
    }
}

fn port(text: &str) -> Option<Port> {
    let any = text.parse().map(Port::Any).ok();
    any.or_else(|| text.parse().map(Port::At).ok())
}

fn serial(text: &str) -> bool {
    let number = text.strip_prefix("COM").unwrap_or_default();
    let com = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    com || text.starts_with("/dev/")
}

fn usb(text: &str) -> bool {
    let four = |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split_once(':')
        .is_some_and(|(vendor, product)| four(vendor) && four(product))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_are_read_and_others_refused() {
        let read = Declared::parse;
        assert_eq!(read("tcp:7000"), Ok(Declared::Tcp(Port::Any(7000))));
        assert!(matches!(
            read("udp:[::1]:53"),
            Ok(Declared::Udp(Port::At(_)))
        ));
        assert_eq!(read("unix:/run/a"), Ok(Declared::Unix("/run/a".into())));
        assert_eq!(read("usb:046D:c52b"), Ok(Declared::Usb("046d:c52b".into())));
        assert_eq!(read("serial:COM3"), Ok(Declared::Serial("COM3".into())));
        for wrong in [
            "",
            "tcp",
            "tcp:x",
            "tcp:70000",
            "unix:",
            "serial:ttyS0",
            "serial:COM",
            "serial:COMx",
            "usb:46d:c52b",
            "x:1",
        ] {
            let message = read(wrong).unwrap_err();
            assert!(message.contains("expected tcp:PORT"), "{message}");
        }
    }
}
