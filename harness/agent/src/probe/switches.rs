//! Debug switches that target processes were started with: arguments and environment. Tells the switch, never its value.

use super::Probe;
use crate::processes::{self, Running};

/// Arguments that open a debugger, a remote console or a trace, up to their value: V8 and Node, Chromium and Electron, the Java
/// debugger (JDWP) and JMX, Qt's QML debugger, Mono.
const ARGUMENTS: [&str; 17] = [
    "--inspect",
    "--inspect-brk",
    "--inspect-port",
    "--inspect-wait",
    "--debug-brk",
    "--remote-debugging-port",
    "--remote-debugging-pipe",
    "--remote-debugging-address",
    "--remote-allow-origins",
    "--auto-open-devtools-for-tabs",
    "--enable-logging",
    "-agentlib:jdwp",
    "-Xrunjdwp",
    "-Xdebug",
    "-Dcom.sun.management.jmxremote",
    "-qmljsdebugger",
    "--debugger-agent",
];
/// Names in the environment and what their value must contain to count; an empty text: whatever the value.
const ENVIRONMENT: [(&str, &str); 16] = [
    ("NODE_OPTIONS", "--inspect"),
    ("JAVA_TOOL_OPTIONS", "jdwp"),
    ("_JAVA_OPTIONS", "jdwp"),
    ("JDK_JAVA_OPTIONS", "jdwp"),
    ("QTWEBENGINE_REMOTE_DEBUGGING", ""),
    ("WEBKIT_INSPECTOR_SERVER", ""),
    ("GTK_DEBUG", "interactive"),
    ("SSLKEYLOGFILE", ""),
    ("LD_PRELOAD", ""),
    ("LD_AUDIT", ""),
    ("MALLOC_TRACE", ""),
    ("PYTHONINSPECT", ""),
    ("G_MESSAGES_DEBUG", ""),
    ("QT_LOGGING_RULES", "true"),
    ("RUST_LOG", "trace"),
    ("RUST_LOG", "debug"),
];

/// Tells those of every target process.
pub fn tell(probe: &mut Probe<'_>, running: &[(String, Running)]) {
    for (target, process) in running {
        for switch in by_arguments(&process.arguments) {
            probe.tell("debug-switch", switch, target, false);
        }
        match processes::environment(process) {
            Ok(all) => {
                for (name, value) in all {
                    if is_switch(&name, &value) {
                        let place = format!("environment {name}");
                        probe.tell("debug-switch", &place, target, false);
                    }
                }
            }
            Err(error) => probe.not_probed(format!(
                "environment of process {} of target {target}: {error}",
                process.pid()
            )),
        }
    }
}

fn by_arguments(arguments: &[String]) -> impl Iterator<Item = &'static str> {
    let is_given = |known: &&str| {
        arguments
            .iter()
            .skip(1)
            .any(|argument| is_argument(argument, known))
    };
    ARGUMENTS.into_iter().filter(is_given)
}

fn is_argument(argument: &str, known: &str) -> bool {
    argument
        .strip_prefix(known)
        .is_some_and(|value| value.is_empty() || value.starts_with(['=', ':', '.', ',']))
}

fn is_switch(name: &str, value: &str) -> bool {
    ENVIRONMENT
        .iter()
        .any(|(known, part)| name == *known && value.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_told_and_their_like_are_not() {
        let given = |argument: &str| by_arguments(&["app".into(), argument.into()]).count();
        assert_eq!(given("--inspect=127.0.0.1:9229"), 1);
        assert_eq!(given("-agentlib:jdwp=transport=dt_socket"), 1);
        assert_eq!(given("-Dcom.sun.management.jmxremote.port=1"), 1);
        assert_eq!(given("--inspection-date"), 0);
        assert_eq!(given("--run"), 0);
        assert!(is_switch("RUST_LOG", "info,app=trace") && !is_switch("RUST_LOG", "info"));
        assert!(is_switch("LD_PRELOAD", "/x.so") && !is_switch("LD_LIBRARY_PATH", "/x"));
    }
}
