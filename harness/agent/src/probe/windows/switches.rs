//! Debug switches of the system: a debugger started instead of a program, checks and traces of its loader, a kernel that may be debugged.

use crate::probe::Probe;
use crate::processes::Running;
use crate::windows::registry::Key;

/// What Windows does when it starts a program of a name.
const OPTIONS: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options";
/// With what the kernel was started.
const CONTROL: &str = r"SYSTEM\CurrentControlSet\Control";

/// Tells them.
pub fn tell(probe: &mut Probe<'_>, running: &[(String, Running)]) {
    for (target, process) in running {
        let Some(key) = Key::machine(&format!(r"{OPTIONS}\{}", process.name)) else {
            continue;
        };
        let text = |name: &str| key.text(name).is_some_and(|value| !value.is_empty());
        let number = |name: &str| key.number(name).is_some_and(|value| value != 0);
        for (name, is_set) in [
            ("Debugger", text("Debugger")),
            ("VerifierDlls", text("VerifierDlls")),
            // A number, or the same as text.
            ("GlobalFlag", text("GlobalFlag") || number("GlobalFlag")),
        ] {
            if is_set {
                let place = format!("Image File Execution Options, {name}");
                probe.tell("debug-switch", &place, target, false);
            }
        }
    }
    if !probe.everything() {
        probe.out_of_scope("debugging of the kernel");
        return;
    }
    match Key::machine(CONTROL).and_then(|key| key.text("SystemStartOptions")) {
        Some(options) => {
            for option in kernel(&options) {
                probe.tell(
                    "debug-switch",
                    &format!("kernel started with {option}"),
                    "",
                    false,
                );
            }
        }
        None => probe.not_probed("debugging of the kernel: SystemStartOptions is not told".into()),
    }
}

/// Options that let the kernel be debugged or load drivers without a signature.
fn kernel(options: &str) -> impl Iterator<Item = &str> {
    const KNOWN: [&str; 5] = ["DEBUG", "DEBUGPORT", "BOOTDEBUG", "TESTSIGNING", "EMS"];
    let all = options.split_ascii_whitespace();
    all.filter(|option| {
        let name = option.split(['=', ':']).next().unwrap_or_default();
        KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_the_kernel_are_told_and_their_like_are_not() {
        let told = |options| kernel(options).collect::<Vec<_>>();
        assert_eq!(told(" NOEXECUTE=OPTIN  NODEBUG FVEBOOT=1"), [""; 0]);
        assert_eq!(told("DEBUG DEBUGPORT=COM1 X"), ["DEBUG", "DEBUGPORT=COM1"]);
        assert_eq!(told("testsigning"), ["testsigning"]);
    }
}
