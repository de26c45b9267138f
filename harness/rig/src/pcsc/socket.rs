//! Which pcscd this process talks to. libpcsclite reads `PCSCLITE_CSOCK_NAME` once, at its first call, and keeps it.

use std::path::PathBuf;
use std::sync::Mutex;

use shinsa_model::event::Fault;

use crate::fault::{harness, incapable};

/// The socket chosen by this process.
enum Choice {
    NotYet,
    System,
    Private(PathBuf),
}

static CHOSEN: Mutex<Choice> = Mutex::new(Choice::NotYet);

/// Chooses the socket for the whole process; a second, different choice is refused.
pub fn choose(socket: Option<PathBuf>) -> Result<(), Fault> {
    let mut chosen = CHOSEN
        .lock()
        .map_err(|_| harness("PC/SC socket: lock poisoned"))?;
    match &*chosen {
        Choice::System if socket.is_none() => return Ok(()),
        Choice::Private(before) if socket.as_ref() == Some(before) => return Ok(()),
        Choice::System | Choice::Private(_) => {
            return Err(incapable(
                "this process already talks to another pcscd",
                "use one pcscd per rig and one rig per shinsa process",
            ));
        }
        Choice::NotYet => {}
    }
    if let Some(path) = &socket
        && std::env::var_os("PCSCLITE_CSOCK_NAME").as_deref() != Some(path.as_os_str())
    {
        set(path);
    }
    *chosen = socket.map_or(Choice::System, Choice::Private);
    Ok(())
}

#[allow(unsafe_code)]
fn set(path: &std::path::Path) {
    // SAFETY: happens once per process, under the lock above and before the first call into libpcsclite, the only C
    // code of this process that reads the environment while drivers run; Rust's own readers are locked by std.
    unsafe { std::env::set_var("PCSCLITE_CSOCK_NAME", path) }
}
