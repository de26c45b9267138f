//! The vpcd protocol, card's side (facts/CARD.md): frames of a big-endian u16 length and a payload. One-byte payloads
//! are control: 0 off, 1 on, 2 reset (no reply), 4 asks for the ATR; anything longer is a command.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;

use anyhow::{Context, Result};

use crate::card::Card;

/// Faults that tests ask for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// Stops answering after so many commands; the connection stays.
    pub silent_after: Option<u64>,
    /// Closes the connection instead of answering the command after so many.
    pub drop_after: Option<u64>,
}

/// Connects to `unix:PATH` or `tcp:HOST:PORT` and serves until the other side closes.
pub fn serve(card: &mut Card, address: &str, faults: Faults) -> Result<()> {
    if let Some(path) = address.strip_prefix("unix:") {
        let stream =
            UnixStream::connect(path).with_context(|| format!("no reader at {address}"))?;
        answer_all(card, stream, None, faults)
    } else if let Some(host) = address.strip_prefix("tcp:") {
        let stream = TcpStream::connect(host).with_context(|| format!("no reader at {address}"))?;
        stream.set_nodelay(true)?;
        let fd = stream.as_raw_fd();
        answer_all(card, stream, Some(fd), faults)
    } else {
        anyhow::bail!("{address:?} is neither unix:PATH nor tcp:HOST:PORT")
    }
}

fn answer_all(
    card: &mut Card,
    mut stream: impl Read + Write,
    tcp: Option<RawFd>,
    faults: Faults,
) -> Result<()> {
    let mut commands = 0;
    loop {
        acknowledge_quickly(tcp);
        let Some(payload) = read_frame(&mut stream)? else {
            return Ok(());
        };
        let answer = match payload.as_slice() {
            [] | [1 | 3 | 5..] => continue,
            [0 | 2] => {
                card.reset();
                continue;
            }
            [4] => card.atr(),
            command => {
                commands += 1;
                if faults.drop_after.is_some_and(|n| commands > n) {
                    return Ok(());
                }
                if faults.silent_after.is_some_and(|n| commands > n) {
                    continue;
                }
                card.answer(command)
            }
        };
        let length = u16::try_from(answer.len()).context("answer too long")?;
        acknowledge_quickly(tcp);
        stream.write_all(&[&length.to_be_bytes(), answer.as_slice()].concat())?;
    }
}

fn read_frame(stream: &mut impl Read) -> Result<Option<Vec<u8>>> {
    let mut length = [0; 2];
    match stream.read_exact(&mut length) {
        Ok(()) => {}
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    }
    let mut payload = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut payload)?;
    Ok(Some(payload))
}

/// Without TCP_QUICKACK before every read and write, each command takes 44 ms (facts/CARD.md).
#[allow(
    unsafe_code,
    reason = "std has no TCP_QUICKACK; the call gets a valid int of the stated size"
)]
fn acknowledge_quickly(tcp: Option<RawFd>) {
    if let Some(fd) = tcp {
        let on: libc::c_int = 1;
        let size = libc::socklen_t::try_from(size_of_val(&on)).unwrap_or(4);
        unsafe {
            libc::setsockopt(
                fd,
                libc::IPPROTO_TCP,
                libc::TCP_QUICKACK,
                std::ptr::from_ref(&on).cast(),
                size,
            );
        }
    }
}
