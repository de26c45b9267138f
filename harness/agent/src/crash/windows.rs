//! Windows: a thread is started in the target at an address without code, and dies of it like a defect of the target's own; where error
//! reporting and a debugger put dumps.
//!
//! Dumps lie in folders of whoever's process crashed: those of all users of the PC are looked at.
#![allow(unsafe_code)]

use std::fs;
use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::path::{Path, PathBuf};
use std::ptr;

use windows_sys::Win32::System::Threading::{
    CreateRemoteThread, GetExitCodeProcess, LPTHREAD_START_ROUTINE, PROCESS_CREATE_THREAD,
    PROCESS_QUERY_INFORMATION, PROCESS_SYNCHRONIZE, PROCESS_VM_OPERATION, PROCESS_VM_READ,
    PROCESS_VM_WRITE,
};

use super::PATIENCE;
use super::folders::Places;
use crate::dumps::{DEBUGGER, REPORTING};
pub use crate::files::{Version, version};
use crate::processes::Running;
use crate::waiting;
use crate::windows::registry::Key;

/// In the first 64 KiB, where Windows maps nothing.
const NO_CODE: usize = 16;
/// What a dump folder's name begins with when nothing else is set.
const LOCAL: &str = "%LOCALAPPDATA%";
/// Below each user's `AppData\Local`: dumps, and reports that wait or were sent.
const OF_USERS: [&str; 4] = [
    "CrashDumps",
    r"Microsoft\Windows\WER\ReportQueue",
    r"Microsoft\Windows\WER\ReportArchive",
    "Temp",
];
/// Below `ProgramData`.
const OF_ALL: [&str; 3] = [
    r"Microsoft\Windows\WER\ReportQueue",
    r"Microsoft\Windows\WER\ReportArchive",
    r"Microsoft\Windows\WER\Temp",
];
/// Users that are no persons, below the Windows folder.
const OF_SERVICES: [&str; 3] = [
    r"System32\config\systemprofile",
    r"ServiceProfiles\LocalService",
    r"ServiceProfiles\NetworkService",
];

/// Adds where the system puts dumps of these programs.
pub fn add(places: &mut Places, programs: &[&str]) {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let users = users(places, &variable("SystemDrive"), &variable("SystemRoot"));
    for user in &users {
        for folder in OF_USERS {
            existing(places, user.join(folder));
        }
    }
    for folder in OF_ALL {
        existing(places, Path::new(&variable("ProgramData")).join(folder));
    }
    let all = format!(r"{REPORTING}\LocalDumps");
    let own = programs.iter().map(|program| format!(r"{all}\{program}"));
    for key in own.chain([all.clone()]) {
        if let Some(folder) = Key::machine(&key).and_then(|key| key.text("DumpFolder")) {
            set(places, &folder, &users);
        }
    }
    if let Some(program) = Key::machine(DEBUGGER).and_then(|key| key.text("Debugger")) {
        places.unknown(format!(
            "a crash may start {program}: what it does with the memory is not seen"
        ));
    }
}

/// `AppData\Local` of every user; unknown where users cannot be listed.
fn users(places: &mut Places, drive: &str, windows: &str) -> Vec<PathBuf> {
    let folder = format!(r"{drive}\Users");
    let persons = fs::read_dir(&folder).and_then(|persons| {
        let paths = persons.map(|person| Ok(person?.path()));
        paths.collect::<io::Result<Vec<_>>>()
    });
    let persons = persons.unwrap_or_else(|error| {
        places.unknown(format!("{folder}: {error}"));
        Vec::new()
    });
    let services = OF_SERVICES.map(|service| Path::new(windows).join(service));
    let all = persons.into_iter().chain(services);
    all.map(|user| user.join(r"AppData\Local")).collect()
}

/// The folder of a setting, in which variables are not yet put in.
fn set(places: &mut Places, folder: &str, users: &[PathBuf]) {
    let upper = folder.to_ascii_uppercase();
    if upper.starts_with(LOCAL) {
        let below = folder[LOCAL.len()..].trim_start_matches('\\');
        for user in users {
            existing(places, user.join(below));
        }
    } else if folder.contains('%') {
        places.unknown(format!(
            "the dump folder {folder} of error reporting differs from user to user"
        ));
    } else {
        places.add(folder.into());
    }
}

fn existing(places: &mut Places, folder: PathBuf) {
    match fs::read_dir(&folder) {
        Ok(_) => places.add(folder),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => places.unknown(format!("{}: {error}", folder.display())),
    }
}

/// Makes a process crash and waits for its end; says how it ended.
///
/// # Errors
/// In words.
pub fn crashed(process: &Running) -> Result<String, String> {
    let access = PROCESS_CREATE_THREAD
        | PROCESS_QUERY_INFORMATION
        | PROCESS_SYNCHRONIZE
        | PROCESS_VM_OPERATION
        | PROCESS_VM_READ
        | PROCESS_VM_WRITE;
    let handle = process
        .identity
        .open(access)
        .map_err(|why| why.to_string())?;
    thread_without_code(&handle).map_err(|error| error.to_string())?;
    match waiting::handle_ended(&handle, PATIENCE) {
        Ok(true) => {
            let mut code = 0;
            // SAFETY: the handle is open, the place is ours; should it fail, the code stays 0.
            unsafe { GetExitCodeProcess(handle.as_raw_handle(), &raw mut code) };
            let pid = process.pid();
            Ok(format!(
                "process {pid} ended with code {code:#010x} after a thread without code"
            ))
        }
        Ok(false) => Err(format!(
            "still there {} s after a thread without code: something holds it; end it by hand",
            PATIENCE.as_secs()
        )),
        Err(error) => Err(error.to_string()),
    }
}

fn thread_without_code(process: &OwnedHandle) -> io::Result<()> {
    // SAFETY: as wide as a function pointer, and not 0. Never called in this process.
    let start: LPTHREAD_START_ROUTINE = unsafe { std::mem::transmute(NO_CODE) };
    let (handle, nothing) = (process.as_raw_handle(), ptr::null_mut());
    // SAFETY: the handle is open; no attributes, no parameter, no place for a number.
    let thread =
        unsafe { CreateRemoteThread(handle, ptr::null(), 0, start, ptr::null(), 0, nothing) };
    if thread.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: just given to us alone; closed at once, which the thread does not mind.
    drop(unsafe { OwnedHandle::from_raw_handle(thread) });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_the_settings_is_of_every_user_or_unknown() {
        let told = |folder: &str| {
            let mut places = Places::default();
            set(&mut places, folder, &[]);
            (places.folders().len(), places.into_unknown().len())
        };
        assert_eq!(told(r"C:\dumps"), (1, 0));
        assert_eq!(told(r"%TEMP%\dumps"), (0, 1));
        assert_eq!(told(r"%LocalAppData%\CrashDumps"), (0, 0));
    }
}
