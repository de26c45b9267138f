//! Windows: `ReadProcessMemory`, `MiniDumpWriteDump`, and what would become of the memory of a process or system that crashes, sleeps or
//! is switched off.
//!
//! A technician is somebody at the PC as the target's own user, with none of that token's privileges. An administrator has the
//! agent's rights and the debug privilege. A process that Windows protects (PPL) refuses both.

mod live;
mod settings;

use serde::{Deserialize, Serialize};
use shinsa_residue::sources::process::Identity;
use windows_sys::Win32::System::Threading::PROCESS_QUERY_LIMITED_INFORMATION;

use super::{Outcome, Rights, Tried};
use crate::identify::is_administrator;
use crate::processes::Running;
use crate::windows::token;
pub use settings::{DEBUGGER, REPORTING};

/// Written by a child of its own: the library that does it reads what the target says of itself, and may die of that.
const MINIDUMP: &str = "minidump";
/// Every other way, in the order of the answers.
const WAYS: [&str; 7] = [
    "read-process-memory",
    "local-dumps",
    "wer",
    "aedebug",
    "crash-control",
    "pagefile",
    "hiberfil",
];

/// What the child is to do.
#[derive(Debug, Serialize, Deserialize)]
pub struct Wish {
    /// With whose rights.
    rights: Rights,
    /// On which process.
    pid: u32,
    /// File name of its program.
    name: String,
    /// Whether only a minidump is tried, or everything else.
    minidump: bool,
}

/// Tries everything on one process, with each sort of rights.
pub fn tried_on(process: &Running) -> [Vec<Tried>; 2] {
    [Rights::Technician, Rights::Administrator].map(|rights| tried(process, rights))
}

fn tried(process: &Running, rights: Rights) -> Vec<Tried> {
    if rights == Rights::Administrator && !is_administrator() {
        let why = "not tried: the agent itself does not run as administrator";
        return [nothing(&WAYS, why), nothing(&[MINIDUMP], why)].concat();
    }
    let ask = |minidump: bool, ways: &[&str]| {
        let wish = Wish {
            rights,
            pid: process.pid(),
            name: process.name.clone(),
            minidump,
        };
        super::ask(&wish).unwrap_or_else(|why| nothing(ways, &why))
    };
    [ask(false, &WAYS), ask(true, &[MINIDUMP])].concat()
}

fn nothing(ways: &[&str], why: &str) -> Vec<Tried> {
    let one = |way: &&str| Tried::new(way, Outcome::NotAvailable, why);
    ways.iter().map(one).collect()
}

/// Does it. `Err`: the rights could not be taken on, so that nothing was tried.
///
/// # Errors
/// In words.
pub fn attempt(wish: &Wish) -> Result<Vec<Tried>, String> {
    // Made while the rights are still the agent's.
    let dump = wish.minidump.then(live::dump_file);
    match wish.rights {
        Rights::Technician => {
            let failed = |why: String| format!("not tried: taking on the target's user: {why}");
            let identity = Identity::of(wish.pid).map_err(|why| failed(why.to_string()))?;
            let process = identity.open(PROCESS_QUERY_LIMITED_INFORMATION);
            let process = process.map_err(|why| failed(why.to_string()))?;
            token::become_user_of(&process).map_err(|error| failed(error.to_string()))?;
        }
        // Without it most is readable all the same; what is not shows below.
        Rights::Administrator => drop(token::enable_debug()),
    }
    if let Some(file) = dump {
        return Ok(vec![live::tried(MINIDUMP, live::minidump(wish.pid, file))]);
    }
    let [read, rest @ ..] = WAYS;
    let mut tried = vec![live::tried(read, live::read(wish.pid))];
    tried.extend(settings::tried(rest, &wish.name));
    Ok(tried)
}
