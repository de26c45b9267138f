//! Targets: what the agent may search, and how each is recognised. Read by `config`; used by every request.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Name of the agent's own target, see `hold`.
pub const SEEDED: &str = "seeded";

/// Something that may be searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Unique.
    pub name: String,
    /// Whose memory or storage it is.
    pub machine: Machine,
    /// What it is.
    pub what: What,
}

/// Whose memory or storage a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Machine {
    /// The terminal PC.
    Terminal,
    /// The reader's device.
    Device,
}

/// What a target is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Every process that runs `program` and whose arguments contain all of `arguments`.
    Process {
        /// File name of the program, without folder.
        program: String,
        /// Each is contained in some argument of the command line.
        arguments: Vec<String>,
    },
    /// A directory with all below it, or one file.
    Files(PathBuf),
    /// A disk image or block device, searched byte by byte.
    Image(PathBuf),
    /// A swap file or device; it need not be there.
    Swap(PathBuf),
}

impl Target {
    /// As the wire names its kind.
    pub fn kind(&self) -> &'static str {
        match self.what {
            What::Process { .. } => "process",
            What::Files(_) => "files",
            What::Image(_) => "image",
            What::Swap(_) => "swap",
        }
    }

    /// As the wire names its machine.
    pub fn machine(&self) -> &'static str {
        match self.machine {
            Machine::Terminal => "terminal",
            Machine::Device => "device",
        }
    }
}

/// As it is written; which fields belong together is checked when it is taken over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    name: String,
    machine: Machine,
    kind: String,
    program: Option<String>,
    arguments: Option<Vec<String>>,
    path: Option<PathBuf>,
}

impl Raw {
    /// Checks it; a relative path is taken below `base`.
    pub fn check(self, base: &Path) -> Result<Target, String> {
        let raw = self;
        let name = raw.name;
        if name.is_empty() {
            return Err("a target's name is empty: give it one, findings are told under it".into());
        }
        if name == SEEDED {
            return Err(format!(
                "target name {SEEDED:?} is the agent's own: take another"
            ));
        }
        let what = match (raw.kind.as_str(), raw.program, raw.path) {
            ("process", Some(program), None) => {
                process(program, raw.arguments.unwrap_or_default())?
            }
            ("process", _, _) => {
                return Err(format!(
                    "target {name}: kind process takes `program` and `arguments`, not `path`"
                ));
            }
            ("files" | "image" | "swap", None, Some(path))
                if raw.arguments.is_none() && !path.as_os_str().is_empty() =>
            {
                let path = base.join(path);
                match raw.kind.as_str() {
                    "files" => What::Files(path),
                    "image" => What::Image(path),
                    _ => What::Swap(path),
                }
            }
            ("files" | "image" | "swap", _, _) => {
                return Err(format!(
                    "target {name}: kind {} takes `path` alone",
                    raw.kind
                ));
            }
            (kind, _, _) => {
                return Err(format!(
                    "target {name}: kind {kind:?}: expected process, files, image or swap"
                ));
            }
        };
        Ok(Target {
            name,
            machine: raw.machine,
            what,
        })
    }
}

fn process(program: String, arguments: Vec<String>) -> Result<What, String> {
    if program.is_empty() || program.contains(std::path::is_separator) {
        return Err(format!(
            "program {program:?}: expected the program's file name, without its folder"
        ));
    }
    // An empty text is contained in every argument.
    if arguments.iter().any(String::is_empty) {
        return Err(format!(
            "program {program}: an entry of `arguments` is empty: leave it out"
        ));
    }
    Ok(What::Process { program, arguments })
}
