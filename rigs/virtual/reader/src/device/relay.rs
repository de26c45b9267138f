//! Carries vpcd frames (big-endian u16 length, payload) between a card and vpcd until either side closes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};

use virtual_reader::stack;

use crate::cache::Cache;
use crate::flash::Flash;
use crate::gate::Gate;

/// ATR of an ISO 14443 Type A card with no historical bytes (PC/SC part 3): what the defect `type-a` reports.
const TYPE_A: [u8; 5] = [0x3B, 0x80, 0x80, 0x01, 0x01];
/// vpcd's control byte that asks for the ATR.
const ASK_ATR: [u8; 1] = [4];
/// How often the gate is looked at.
const GATE_PERIOD: Duration = Duration::from_millis(100);

/// A card in the field, and how it is shown.
pub struct Radio<'a> {
    pub card: &'a UnixStream,
    /// Where vpcd listens.
    pub vpcd: &'a str,
    /// Its ATR is replaced.
    pub type_a: bool,
    /// It is shown only while this is open.
    pub gate: Option<&'a Gate>,
    pub flash: &'a Flash,
    /// Only the defect `deleted-not-overwritten` has one.
    pub cache: Option<Cache<'a>>,
}

/// Shows one card to vpcd until either goes.
pub fn relay(radio: &Radio) -> Result<()> {
    let card = radio.card;
    // A connection without a card behind it is closed again at once, and must not disturb vpcd.
    if ended(card)? || radio.gate.is_some_and(|gate| !wait_open(gate, card)) {
        return Ok(());
    }
    let vpcd = TcpStream::connect(radio.vpcd).with_context(|| format!("vpcd at {}", radio.vpcd))?;
    vpcd.set_nodelay(true)?;
    radio.flash.event("card in the field");
    let atr_asked = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _ = carry(&vpcd, card, |frame| {
                atr_asked.store(frame == ASK_ATR, Ordering::SeqCst);
                if let Some(cache) = &radio.cache {
                    cache.command(frame);
                }
                None
            });
            close(&vpcd, card);
            stack::scrub();
        });
        scope.spawn(|| {
            let _ = carry(card, &vpcd, |frame| {
                if let Some(cache) = &radio.cache {
                    cache.answer(frame);
                }
                (radio.type_a && atr_asked.load(Ordering::SeqCst)).then(|| TYPE_A.to_vec())
            });
            close(&vpcd, card);
            stack::scrub();
        });
        if let Some(gate) = radio.gate {
            while gate.is_open() && vpcd.peer_addr().is_ok() && !ended(card).unwrap_or(true) {
                std::thread::sleep(GATE_PERIOD);
            }
            close(&vpcd, card);
        }
    });
    if let Some(cache) = &radio.cache {
        cache.end();
    }
    radio.flash.event("card left the field");
    Ok(())
}

fn close(vpcd: &TcpStream, card: &UnixStream) {
    // Either may be closed already.
    let _ = vpcd.shutdown(std::net::Shutdown::Both);
    let _ = card.shutdown(std::net::Shutdown::Both);
}

/// Has the other side closed? Reads nothing.
fn ended(card: &UnixStream) -> Result<bool> {
    let mut poll = libc::pollfd {
        fd: card.as_raw_fd(),
        events: libc::POLLRDHUP,
        revents: 0,
    };
    poll_once(&mut poll)?;
    Ok(poll.revents & (libc::POLLRDHUP | libc::POLLHUP | libc::POLLERR) != 0)
}

#[allow(unsafe_code, reason = "poll on one valid descriptor")]
fn poll_once(poll: &mut libc::pollfd) -> Result<()> {
    if unsafe { libc::poll(poll, 1, 0) } < 0 {
        return Err(std::io::Error::last_os_error().into());
    }
    Ok(())
}

/// Waits until the gate opens; `false` when the card left before.
fn wait_open(gate: &Gate, card: &UnixStream) -> bool {
    while !gate.is_open() {
        if ended(card).unwrap_or(true) {
            return false;
        }
        std::thread::sleep(GATE_PERIOD);
    }
    true
}

/// Carries frames one way; `replace` may change one.
fn carry<A, B>(from: A, to: B, replace: impl Fn(&[u8]) -> Option<Vec<u8>>) -> std::io::Result<()>
where
    A: Read + AsFd,
    B: Write + AsFd,
{
    let (mut from, mut to) = (from, to);
    loop {
        acknowledge_quickly(&from);
        let mut length = [0; 2];
        from.read_exact(&mut length)?;
        let mut frame = vec![0; usize::from(u16::from_be_bytes(length))];
        from.read_exact(&mut frame)?;
        let frame = replace(&frame).unwrap_or(frame);
        // An empty frame would hang pcscd for good.
        if frame.is_empty() {
            continue;
        }
        acknowledge_quickly(&to);
        to.write_all(&[&(frame.len() as u16).to_be_bytes(), frame.as_slice()].concat())?;
        // The other thread already waits in its read, with a setting that this write undid.
        acknowledge_quickly(&to);
    }
}

/// Without TCP_QUICKACK before every read and write, each command takes 44 ms. Harmless on a Unix socket.
#[allow(
    unsafe_code,
    reason = "std has no TCP_QUICKACK; the call gets a valid int of the stated size"
)]
fn acknowledge_quickly(stream: &impl AsFd) {
    let on: libc::c_int = 1;
    let size = libc::socklen_t::try_from(size_of_val(&on)).unwrap_or(4);
    unsafe {
        libc::setsockopt(
            stream.as_fd().as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_QUICKACK,
            std::ptr::from_ref(&on).cast(),
            size,
        );
    }
}
