//! Linux: capabilities, os-release, the kernel's release.

use std::path::PathBuf;

use rustix::thread::CapabilitySet;

/// Whether every process and file can be read.
pub fn is_administrator() -> bool {
    let needed = CapabilitySet::SYS_PTRACE | CapabilitySet::DAC_READ_SEARCH;
    let ours = rustix::thread::capabilities(None);
    ours.is_ok_and(|sets| sets.effective.contains(needed))
}

/// The file that runs, even if another one has its name by now.
#[expect(clippy::unnecessary_wraps, reason = "Windows may not tell")]
pub fn own_program() -> std::io::Result<PathBuf> {
    Ok("/proc/self/exe".into())
}

/// Release of the kernel.
pub fn build() -> String {
    let names = rustix::system::uname();
    names.release().to_string_lossy().into_owned()
}

/// Name of the distribution.
pub fn edition() -> String {
    let files = ["/etc/os-release", "/usr/lib/os-release"];
    let text = files
        .iter()
        .find_map(|file| std::fs::read_to_string(file).ok());
    let value = |key: &str| {
        let line = text
            .as_deref()?
            .lines()
            .find_map(|line| line.strip_prefix(key));
        line.map(|value| value.trim_matches(['"', '\'']).to_owned())
    };
    value("PRETTY_NAME=")
        .or_else(|| value("NAME="))
        .unwrap_or_else(|| "Linux, edition unknown (no os-release)".into())
}
