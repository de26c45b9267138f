//! Ways into the memory of a live process, each tried once with the rights that the caller has by now.

use std::io::{self, IoSliceMut};
use std::os::unix::fs::FileExt;

use nix::errno::Errno;
use nix::sys::ptrace;
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use zeroize::Zeroizing;

use super::Wish;
use super::{Outcome, Tried};

/// Ways into a live process.
pub const LIVE: [&str; 3] = ["ptrace", "proc-mem", "process-vm-readv"];
/// Tools of the system.
pub const TOOLS: [&str; 2] = ["gcore", "coredumpctl"];
/// Where tools are; nothing is looked up in a search path.
pub const FOLDERS: [&str; 3] = ["/usr/bin", "/usr/local/bin", "/bin"];
/// Bytes read and thrown away.
const TASTE: usize = 8;

/// Tries [`LIVE`], in that order.
pub fn live(wish: &Wish) -> Vec<Tried> {
    let pid = Pid::from_raw(i32::try_from(wish.pid).unwrap_or(0));
    let Some(stack) = wish.stack else {
        let why = "where its stack lies is hidden from the agent";
        return LIVE
            .map(|way| Tried::new(way, Outcome::Refused, why))
            .into();
    };
    vec![
        tried(LIVE[0], trace(pid, stack)),
        tried(LIVE[1], proc_mem(pid, stack)),
        tried(LIVE[2], vm_readv(pid, stack)),
    ]
}

/// Asks for earlier dumps of the program.
pub fn coredumpctl(wish: &Wish) -> Tried {
    let way = TOOLS[1];
    let Some(program) = installed("coredumpctl") else {
        return Tried::new(way, Outcome::NotAvailable, "not installed");
    };
    let listed = std::process::Command::new(program)
        .args(["--no-pager", "--quiet", "list", &wish.name])
        .output();
    match listed {
        Ok(output) if output.status.success() => {
            Tried::new(way, Outcome::Succeeded, "lists dumps of this program")
        }
        Ok(_) => Tried::new(way, Outcome::Refused, "lists no dump of this program"),
        Err(error) => Tried::new(way, Outcome::NotAvailable, error.to_string()),
    }
}

/// A tool of this name, where it is installed.
pub fn installed(name: &str) -> Option<std::path::PathBuf> {
    let mut places = FOLDERS
        .iter()
        .map(|folder| std::path::Path::new(folder).join(name));
    places.find(|place| place.is_file())
}

fn tried(way: &str, outcome: io::Result<()>) -> Tried {
    match outcome {
        Ok(()) => Tried::new(
            way,
            Outcome::Succeeded,
            format!("read {TASTE} bytes of the stack"),
        ),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            Tried::new(way, Outcome::NotAvailable, error.to_string())
        }
        Err(error) => Tried::new(way, Outcome::Refused, error.to_string()),
    }
}

/// Attaches, stops the first thread for a moment, reads one word, lets it go on.
fn trace(pid: Pid, stack: u64) -> io::Result<()> {
    ptrace::seize(pid, ptrace::Options::empty())?;
    // Should this process end from here on, the kernel lets the target go by itself.
    ptrace::interrupt(pid)?;
    waitpid(pid, Some(WaitPidFlag::__WALL))?;
    let word = ptrace::read(pid, stack as *mut _).map(Zeroizing::new);
    ptrace::detach(pid, None)?;
    Ok(word.map(drop)?)
}

fn proc_mem(pid: Pid, stack: u64) -> io::Result<()> {
    let memory = std::fs::File::open(format!("/proc/{pid}/mem"))?;
    memory.read_exact_at(&mut *Zeroizing::new([0; TASTE]), stack)
}

fn vm_readv(pid: Pid, stack: u64) -> io::Result<()> {
    let mut bytes = Zeroizing::new([0; TASTE]);
    let from = RemoteIoVec {
        base: stack as usize,
        len: TASTE,
    };
    match process_vm_readv(pid, &mut [IoSliceMut::new(&mut *bytes)], &[from]) {
        Ok(TASTE) => Ok(()),
        Ok(read) => Err(io::Error::other(format!("read {read} of {TASTE} bytes"))),
        Err(Errno::ENOSYS) => Err(io::ErrorKind::Unsupported.into()),
        Err(error) => Err(error.into()),
    }
}
