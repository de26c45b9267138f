//! The terminal agent (`shinsa-agent`): what it is told of the two simulated machines (`RUN/agent.yaml`), and its start. It is
//! the harness's own program; the reader knows nothing of it.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use tokio::process::Command;

use super::process::{self, Process};
use super::software::DEVICE_SCRATCH;

/// The program, beside this one.
const PROGRAM: &str = "shinsa-agent";
/// The terminal's swap file, bytes. Nothing uses it but a planted defect.
const SWAP: u64 = 1 << 20;

#[derive(Serialize)]
struct Config {
    format: u32,
    listen: String,
    targets: Vec<Target>,
    dump_folders: Vec<String>,
    entrances: Entrances,
}

#[derive(Serialize)]
struct Target {
    name: &'static str,
    machine: &'static str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    arguments: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

#[derive(Serialize)]
struct Entrances {
    declared: Vec<String>,
    only_targets: bool,
}

/// Writes the agent's configuration, and the terminal's empty swap file.
pub fn configure(run_dir: &Path) -> Result<()> {
    let swap = run_dir.join("terminal.swap");
    let made = File::create(&swap).and_then(|file| file.set_len(SWAP));
    made.with_context(|| swap.display().to_string())?;
    let path = run_dir.join("agent.yaml");
    std::fs::write(&path, serde_yaml::to_string(&config(run_dir))?)
        .with_context(|| path.display().to_string())
}

fn config(run_dir: &Path) -> Config {
    let run = run_dir.display();
    let process = |name, machine, program, first: &[&str]| Target {
        name,
        machine,
        kind: "process",
        program: Some(program),
        arguments: first
            .iter()
            .map(|text| (*text).into())
            .chain([run.to_string()])
            .collect(),
        path: None,
    };
    let place = |name, machine, kind, path: &str| Target {
        name,
        machine,
        kind,
        program: None,
        arguments: Vec::new(),
        path: Some(format!("{run}/{path}")),
    };
    Config {
        format: 1,
        listen: format!("unix:{run}/agent.sock"),
        targets: vec![
            process(
                "reader-software",
                "terminal",
                "virtual-reader-software",
                &["run"],
            ),
            process("reader-device", "device", "virtual-reader-device", &[]),
            place("terminal-storage", "terminal", "files", "terminal"),
            place("device-scratch", "device", "files", DEVICE_SCRATCH),
            place("device-flash", "device", "image", "device/flash.img"),
            place("terminal-swap", "terminal", "swap", "terminal.swap"),
        ],
        dump_folders: vec![format!("{run}/terminal")],
        entrances: Entrances {
            declared: vec![
                format!("unix:{run}/management.sock"),
                format!("unix:{run}/antenna.sock"),
            ],
            // The machine is whoever runs the rig's: its consoles, USB devices and other processes are not the simulated terminal's.
            only_targets: true,
        },
    }
}

/// Starts it; without the program the rig goes on without an agent, and says so.
pub fn start(run_dir: &Path, binaries: &Path) -> Result<Option<Process>> {
    let program = binaries.join(PROGRAM);
    if !program.exists() {
        eprintln!(
            "warning: {} is missing: the rig has no terminal agent; build all binaries",
            program.display()
        );
        return Ok(None);
    }
    let mut command = Command::new(program);
    command
        .args(["serve", "--config"])
        .arg(run_dir.join("agent.yaml"));
    process::spawn("agent", command, run_dir).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::software::SOFTWARE_SCRATCH;

    #[test]
    fn the_agent_is_told_of_both_machines() {
        let text = serde_yaml::to_string(&config(Path::new("/run/rig"))).unwrap();
        let read: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        assert_eq!(read["listen"], "unix:/run/rig/agent.sock");
        let targets = read["targets"].as_sequence().unwrap();
        assert_eq!(targets[0]["arguments"][1], "/run/rig");
        assert_eq!(targets[1]["arguments"][0], "/run/rig");
        assert!(targets[1].get("path").is_none());
        let paths: Vec<_> = targets
            .iter()
            .filter_map(|one| one["path"].as_str())
            .collect();
        for below in [SOFTWARE_SCRATCH, DEVICE_SCRATCH, "device/flash.img"] {
            let path = format!("/run/rig/{below}");
            assert!(
                paths.iter().any(|root| path.starts_with(root)),
                "{path}: {paths:?}"
            );
        }
        assert_eq!(
            read["entrances"]["declared"][0],
            "unix:/run/rig/management.sock"
        );
    }
}
