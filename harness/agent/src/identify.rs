//! Who searches: this program's own file and rights, and the operating system. Reads only.

use std::io::Read;

use rustix::thread::CapabilitySet;
use sha2::{Digest, Sha256};
use shinsa_wire::v1;

use crate::config::Config;
use crate::refused::Refused;

/// The answer to Identify; `now` is the service's.
///
/// # Errors
/// The own program file cannot be read.
pub fn identify(config: &Config, now: v1::Stamp) -> Result<v1::IdentifyReply, Refused> {
    let targets = config.targets.iter().map(|target| v1::Target {
        name: target.name.clone(),
        machine: target.machine().into(),
        kind: target.kind().into(),
    });
    Ok(v1::IdentifyReply {
        program_version: env!("CARGO_PKG_VERSION").into(),
        program_sha256: own_sha256()
            .map_err(|error| Refused::System(format!("/proc/self/exe: {error}")))?,
        os_edition: edition(),
        os_build: rustix::system::uname()
            .release()
            .to_string_lossy()
            .into_owned(),
        architecture: std::env::consts::ARCH.into(),
        rights: if is_administrator() {
            "administrator"
        } else {
            "user"
        }
        .into(),
        targets: targets.collect(),
        now: Some(now),
    })
}

/// Whether every process and file can be read.
pub fn is_administrator() -> bool {
    let needed = CapabilitySet::SYS_PTRACE | CapabilitySet::DAC_READ_SEARCH;
    let ours = rustix::thread::capabilities(None);
    ours.is_ok_and(|sets| sets.effective.contains(needed))
}

/// Of the file that runs, even if another one has its name by now.
fn own_sha256() -> std::io::Result<String> {
    let mut file = std::fs::File::open("/proc/self/exe")?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

fn edition() -> String {
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
