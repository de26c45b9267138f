//! A process to be searched, dumped, crashed: this test binary, run again for the one "test" below.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rustix::process::{DumpableBehavior, Resource, Rlimit};
use shinsa_wire::v1::{MakeSafeRequest, NotSearched};

use crate::support::Agent;

/// How a picture begins.
pub const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0\0\x10JFIF";
/// Set in victims alone.
const ROLE: &str = "SHINSA_AGENT_TEST_VICTIM";
/// Before each answer; libtest prints lines of its own.
const SAYS: &str = "victim: ";

/// A victim. Killed when dropped.
pub struct Victim {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    marker: String,
}

impl Victim {
    /// Starts one whose command line holds `marker`.
    pub fn start(marker: &str) -> Self {
        Self::start_with(marker, |_| {})
    }

    /// The same, with more said about how.
    pub fn start_with(marker: &str, how: impl FnOnce(&mut Command)) -> Self {
        let marker = format!("{marker}-{}", std::process::id());
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "victim::is_one", &marker, "--nocapture"])
            .env(ROLE, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        how(&mut command);
        let mut child = command.spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut victim = Self {
            child,
            to,
            from: BufReader::new(from),
            marker,
        };
        assert_eq!(victim.hear(), "here");
        victim
    }

    /// As nobody's user, when the tests run as root; else as who they run as.
    pub fn start_unprivileged(marker: &str, folder: &Path) -> Self {
        let folder = folder.to_owned();
        Self::start_with(marker, |command| {
            command.current_dir(folder);
            if rustix::process::geteuid().is_root() {
                command.uid(65_534).gid(65_534);
            }
        })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The target that it is, for the agent's configuration.
    pub fn target(&self, name: &str) -> String {
        let program = std::env::current_exe().unwrap();
        let program = program.file_name().unwrap().to_str().unwrap().to_owned();
        format!(
            "{{ name: {name}, machine: terminal, kind: process, program: {program}, arguments: [\"{}\"] }}",
            self.marker
        )
    }

    /// Does as it is told; gives what it answers.
    pub fn tell(&mut self, command: &str) -> String {
        writeln!(self.to, "{command}").unwrap();
        self.hear()
    }

    /// Whether it still does as it is told.
    pub fn is_well(&mut self) -> bool {
        self.tell("hello") == "hello"
    }

    /// Whether somebody holds it still.
    pub async fn stopped(&self) {
        while !self.is_stopped() {
            tokio::task::yield_now().await;
        }
    }

    pub fn is_stopped(&self) -> bool {
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap_or_default();
        stat.rsplit_once(") ")
            .is_some_and(|(_, rest)| rest.starts_with('T'))
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    pub fn wait(&mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        while self.from.read_line(&mut line).unwrap() > 0 {
            // libtest prints its own beginning of the line before the first answer.
            if let Some((_, said)) = line.split_once(SAYS) {
                return said.trim_end().to_owned();
            }
            line.clear();
        }
        panic!("the victim ended");
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// In a victim: does what it is told. In the tests: nothing.
#[test]
fn is_one() {
    if std::env::var_os(ROLE).is_none() {
        return;
    }
    println!("{SAYS}here");
    let (mut held, mut sockets): (Vec<Vec<u8>>, Vec<Box<dyn std::any::Any>>) = Default::default();
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let (command, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let mut answer = command.to_owned();
        match command {
            "hello" => {}
            // Hexadecimal, so that what it was told is no plain copy.
            "hold" => held.push(hex::decode(rest).unwrap()),
            "fill" => {
                let bytes: usize = rest.parse().unwrap();
                held.push(
                    (0..bytes)
                        .map(|place| ((place * 31) >> 3) as u8 | 0x80)
                        .collect(),
                );
            }
            "undumpable" => {
                rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable).unwrap();
            }
            "no-core" | "core" => {
                let most = (command == "no-core").then_some(0);
                let limit = Rlimit {
                    current: most,
                    maximum: most,
                };
                rustix::process::setrlimit(Resource::Core, limit).unwrap();
            }
            "tcp" => {
                let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
                answer = listener.local_addr().unwrap().to_string();
                sockets.push(Box::new(listener));
            }
            "http" => {
                let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
                answer = listener.local_addr().unwrap().to_string();
                std::thread::spawn(move || {
                    listener
                        .incoming()
                        .for_each(|stream| answer_http(&stream.unwrap()));
                });
            }
            "udp" => {
                let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
                answer = socket.local_addr().unwrap().to_string();
                sockets.push(Box::new(socket));
            }
            // Kept open.
            "write" | "memory-file" => {
                let mut file = match command {
                    "write" => std::fs::File::create(rest).unwrap(),
                    _ => rustix::fs::memfd_create(rest, rustix::fs::MemfdFlags::CLOEXEC)
                        .unwrap()
                        .into(),
                };
                file.write_all(JPEG).unwrap();
                sockets.push(Box::new(file));
            }
            "unix" => sockets.push(Box::new(
                std::os::unix::net::UnixListener::bind(rest).unwrap(),
            )),
            _ => answer = format!("no command {command}"),
        }
        println!("{SAYS}{answer}");
    }
}

/// Knows /debug and nothing else.
fn answer_http(stream: &std::net::TcpStream) {
    let mut line = String::new();
    let _ = BufReader::new(stream).read_line(&mut line);
    let status = if line.starts_with("GET /debug ") {
        "200 OK"
    } else {
        "404 Not Found"
    };
    let _ = write!(&mut &*stream, "HTTP/1.0 {status}\r\n\r\n");
}

/// Whether a request that MakeSafe meets halfway says that its target was let go. Targets are ever larger, for it may be done before.
pub async fn told_as_let_go(ask: impl AsyncFn(&Agent) -> Vec<NotSearched>) -> bool {
    for round in 1..=5 {
        let mut victim = Victim::start("safe");
        victim.tell(&format!("fill {}", round * (256 << 20)));
        let agent = Agent::start(&[victim.target("reader")], "").await;
        let safe = async {
            victim.stopped().await;
            let mut instrument = agent.instrument();
            instrument.make_safe(MakeSafeRequest {}).await.unwrap();
        };
        let (missed, ()) = tokio::join!(ask(&agent), safe);
        assert!(!victim.is_stopped() && victim.is_well());
        if missed.iter().any(|missed| missed.why.contains("let go")) {
            return true;
        }
    }
    false
}
