//! Who searches: this program's own file and rights, and the operating system. Reads only.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;

use std::io::Read;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use shinsa_wire::v1;

use crate::config::Config;
use crate::refused::Refused;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(windows)]
use windows as system;

pub use system::is_administrator;

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
        program_sha256: own_sha256().clone().map_err(Refused::System)?,
        os_edition: system::edition(),
        os_build: system::build(),
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

/// SHA-256 of the own program file, hex, as it was when first asked for: at the start, so that a file put in its place later is not
/// taken for it.
///
/// # Errors
/// It could not be read, in words.
pub fn own_sha256() -> &'static Result<String, String> {
    static OWN: OnceLock<Result<String, String>> = OnceLock::new();
    OWN.get_or_init(|| hash().map_err(|error| format!("the own program file: {error}")))
}

fn hash() -> std::io::Result<String> {
    let mut file = std::fs::File::open(system::own_program()?)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}
