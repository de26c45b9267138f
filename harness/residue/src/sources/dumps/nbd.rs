//! A disk served by `qemu-nbd`, read over its Unix socket: the few messages of NBD that takes.
//!
//! The server ends when the connection does. Called by `guest`.

use crate::sources::report::Why;
use crate::sources::scan::Fault;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A server that says nothing for so long is given up: an image can send it in circles.
const PATIENCE: Duration = Duration::from_secs(60);
const TOOL: &str = "qemu-nbd";
/// What to install for it.
const PACKAGE: &str = "qemu-nbd (package qemu-utils)";
const OPTION: u64 = 0x4948_4156_454f_5054;
const OPTION_REPLY: u64 = 0x0003_e889_0455_65a9;
const REQUEST: u32 = 0x2560_9513;
const REPLY: u32 = 0x6744_6698;
/// Chooses an export and goes over to reading.
const GO: u32 = 7;
const READ: u16 = 0;
const DISCONNECT: u16 = 2;

/// A served disk.
pub(super) struct Disk {
    stream: UnixStream,
    length: u64,
    _folder: TempDir,
}

impl Disk {
    /// Serve `image`, as QEMU names it, and connect.
    pub(super) fn open(image: &str) -> Result<Self, Why> {
        let folder = tempfile::tempdir().map_err(|error| Why::from(&error))?;
        let socket = folder.path().join("disk");
        let pid = folder.path().join("pid");
        serve(image, &socket, &pid)?;
        let connected = UnixStream::connect(&socket).and_then(|mut stream| {
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            let length = shake_hands(&mut stream)?;
            Ok((stream, length))
        });
        match connected {
            Ok((stream, length)) => Ok(Self {
                stream,
                length,
                _folder: folder,
            }),
            Err(error) => {
                end(&pid);
                Err(Why::Unreadable(format!("{TOOL}: {error}")))
            }
        }
    }

    /// Bytes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn read(&mut self, position: u64, buffer: &mut [u8]) -> Result<usize, Fault> {
        match self.request(position, buffer) {
            Ok(0) => Ok(buffer.len()),
            Ok(errno) => Err(Fault::Here(io::Error::from_raw_os_error(errno))),
            Err(error) => Err(Fault::Everywhere(Why::Unreadable(format!(
                "{TOOL}: {error}"
            )))),
        }
    }

    /// Gives the server's error number, 0 for none.
    fn request(&mut self, position: u64, buffer: &mut [u8]) -> io::Result<i32> {
        let length = u32::try_from(buffer.len()).map_err(|_| ErrorKind::InvalidInput)?;
        self.stream.write_all(&request(READ, position, length))?;
        let reply: [u8; 16] = take(&mut self.stream)?;
        if be_u32(&reply, 0) != REPLY {
            return Err(ErrorKind::InvalidData.into());
        }
        let errno = be_u32(&reply, 4).cast_signed();
        if errno == 0 {
            self.stream.read_exact(buffer)?;
        }
        Ok(errno)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The server ends without it too, as soon as the socket closes.
        let _ = self.stream.write_all(&request(DISCONNECT, 0, 0));
    }
}

/// Start the server; it is ready when its first process ends.
fn serve(image: &str, socket: &Path, pid: &Path) -> Result<(), Why> {
    let mut command = Command::new(TOOL);
    command.args(["--fork", "--read-only", "--shared=1"]);
    command
        .arg("--socket")
        .arg(socket)
        .arg("--pid-file")
        .arg(pid);
    let said = command.arg(image).stdin(Stdio::null()).output();
    let said = said.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Why::NeedsTool(PACKAGE),
        _ => Why::from(&error),
    })?;
    if said.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&said.stderr);
    let last = text.lines().last().unwrap_or_default();
    Err(Why::Damaged(format!("{TOOL}: {last}")))
}

/// End a server nobody could talk to.
fn end(pid: &Path) {
    use rustix::process::{Pid, Signal, kill_process};
    let text = std::fs::read_to_string(pid).unwrap_or_default();
    if let Some(pid) = text.trim().parse().ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
}

/// Fixed newstyle negotiation up to the default export; gives its length.
fn shake_hands(stream: &mut UnixStream) -> io::Result<u64> {
    let hello: [u8; 18] = take(stream)?;
    if &hello[..16] != b"NBDMAGICIHAVEOPT" {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut answer = Vec::new();
    // Fixed newstyle, no padding.
    answer.extend(3u32.to_be_bytes());
    answer.extend(OPTION.to_be_bytes());
    answer.extend(GO.to_be_bytes());
    // An empty name, and no further questions.
    answer.extend(6u32.to_be_bytes());
    answer.extend([0; 6]);
    stream.write_all(&answer)?;
    let mut length = None;
    loop {
        let reply: [u8; 20] = take(stream)?;
        let genuine = be_u64(&reply, 0) == OPTION_REPLY;
        let (kind, size) = (be_u32(&reply, 12), be_u32(&reply, 16));
        if !genuine || size > 4096 {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut body = vec![0; size as usize];
        stream.read_exact(&mut body)?;
        match kind {
            1 => return length.ok_or_else(|| ErrorKind::InvalidData.into()),
            // Length and abilities of the export.
            3 if body.len() >= 10 && body[..2] == [0, 0] => length = Some(be_u64(&body, 2)),
            3 => {}
            _ => return Err(ErrorKind::Unsupported.into()),
        }
    }
}

fn request(kind: u16, position: u64, length: u32) -> [u8; 28] {
    let mut request = [0; 28];
    request[..4].copy_from_slice(&REQUEST.to_be_bytes());
    request[6..8].copy_from_slice(&kind.to_be_bytes());
    request[16..24].copy_from_slice(&position.to_be_bytes());
    request[24..].copy_from_slice(&length.to_be_bytes());
    request
}

fn take<const N: usize>(stream: &mut UnixStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn be_u32(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4]
        .iter()
        .fold(0, |value, &byte| value << 8 | u32::from(byte))
}

fn be_u64(bytes: &[u8], at: usize) -> u64 {
    u64::from(be_u32(bytes, at)) << 32 | u64::from(be_u32(bytes, at + 4))
}
