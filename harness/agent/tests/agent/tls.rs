//! Off loopback the agent speaks to nobody without a certificate of the lab.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use shinsa_wire::address::{Address, TlsFiles};
use shinsa_wire::v1::IdentifyRequest;
use shinsa_wire::v1::inspector_client::InspectorClient;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint};

use crate::support::open_folder;

/// Killed when dropped.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Writes an authority `NAME-ca.pem` and a certificate of it, `NAME.pem` and `NAME.key`.
fn certify(folder: &Path, name: &str) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = certificate.signed_by(&key, &issuer).unwrap();
    let write = |file: String, text: String| std::fs::write(folder.join(file), text).unwrap();
    write(format!("{name}-ca.pem"), issuer.pem());
    write(format!("{name}.pem"), certificate.pem());
    write(format!("{name}.key"), key.serialize_pem());
}

#[tokio::test]
async fn only_a_client_of_the_lab_is_answered() {
    let (_folder, path) = open_folder();
    for name in ["agent", "lab", "stranger"] {
        certify(&path, name);
    }
    // Free a moment ago; should somebody take it meanwhile, the agent says so and the test fails loudly.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let address = format!("https://localhost:{}", free.port());
    let config = format!(
        "format: 1\nlisten: {address}\ntls: {{ certificate: agent.pem, key: agent.key, clients: lab-ca.pem }}\ntargets: []\n"
    );
    std::fs::write(path.join("agent.yaml"), config).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_shinsa-agent"))
        .args(["serve", "--config"])
        .arg(path.join("agent.yaml"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut agent = Ended(child);
    let mut line = String::new();
    BufReader::new(agent.0.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "ready\n");

    let url = address.clone();
    let address = Address::parse(&address, &path).unwrap();
    let asked = async |name: &str| {
        let files = TlsFiles {
            authority: path.join("agent-ca.pem"),
            certificate: path.join(format!("{name}.pem")),
            key: path.join(format!("{name}.key")),
        };
        let channel = address
            .connect(Some(&files))
            .await
            .map_err(|error| error.to_string())?;
        let identified = InspectorClient::new(channel)
            .identify(IdentifyRequest {})
            .await;
        identified.map(drop).map_err(|status| status.to_string())
    };
    assert_eq!(asked("lab").await, Ok(()));
    assert!(asked("stranger").await.is_err());
    // And one without any.
    let authority = std::fs::read(path.join("agent-ca.pem")).unwrap();
    let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(authority));
    let endpoint = Endpoint::from_shared(url).unwrap().tls_config(tls).unwrap();
    if let Ok(channel) = endpoint.connect().await {
        let mut inspector = InspectorClient::new(channel);
        assert!(inspector.identify(IdentifyRequest {}).await.is_err());
    }
}
