//! HTTPS's lower half: an authority and a certificate made at each start, connections that have shaken hands.
//!
//! While the system is "down" nobody listens at the port; it is the same port again afterwards.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::server::TlsStream;

/// A client that does not shake hands within this is dropped.
const HANDSHAKE: Duration = Duration::from_secs(3);
/// Pause before a port that somebody else took for a moment is tried again.
const AGAIN: Duration = Duration::from_millis(50);

/// Connections that have shaken hands.
pub struct Connections {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    local: SocketAddr,
}

impl Connections {
    /// Listens on a free loopback port while `open` says so. Writes the authority, then the port: who reads the port finds the authority.
    pub async fn listen(run_dir: &Path, open: watch::Receiver<bool>) -> Result<Self> {
        let (config, authority) = identity()?;
        std::fs::write(run_dir.join("eligibility-ca.pem"), authority)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let local = listener.local_addr()?;
        let aside = run_dir.join("eligibility.port.new");
        std::fs::write(&aside, local.port().to_string())?;
        std::fs::rename(aside, run_dir.join("eligibility.port"))?;
        let (send, ready) = mpsc::channel(64);
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(accept(listener, local, acceptor, open, send));
        Ok(Self { ready, local })
    }
}

async fn accept(
    first: TcpListener,
    local: SocketAddr,
    acceptor: TlsAcceptor,
    mut open: watch::Receiver<bool>,
    send: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let mut listener = Some(first);
    loop {
        let Some(listening) = &listener else {
            if open.wait_for(|open| *open).await.is_err() {
                return;
            }
            listener = TcpListener::bind(local).await.ok();
            if listener.is_none() {
                tokio::time::sleep(AGAIN).await;
            }
            continue;
        };
        tokio::select! {
            closed = open.wait_for(|open| !*open) => {
                if closed.is_err() {
                    return;
                }
                listener = None;
            }
            accepted = listening.accept() => {
                let Ok((stream, from)) = accepted else { continue };
                let (acceptor, send) = (acceptor.clone(), send.clone());
                tokio::spawn(async move {
                    let shaken = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await;
                    if let Ok(Ok(stream)) = shaken {
                        // The server has ended: nobody is left to tell.
                        let _ = send.send((stream, from)).await;
                    }
                });
            }
        }
    }
}

impl axum::serve::Listener for Connections {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The listening task ends only with the process.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.local)
    }
}

/// Server configuration, and the authority's certificate as PEM.
fn identity() -> Result<(ServerConfig, String)> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &issuer)?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .context("TLS")?;
    Ok((config, issuer.pem()))
}
