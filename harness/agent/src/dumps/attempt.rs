//! The attempting child: takes on the wished rights, tries, prints one JSON answer, ends. Started by `dumps` alone.

use serde::{Deserialize, Serialize};

use super::{Seen, gdb, rights, ways};

/// With whose rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rights {
    /// The target's own user, nothing more.
    Technician,
    /// The agent's own.
    Administrator,
}

/// What the child is to do.
#[derive(Debug, Serialize, Deserialize)]
pub struct Wish {
    /// With whose rights.
    pub rights: Rights,
    /// On which process.
    pub pid: u32,
    /// Its real user.
    pub user: u32,
    /// Its real group.
    pub group: u32,
    /// Capabilities permitted to it.
    pub capabilities: u64,
    /// An address on its stack, as the agent knows it; none where the agent may not look.
    pub stack: Option<u64>,
    /// File name of its program.
    pub name: String,
}

/// Does it. `Err`: the rights could not be taken on, so that nothing was tried.
///
/// # Errors
/// In words.
pub fn attempt(wish: &Wish) -> Result<Seen, String> {
    // Another process would be tried with the agent's rights.
    let all = wish.rights == Rights::Administrator;
    if !all {
        rights::become_technician(wish)
            .map_err(|error| format!("taking on a technician's rights: {error}"))?;
    }
    let mut tried = ways::live(wish);
    let pattern_writable = std::fs::File::options()
        .write(true)
        .open(super::core::PATTERN)
        .is_ok();
    if !all {
        // A program started as root would take back into effect what is still permitted.
        rights::give_up_all().map_err(|error| format!("giving up capabilities: {error}"))?;
    }
    tried.push(gdb::tried(wish));
    tried.push(ways::coredumpctl(wish));
    Ok(Seen {
        tried,
        pattern_writable: Some(pattern_writable),
    })
}

/// The child as a whole: from its one argument to its one line of answer.
///
/// # Errors
/// The argument is none that the agent gave.
pub fn main(wish: &str) -> Result<(), String> {
    let wish: Wish = serde_json::from_str(wish).map_err(|error| format!("attempt: {error}"))?;
    let seen = serde_json::to_string(&attempt(&wish)).map_err(|error| error.to_string())?;
    println!("{seen}");
    Ok(())
}
