//! Listening: the address of the configuration, mutual TLS off loopback, the end when asked for. Called by `main`.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use shinsa_wire::address::{Address, AddressError};
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};

use crate::config::{Config, ConfigError, Tls};
use crate::service::Agent;
use crate::{identify, stop};

/// How long requests under way may take after that.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why the agent does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The address.
    #[error("listen: {0}")]
    Address(#[from] AddressError),
    /// `tls:` and the address do not fit.
    #[error("{0}")]
    Tls(String),
    /// The system.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
}

/// Serves as `config` says, until asked to end (`stop`). Prints `ready` when it listens.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(path: &Path) -> Result<(), ServeError> {
    let config = Config::read(path)?;
    let base = path.parent().unwrap_or(Path::new("."));
    let address = Address::parse(&config.listen, base)?;
    let server = server(&address, config.tls.as_ref())?;
    let system = |what: &str| {
        let what = what.to_owned();
        move |source| ServeError::System { what, source }
    };
    let asked = stop::asked().map_err(system("being asked to end"))?;
    // Told at each Identify; what cannot be read is told there.
    let _ = identify::own_sha256();
    let agent = Agent::new(config);
    let (say_stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let until = async {
        // Asked for the first time when the address is bound.
        println!("ready");
        // Whoever started us may not listen.
        let _ = std::io::stdout().flush();
        let _ = stopped.await;
    };
    let mut serving = Box::pin(address.serve(agent.router(server), until));
    tokio::select! {
        ended = &mut serving => return Ok(ended?),
        () = asked => {}
    }
    // First of all: a target must not stay stopped because a search was under way.
    agent.close();
    let _ = say_stop.send(());
    match tokio::time::timeout(PATIENCE, serving).await {
        Ok(ended) => Ok(ended?),
        // Requests under way are given up; what they held is gone with the process.
        Err(_) => Ok(()),
    }
}

fn server(address: &Address, tls: Option<&Tls>) -> Result<Server, ServeError> {
    match (address, tls) {
        (Address::Remote(_), Some(tls)) => {
            let config = ServerTlsConfig::new()
                .identity(Identity::from_pem(read(&tls.certificate)?, read(&tls.key)?))
                .client_ca_root(Certificate::from_pem(read(&tls.clients)?));
            Server::builder()
                .tls_config(config)
                .map_err(|error| ServeError::Tls(format!("tls: {error}: expected PEM files")))
        }
        (Address::Remote(text), None) => Err(ServeError::Tls(format!(
            "listen {text:?} needs tls: certificate, key and clients"
        ))),
        (_, Some(_)) => Err(ServeError::Tls(
            "tls: serves https:// alone: change `listen`, or leave `tls` out".into(),
        )),
        (_, None) => Ok(Server::builder()),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ServeError> {
    std::fs::read(path).map_err(|source| ServeError::System {
        what: format!("tls: {}", path.display()),
        source,
    })
}
