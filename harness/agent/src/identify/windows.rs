//! Windows: elevation of the own token; edition and build from the registry.

use std::path::PathBuf;

use crate::windows::registry::Key;
use crate::windows::token;

/// Where Windows says what it is.
const VERSION: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
/// First build of Windows 11, which still calls itself Windows 10.
const ELEVEN: u32 = 22_000;

/// Whether the agent runs elevated. Some processes are protected even from administrators; those are told as not searched.
pub fn is_administrator() -> bool {
    token::is_elevated()
}

/// The file it was started from; Windows does not let it be replaced while it runs.
pub fn own_program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}

/// Build and update, e.g. "19044.3693".
pub fn build() -> String {
    let value = |name| Key::machine(VERSION).and_then(|key| key.text(name));
    let build = value("CurrentBuild").unwrap_or_else(|| "unknown".into());
    match Key::machine(VERSION).and_then(|key| key.number("UBR")) {
        Some(update) => format!("{build}.{update}"),
        None => build,
    }
}

/// E.g. "Windows 10 IoT Enterprise LTSC 2021 21H2 (IoTEnterpriseS)".
pub fn edition() -> String {
    let Some(key) = Key::machine(VERSION) else {
        return "Windows, edition unknown (no registry key)".into();
    };
    let mut name = key
        .text("ProductName")
        .unwrap_or_else(|| "Windows, edition unknown".into());
    let build = key
        .text("CurrentBuild")
        .and_then(|build| build.parse().ok());
    if build.is_some_and(|build: u32| build >= ELEVEN) {
        name = name.replace("Windows 10", "Windows 11");
    }
    if let Some(version) = key.text("DisplayVersion") {
        name = format!("{name} {version}");
    }
    match key.text("EditionID") {
        Some(edition) => format!("{name} ({edition})"),
        None => name,
    }
}
