//! Serial lines: consoles of the kernel, lines that a process has open, ports with hardware behind them. Opens none of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use procfs::ProcError;
use procfs::process::FDTarget;

use crate::config::Declared;
use crate::probe::Probe;
use crate::processes::{self, Running};

/// How names of serial lines in /dev begin: PC, USB adapters, modems, ARM, i.MX, OMAP, Samsung, gadgets.
const NAMES: [&str; 9] = [
    "ttyS", "ttyUSB", "ttyACM", "ttyAMA", "ttymxc", "ttyO", "ttySAC", "ttyGS", "ttyHS",
];
/// The kernel's consoles of this moment.
const ACTIVE: &str = "/sys/class/tty/console/active";

/// Tells them.
pub fn tell(probe: &mut Probe<'_>, running: &[(String, Running)]) {
    for (target, process) in running {
        for line in open_lines(process) {
            one(
                probe,
                &line,
                &format!("open in process {}", process.pid()),
                target,
            );
        }
    }
    if !probe.everything() {
        probe.out_of_scope("consoles, and serial lines that no target has open");
        return;
    }
    match fs::read_to_string(ACTIVE) {
        Ok(active) => {
            for name in active
                .split_ascii_whitespace()
                .filter(|name| is_serial(name))
            {
                one(
                    probe,
                    &Path::new("/dev").join(name),
                    "console of the kernel",
                    "",
                );
            }
        }
        Err(error) => probe.not_probed(format!("consoles of the kernel: {ACTIVE}: {error}")),
    }
    others(probe);
    match fs::read_dir("/sys/class/tty") {
        Ok(lines) => {
            let names = lines
                .flatten()
                .map(|line| line.file_name().to_string_lossy().into_owned());
            for name in names.filter(|name| is_serial(name) && has_hardware(name)) {
                one(probe, &Path::new("/dev").join(name), "port", "");
            }
        }
        Err(error) => probe.not_probed(format!("serial ports: /sys/class/tty: {error}")),
    }
}

/// Those that any process has open.
fn others(probe: &mut Probe<'_>) {
    let all = processes::all().unwrap_or_else(|error| {
        probe.not_probed(format!("serial lines that processes have open: {error}"));
        Vec::new()
    });
    let mut hidden = 0;
    for process in all {
        hidden += usize::from(is_hidden(&process));
        for line in open_lines(&process) {
            let what = format!("open in process {} {}", process.pid(), process.name);
            one(probe, &line, &what, "");
        }
    }
    if hidden > 0 {
        probe.not_probed(format!(
            "serial lines that are open in {hidden} processes: the agent may not look into them"
        ));
    }
}

/// Whether its descriptors cannot be read; one that has ended has none.
fn is_hidden(process: &Running) -> bool {
    let gone = |error| matches!(error, ProcError::NotFound(_));
    process.proc.fd().is_err_and(|error| !gone(error))
}

fn one(probe: &mut Probe<'_>, line: &Path, what: &str, target: &str) {
    let declared = probe.is_declared(|way| matches!(way, Declared::Serial(known) if known == line));
    probe.tell(
        "serial",
        &format!("{} ({what})", line.display()),
        target,
        declared,
    );
}

fn open_lines(process: &Running) -> BTreeSet<PathBuf> {
    let open = process.proc.fd().into_iter().flatten().flatten();
    let paths = open.filter_map(|descriptor| match descriptor.target {
        FDTarget::Path(path) => Some(path),
        _ => None,
    });
    paths
        .filter(|path| path.starts_with("/dev"))
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| is_serial(&name.to_string_lossy()))
        })
        .collect()
}

fn is_serial(name: &str) -> bool {
    NAMES.iter().any(|known| {
        let number = name.strip_prefix(known);
        number
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// PCs list ports that nobody built in: those have type 0.
fn has_hardware(name: &str) -> bool {
    let kind = fs::read_to_string(format!("/sys/class/tty/{name}/type"));
    kind.map_or(true, |kind| kind.trim() != "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_lines_are_told_by_name() {
        for name in ["ttyS0", "ttyUSB12", "ttyAMA0", "ttyGS0"] {
            assert!(is_serial(name), "{name}");
        }
        for name in ["tty0", "ttyS", "ttySx", "pts/0", "console"] {
            assert!(!is_serial(name), "{name}");
        }
    }
}
