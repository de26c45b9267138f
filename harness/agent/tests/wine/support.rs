//! Starting the Windows agent and its victim under wine, and asking the agent from here.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use shinsa_wire::address::Address;
use shinsa_wire::sealed::{Opened, seal};
use shinsa_wire::v1::inspector_client::InspectorClient;
use shinsa_wire::v1::{Canary, CanarySet, OpenSearchRequest, SearchReply, SearchRequest};
use tempfile::TempDir;
use tonic::transport::Channel;

/// Where `ci/windows` says the programs are.
const AGENT: &str = "SHINSA_WINDOWS_AGENT";
const VICTIM: &str = "SHINSA_WINDOWS_VICTIM";

fn program(name: &str) -> PathBuf {
    let path = std::env::var_os(name);
    path.unwrap_or_else(|| panic!("{name} is not set: run ci/windows"))
        .into()
}

/// The agent's own program.
pub fn agent_program() -> PathBuf {
    program(AGENT)
}

/// A Windows path of a file of this machine, as wine has it.
pub fn windows_path(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}

/// A program under wine; killed when dropped.
pub struct Windows {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Windows {
    fn start(program: &Path, arguments: &[&str], folder: &Path) -> Self {
        let mut child = Command::new("wine")
            .arg(program)
            .args(arguments)
            .current_dir(folder)
            .env("NODE_OPTIONS", "--inspect=127.0.0.1:1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("wine");
        let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self {
            child,
            to,
            from: BufReader::new(from),
        }
    }

    /// The next line that it says; empty when it has ended.
    pub fn hear(&mut self) -> String {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Does as it is told; gives what it answers.
    pub fn tell(&mut self, command: &str) -> String {
        writeln!(self.to, "{command}").unwrap();
        self.hear()
    }

    /// Until it has ended.
    pub fn wait(&mut self) {
        self.child.wait().unwrap();
    }
}

impl Drop for Windows {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An agent with one victim, and a folder that both are about.
pub struct Lab {
    pub victim: Windows,
    _agent: Windows,
    pub folder: TempDir,
    channel: Channel,
}

impl Lab {
    /// `marker` is in the victim's command line.
    pub async fn start(marker: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stored = folder.path().join("stored");
        std::fs::create_dir(&stored).unwrap();
        let program = program(VICTIM);
        let mut victim = Windows::start(&program, &[marker], folder.path());
        assert_eq!(victim.hear(), "here");
        // Free now; nobody else takes ports on this machine on purpose.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let name = program.file_name().unwrap().to_str().unwrap();
        let config = format!(
            "format: 1\nlisten: {listen}\ntargets:\n  - {{ name: reader, machine: terminal, kind: process, program: {}, arguments: [{marker}] }}\n  - {{ name: storage, machine: terminal, kind: files, path: 'stored' }}\n",
            name.to_uppercase()
        );
        let path = folder.path().join("agent.yaml");
        std::fs::write(&path, config).unwrap();
        let arguments = ["serve", "--config", &windows_path(&path)];
        let mut agent = Windows::start(&agent_program(), &arguments, folder.path());
        assert_eq!(agent.hear(), "ready");
        let address = Address::parse(&listen, folder.path()).unwrap();
        Self {
            victim,
            _agent: agent,
            folder,
            channel: address.connect(None).await.unwrap(),
        }
    }

    pub fn inspector(&self) -> InspectorClient<Channel> {
        InspectorClient::new(self.channel.clone()).max_decoding_message_size(64 << 20)
    }

    /// A file of the target "storage".
    pub fn stored(&self, name: &str) -> PathBuf {
        self.folder.path().join("stored").join(name)
    }

    /// Searches as `request` says.
    pub async fn search(
        &self,
        canaries: &[(&str, &str, &[u8])],
        request: SearchRequest,
    ) -> SearchReply {
        let canaries = canaries.iter().map(|(id, kind, value)| Canary {
            id: (*id).into(),
            kind: (*kind).into(),
            value: value.to_vec(),
        });
        let set = CanarySet {
            canaries: canaries.collect(),
            ..Default::default()
        };
        let mut inspector = self.inspector();
        let open = inspector
            .open_search(OpenSearchRequest {})
            .await
            .unwrap()
            .into_inner();
        let sealed = seal(&Opened::new(set), &open.search, &open.public_key).unwrap();
        let request = SearchRequest {
            search: open.search,
            sealed,
            ..request
        };
        inspector.search(request).await.unwrap().into_inner()
    }
}

/// Text that no other process holds.
pub fn fresh(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random).unwrap();
    random
        .iter()
        .map(|byte| char::from(b'g' + byte % 20))
        .collect()
}

/// Where wine keeps its drives.
pub fn prefix() -> PathBuf {
    program("WINEPREFIX")
}
