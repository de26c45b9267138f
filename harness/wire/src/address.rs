//! Addresses: `unix:PATH`, `http://127.0.0.1:PORT` (loopback only), `https://HOST:PORT` with mutual TLS.
//!
//! Called by drivers (`connect`) and by every rig process (`serve`). Must not retry or log.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};
use tokio_stream::wrappers::TcpListenerStream;
#[cfg(unix)]
use tokio_stream::wrappers::UnixListenerStream;
use tonic::transport::server::Router;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity, Uri};

/// Where a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket on this machine; not on Windows.
    #[cfg(unix)]
    Unix(PathBuf),
    /// `http://` on a loopback address; needs no secret.
    Loopback(String),
    /// `https://` anywhere; mutual TLS.
    Remote(String),
}

/// PEM files of one side of a mutual TLS connection.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// Certificates that the other side must chain to.
    pub authority: PathBuf,
    /// Our certificate.
    pub certificate: PathBuf,
    /// Our private key.
    pub key: PathBuf,
}

/// Why an address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// The text is not one of the three forms.
    #[error("address {0:?} is none of unix:PATH, http://127.0.0.1:PORT, https://HOST:PORT")]
    Form(String),
    /// A Unix socket on a system without them.
    #[cfg(windows)]
    #[error("address {0:?}: Windows serves no Unix sockets: use http://127.0.0.1:PORT")]
    NoUnix(String),
    /// Plain http to another machine.
    #[error("address {0:?} leaves this machine without TLS: use https:// with tls: files")]
    NotLoopback(String),
    /// https without key files.
    #[error("address {0:?} needs tls: authority, certificate and key")]
    NoTls(String),
    /// A file or socket could not be used.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The transport refused.
    #[error("{what}: {source}")]
    Transport {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: tonic::transport::Error,
    },
}

impl Address {
    /// Reads an address; a relative Unix path is taken below `base`.
    pub fn parse(text: &str, base: &Path) -> Result<Self, AddressError> {
        if let Some(path) = text.strip_prefix("unix:") {
            return unix(text, path, base);
        }
        let uri: Uri = text.parse().map_err(|_| AddressError::Form(text.into()))?;
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        match uri.scheme_str() {
            Some("http") if host == "localhost" => Ok(Self::Loopback(text.into())),
            Some("http") => match host.parse::<IpAddr>() {
                Ok(ip) if ip.is_loopback() => Ok(Self::Loopback(text.into())),
                _ => Err(AddressError::NotLoopback(text.into())),
            },
            Some("https") => Ok(Self::Remote(text.into())),
            _ => Err(AddressError::Form(text.into())),
        }
    }

    /// Connects; fails at once where nobody listens.
    pub async fn connect(&self, tls: Option<&TlsFiles>) -> Result<Channel, AddressError> {
        let what = || format!("connect to {self:?}");
        let failed = |source| AddressError::Transport {
            what: what(),
            source,
        };
        match self {
            #[cfg(unix)]
            Self::Unix(path) => {
                let path = path.clone();
                Endpoint::from_static("http://unix.invalid")
                    .connect_with_connector(tower::service_fn(move |_: Uri| {
                        let path = path.clone();
                        async move {
                            UnixStream::connect(path)
                                .await
                                .map(hyper_util::rt::TokioIo::new)
                        }
                    }))
                    .await
                    .map_err(failed)
            }
            Self::Loopback(text) => endpoint(text)?.connect().await.map_err(failed),
            Self::Remote(text) => {
                let files = tls.ok_or_else(|| AddressError::NoTls(text.clone()))?;
                let config = ClientTlsConfig::new()
                    .ca_certificate(Certificate::from_pem(read(&files.authority)?))
                    .identity(Identity::from_pem(
                        read(&files.certificate)?,
                        read(&files.key)?,
                    ));
                let endpoint = endpoint(text)?.tls_config(config).map_err(failed)?;
                endpoint.connect().await.map_err(failed)
            }
        }
    }

    /// Serves until `stop` resolves. A stale socket file of a dead server is replaced.
    /// TLS, where wanted, is configured on the router by the caller.
    pub async fn serve(
        &self,
        router: Router,
        stop: impl Future<Output = ()>,
    ) -> Result<(), AddressError> {
        let what = format!("listen on {self:?}");
        let io = |source| AddressError::Io {
            what: what.clone(),
            source,
        };
        let failed = |source| AddressError::Transport {
            what: what.clone(),
            source,
        };
        match self {
            #[cfg(unix)]
            Self::Unix(path) => {
                if path.exists() && std::os::unix::net::UnixStream::connect(path).is_err() {
                    std::fs::remove_file(path).map_err(io)?;
                }
                let incoming = UnixListenerStream::new(UnixListener::bind(path).map_err(io)?);
                router
                    .serve_with_incoming_shutdown(incoming, stop)
                    .await
                    .map_err(failed)
            }
            Self::Loopback(text) | Self::Remote(text) => {
                let uri: Uri = text.parse().map_err(|_| AddressError::Form(text.clone()))?;
                let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
                let listener = TcpListener::bind(authority).await.map_err(io)?;
                router
                    .serve_with_incoming_shutdown(TcpListenerStream::new(listener), stop)
                    .await
                    .map_err(failed)
            }
        }
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it is refused")]
fn unix(_text: &str, path: &str, base: &Path) -> Result<Address, AddressError> {
    Ok(Address::Unix(base.join(path)))
}

#[cfg(windows)]
fn unix(text: &str, _path: &str, _base: &Path) -> Result<Address, AddressError> {
    Err(AddressError::NoUnix(text.into()))
}

fn endpoint(text: &str) -> Result<Endpoint, AddressError> {
    Endpoint::from_shared(text.to_owned()).map_err(|_| AddressError::Form(text.into()))
}

fn read(path: &Path) -> Result<Vec<u8>, AddressError> {
    std::fs::read(path).map_err(|source| AddressError::Io {
        what: path.display().to_string(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_local_or_encrypted() {
        let parse = |text| Address::parse(text, Path::new("/run/rig"));
        #[cfg(unix)]
        assert_eq!(
            parse("unix:world.sock").unwrap(),
            Address::Unix("/run/rig/world.sock".into())
        );
        assert!(matches!(
            parse("http://127.0.0.1:7000"),
            Ok(Address::Loopback(_))
        ));
        assert!(matches!(
            parse("http://[::1]:7000"),
            Ok(Address::Loopback(_))
        ));
        assert!(matches!(
            parse("https://lab-pc:7000"),
            Ok(Address::Remote(_))
        ));
        assert!(matches!(
            parse("http://10.0.0.7:7000"),
            Err(AddressError::NotLoopback(_))
        ));
        assert!(matches!(parse("world"), Err(AddressError::Form(_))));
    }
}
