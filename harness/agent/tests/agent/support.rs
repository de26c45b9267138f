//! Starting the agent and asking it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use shinsa_wire::address::Address;
use shinsa_wire::sealed::{Opened, seal};
use shinsa_wire::v1::inspector_client::InspectorClient;
use shinsa_wire::v1::instrument_client::InstrumentClient;
use shinsa_wire::v1::{Canary, CanarySet, OpenSearchRequest, SearchReply, SearchRequest};
use tempfile::TempDir;
use tonic::Status;
use tonic::transport::Channel;

/// A running agent; killed when dropped.
pub struct Agent {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub folder: TempDir,
    channel: Channel,
}

impl Agent {
    /// With these targets and further lines of configuration.
    pub async fn start(targets: &[String], more: &str) -> Self {
        Self::start_as(targets, more, None).await
    }

    /// As another user.
    pub async fn start_as(targets: &[String], more: &str, user: Option<u32>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        open_to_all(folder.path());
        let config = folder.path().join("agent.yaml");
        let list = format!(
            "  - {}
",
            targets.join(
                "
  - "
            )
        );
        let text = format!("format: 1\nlisten: unix:agent.sock\ntargets:\n{list}{more}\n");
        std::fs::write(&config, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_shinsa-agent"));
        command
            .args(["serve", "--config"])
            .arg(&config)
            .stdout(Stdio::piped())
            .stderr(File::create(folder.path().join("stderr")).unwrap());
        if let Some(user) = user {
            command.uid(user).gid(user);
        }
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let stderr = || std::fs::read_to_string(folder.path().join("stderr")).unwrap();
        assert_eq!(line, "ready\n", "{}", stderr());
        let address = Address::parse("unix:agent.sock", folder.path()).unwrap();
        let channel = address.connect(None).await.unwrap();
        Self {
            child,
            stdout,
            folder,
            channel,
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn inspector(&self) -> InspectorClient<Channel> {
        InspectorClient::new(self.channel.clone()).max_decoding_message_size(64 << 20)
    }

    pub fn instrument(&self) -> InstrumentClient<Channel> {
        InstrumentClient::new(self.channel.clone())
    }

    /// Searches for a set in all targets.
    pub async fn search(&self, set: CanarySet) -> SearchReply {
        self.search_for(set, SearchRequest::default())
            .await
            .unwrap()
    }

    /// Searches as `request` says.
    pub async fn search_for(
        &self,
        set: CanarySet,
        request: SearchRequest,
    ) -> Result<SearchReply, Status> {
        let open = self
            .inspector()
            .open_search(OpenSearchRequest {})
            .await?
            .into_inner();
        let sealed = seal(&Opened::new(set), &open.search, &open.public_key).unwrap();
        let request = SearchRequest {
            search: open.search,
            sealed,
            ..request
        };
        Ok(self.inspector().search(request).await?.into_inner())
    }

    /// Ends it by SIGTERM; gives what it had printed, standard output and standard error.
    pub fn end(mut self) -> (std::process::ExitStatus, Vec<u8>) {
        terminate(&self.child);
        let status = self.child.wait().unwrap();
        let mut printed = Vec::new();
        self.stdout.read_to_end(&mut printed).unwrap();
        printed.extend(std::fs::read(self.folder.path().join("stderr")).unwrap());
        (status, printed)
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // Asked to end, it would wait for our connection, which nobody drives any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn terminate(child: &Child) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    let _ = kill_process(pid, Signal::TERM);
}

/// A target of kind files, image or swap.
pub fn stored(name: &str, kind: &str, path: &Path) -> String {
    format!(
        "{{ name: {name}, machine: device, kind: {kind}, path: {} }}",
        path.display()
    )
}

/// A set of canaries: id, kind, value.
pub fn set(canaries: &[(&str, &str, &[u8])]) -> CanarySet {
    let canaries = canaries.iter().map(|(id, kind, value)| Canary {
        id: (*id).into(),
        kind: (*kind).into(),
        value: value.to_vec(),
    });
    CanarySet {
        canaries: canaries.collect(),
        ..Default::default()
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

/// Its bytes in UTF-16, little-endian.
pub fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A folder that everybody may use.
pub fn open_folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    open_to_all(folder.path());
    let path = folder.path().to_owned();
    (folder, path)
}

fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
}

/// Whether the tests can play an administrator.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
