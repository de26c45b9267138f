//! The card on the real PC/SC stack: a private pcscd for each test binary.
//!
//! libpcsclite remembers its socket for the life of a process, and there is one slot: one test at a time, behind a mutex.

#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::fd::IntoRawFd;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{LazyLock, Mutex, MutexGuard};

static STACK: LazyLock<Mutex<Stack>> = LazyLock::new(|| Mutex::new(Stack::start()));

pub struct Stack {
    pub folder: PathBuf,
    port: u16,
}

pub fn stack() -> MutexGuard<'static, Stack> {
    STACK
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Stack {
    /// Makes the cards and starts pcscd on a socket of its own, handed over as systemd does (facts/CARD.md).
    fn start() -> Self {
        // Left to the system's cleaner: a static is never dropped, and pcscd ends with this process.
        let folder = tempfile::Builder::new()
            .prefix("card-")
            .tempdir_in("/tmp")
            .unwrap()
            .keep();
        let made = card(&["make", "--cards", "../cards.yaml", "--store"])
            .arg(folder.join("store"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", text(&made));
        // vpcd takes two ports in a row; the first is free now, and this machine hands ports out in no small order.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        fs::create_dir(folder.join("readers")).unwrap();
        let config = format!(
            "FRIENDLYNAME \"Shinsa test\"\nDEVICENAME /dev/null:{port}\nLIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so\nCHANNELID {port}\n"
        );
        fs::write(folder.join("readers/vpcd"), config).unwrap();
        let socket = folder.join("pcscd.comm");
        let listener = UnixListener::bind(&socket).unwrap().into_raw_fd();
        let mut pcscd = Command::new("sh");
        pcscd
            .args([
                "-c",
                "LISTEN_FDS=1 LISTEN_PID=$$ exec pcscd --foreground --config \"$0\"",
            ])
            .arg(folder.join("readers"));
        pcscd
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.join("pcscd.log")).unwrap());
        hand_over(&mut pcscd, listener);
        // The death signal follows the thread that spawned, and a test's thread ends with its test.
        std::thread::spawn(move || {
            let mut process = pcscd.spawn().expect("pcscd starts");
            process.wait()
        });
        set_socket(&socket);
        Self { folder, port }
    }

    pub fn store(&self, file: &str) -> PathBuf {
        self.folder.join("store").join(file)
    }

    /// Puts a card on the reader and waits until PC/SC reports it.
    pub fn insert(&self, id: &str, faults: &[&str]) -> OnReader {
        let context = pcsc::Context::establish(pcsc::Scope::User).unwrap();
        let mut states = [pcsc::ReaderState::new(
            c"Shinsa test 00 00",
            pcsc::State::UNAWARE,
        )];
        context
            .get_status_change(std::time::Duration::from_secs(10), &mut states)
            .unwrap();
        let mut command = card(&[
            "run",
            "--card",
            id,
            "--connect",
            &format!("tcp:127.0.0.1:{}", self.port),
            "--store",
        ]);
        let process = command.arg(self.store("")).args(faults).spawn().unwrap();
        let mut on = OnReader {
            process,
            context,
            states,
        };
        loop {
            on.states[0].sync_current_state();
            let state = on.states[0].event_state();
            assert!(
                !state.intersects(pcsc::State::UNKNOWN | pcsc::State::IGNORE),
                "pcscd has no such reader"
            );
            if state.contains(pcsc::State::PRESENT) {
                return on;
            }
            let wait = std::time::Duration::from_secs(20);
            on.context
                .get_status_change(wait, &mut on.states)
                .expect("the card is seen");
        }
    }
}

/// A card on the reader; taken away when dropped.
pub struct OnReader {
    process: Child,
    context: pcsc::Context,
    states: [pcsc::ReaderState; 1],
}

impl OnReader {
    pub fn connect(&self) -> pcsc::Card {
        self.context
            .connect(
                c"Shinsa test 00 00",
                pcsc::ShareMode::Shared,
                pcsc::Protocols::ANY,
            )
            .unwrap()
    }
}

impl Drop for OnReader {
    fn drop(&mut self) {
        // It may have left by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
        while self.states[0].event_state().contains(pcsc::State::PRESENT) {
            self.states[0].sync_current_state();
            if self
                .context
                .get_status_change(std::time::Duration::from_secs(20), &mut self.states)
                .is_err()
            {
                return;
            }
        }
    }
}

/// Sends a command in hex; the answer in hex.
pub fn send(card: &pcsc::Card, command: &str) -> String {
    let mut buffer = [0; 4096];
    let answer = card
        .transmit(&hex::decode(command).unwrap(), &mut buffer)
        .unwrap();
    hex::encode_upper(answer)
}

fn card(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_virtual-card"));
    command.args(arguments).stdin(Stdio::null());
    command
}

pub fn tool(program: &str, arguments: &[&str]) -> Output {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output();
    output.unwrap_or_else(|error| panic!("{program}: {error}: run ci/setup"))
}

pub fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

pub fn secret(stack: &Stack, card: &str, name: &str) -> String {
    let file = BufReader::new(fs::File::open(stack.store(card).join("secrets.yaml")).unwrap());
    let line = file
        .lines()
        .map(Result::unwrap)
        .find(|line| line.starts_with(&format!("{name}:")))
        .unwrap();
    line.split_once(':')
        .unwrap()
        .1
        .trim()
        .trim_matches(['\'', '"'])
        .to_owned()
}

#[allow(
    unsafe_code,
    reason = "dup2 and prctl in the child before exec: async-signal-safe"
)]
fn hand_over(command: &mut Command, listener: i32) {
    unsafe {
        command.pre_exec(move || {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            // dup2 onto itself would leave close-on-exec set.
            if libc::dup2(listener, 3) == 3 && libc::fcntl(3, libc::F_SETFD, 0) == 0 {
                Ok(())
            } else {
                Err(std::io::Error::last_os_error())
            }
        });
    }
}

#[allow(
    unsafe_code,
    reason = "libpcsclite reads it once; set inside the lock, before its first use"
)]
fn set_socket(socket: &Path) {
    unsafe { std::env::set_var("PCSCLITE_CSOCK_NAME", socket) };
}
