//! Settings of Windows by which memory reaches a disk: error reporting, debuggers, crash dumps, page file, hibernation.
//!
//! Reads the registry with the rights that the caller has by now, and tries whether they could change it; changes nothing. Sources:
//! Microsoft Learn, "Collecting User-Mode Dumps", "WER Settings", "Configuring Automatic Debugging", "Overview of memory dump file
//! options", "Shutdown: Clear virtual memory pagefile".

use std::path::Path;

use crate::dumps::{Outcome, Tried};
use crate::windows::registry::Key;

/// Error reporting; below it lie its dumps' settings and exceptions.
pub const REPORTING: &str = r"SOFTWARE\Microsoft\Windows\Windows Error Reporting";
const POLICY: &str = r"SOFTWARE\Policies\Microsoft\Windows\Windows Error Reporting";
const SERVICE: &str = r"SYSTEM\CurrentControlSet\Services\WerSvc";
/// Which debugger a crash starts.
pub const DEBUGGER: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\AeDebug";
const CRASH: &str = r"SYSTEM\CurrentControlSet\Control\CrashControl";
const MEMORY: &str = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management";
const FILES: &str = r"SYSTEM\CurrentControlSet\Control\FileSystem";
/// Start type of a service that is switched off.
const DISABLED: u32 = 4;

/// What a setting says.
type Told = (Outcome, String);

/// Tells of each, under the names `ways`, for the program `name`.
pub fn tried(ways: [&str; 6], name: &str) -> Vec<Tried> {
    let told = [
        local_dumps(name),
        reporting(name),
        debugger(),
        crash_control(),
        page_file(),
        hibernation(),
    ];
    let pairs = ways.into_iter().zip(told);
    pairs
        .map(|(way, (outcome, detail))| Tried::new(way, outcome, detail))
        .collect()
}

fn local_dumps(name: &str) -> Told {
    let all = format!(r"{REPORTING}\LocalDumps");
    let own = format!(r"{all}\{name}");
    for key in [&own, &all] {
        if let Some(found) = Key::machine(key) {
            let count = found.number("DumpCount").unwrap_or(10);
            let kind = match found.number("DumpType") {
                Some(2) => "all memory",
                Some(0) => "chosen parts",
                _ => "stacks",
            };
            let told = format!("a crash leaves a dump ({kind}, the last {count}): {key}");
            return (Outcome::Succeeded, told);
        }
    }
    writable_or(&all, "not set: a crash leaves no local dump")
}

fn reporting(name: &str) -> Told {
    let Some(service) = Key::machine(SERVICE) else {
        return (Outcome::NotAvailable, "there is no service WerSvc".into());
    };
    if service.number("Start") == Some(DISABLED) {
        return writable_or(SERVICE, "the service WerSvc is switched off");
    }
    let set =
        |path: &str, name: &str| Key::machine(path).and_then(|key| key.number(name)) == Some(1);
    for path in [POLICY, REPORTING] {
        if set(path, "Disabled") {
            return writable_or(path, "error reporting is switched off");
        }
    }
    if set(&format!(r"{REPORTING}\ExcludedApplications"), name) {
        return writable_or(REPORTING, "error reporting leaves this program out");
    }
    let told = "on: a crash leaves a report with parts of the memory, to be sent to Microsoft";
    (Outcome::Succeeded, told.into())
}

fn debugger() -> Told {
    let key = Key::machine(DEBUGGER);
    let value = |name: &str| key.as_ref().and_then(|key| key.text(name));
    let automatic = value("Auto").is_some_and(|auto| auto.trim() == "1");
    match value("Debugger").filter(|program| !program.trim().is_empty()) {
        Some(program) if automatic => {
            let told = format!("a crash starts {program}");
            (Outcome::Succeeded, told)
        }
        Some(program) => writable_or(
            DEBUGGER,
            &format!("{program} is started only when asked for"),
        ),
        None => writable_or(DEBUGGER, "no debugger is set for crashes"),
    }
}

fn crash_control() -> Told {
    let Some(key) = Key::machine(CRASH) else {
        return (Outcome::NotAvailable, "there is no key CrashControl".into());
    };
    match key.number("CrashDumpEnabled") {
        Some(1) if key.number("FilterPages") == Some(1) => {
            let told = "a crash of the system dumps active memory, processes' too";
            (Outcome::Succeeded, told.into())
        }
        Some(1) => (
            Outcome::Succeeded,
            "a crash of the system dumps all memory".into(),
        ),
        Some(kind @ (2 | 3 | 7)) => {
            let told = format!("a crash of the system dumps its own memory alone (kind {kind})");
            writable_or(CRASH, &told)
        }
        _ => writable_or(CRASH, "a crash of the system leaves no dump"),
    }
}

fn page_file() -> Told {
    let Some(key) = Key::machine(MEMORY) else {
        return (Outcome::NotAvailable, "the settings cannot be read".into());
    };
    let files = key.text("PagingFiles").unwrap_or_default();
    if files.trim().is_empty() {
        return writable_or(MEMORY, "no page file is set");
    }
    if key.number("ClearPageFileAtShutdown") == Some(1) {
        return writable_or(
            MEMORY,
            "the page file is cleared when the system is shut down",
        );
    }
    let encrypted = Key::machine(FILES).and_then(|key| key.number("NtfsEncryptPagingFile"));
    if encrypted == Some(1) {
        return writable_or(FILES, "the page file is encrypted with a key that is lost");
    }
    let told = "not cleared at shutdown: whoever takes the disk has what was paged out";
    (Outcome::Succeeded, told.into())
}

fn hibernation() -> Told {
    let drive = std::env::var("SystemDrive").unwrap_or_else(|_| "C:".into());
    let file = format!(r"{drive}\hiberfil.sys");
    match Path::new(&file).try_exists() {
        Ok(true) => {
            let told = format!("{file} is there: whoever takes the disk has the memory that slept");
            (Outcome::Succeeded, told)
        }
        Ok(false) => (Outcome::Refused, format!("there is no {file}")),
        // Whoever may not look learns nothing of it.
        Err(error) => (Outcome::NotAvailable, format!("{file}: {error}")),
    }
}

/// Safe as it is set, unless these rights can set it otherwise.
fn writable_or(path: &str, told: &str) -> Told {
    if Key::machine_writable(path) {
        let told = format!("{told}; but these rights can change that: {path}");
        (Outcome::Succeeded, told)
    } else {
        (
            Outcome::Refused,
            format!("{told}; these rights cannot change that"),
        )
    }
}
