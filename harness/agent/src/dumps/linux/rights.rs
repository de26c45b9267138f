//! Taking on a technician's rights. Irreversible; called in the attempting child alone, which has one thread.

use std::io;

use rustix::process::{Gid, Uid, geteuid};
use rustix::thread::{
    CapabilitySet, CapabilitySets, set_capabilities, set_keep_capabilities, set_no_new_privs,
    set_thread_groups, set_thread_res_gid, set_thread_res_uid,
};

use super::Wish;

/// Becomes the target's user. No capability stays in effect. Those that the target has stay *permitted*: the kernel refuses whoever
/// is permitted less than the target before it asks whether the target may be read, and then a target that runs as root
/// would look protected although its own user could read it.
pub fn become_technician(wish: &Wish) -> io::Result<()> {
    set_no_new_privs(true)?;
    if geteuid().as_raw() == 0 {
        set_keep_capabilities(true)?;
        set_thread_groups(&[])?;
        let group = Gid::from_raw(wish.group);
        set_thread_res_gid(group, group, group)?;
        let user = Uid::from_raw(wish.user);
        set_thread_res_uid(user, user, user)?;
    }
    let ours = rustix::thread::capabilities(None)?.permitted;
    keep(ours & CapabilitySet::from_bits_retain(wish.capabilities))
}

/// Gives up what is still permitted.
pub fn give_up_all() -> io::Result<()> {
    keep(CapabilitySet::empty())
}

fn keep(permitted: CapabilitySet) -> io::Result<()> {
    let sets = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted,
        inheritable: CapabilitySet::empty(),
    };
    Ok(set_capabilities(None, sets)?)
}
