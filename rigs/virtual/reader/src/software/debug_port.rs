//! The defect `debug-port`: an entrance that a developer left open. The conforming reader never calls this.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Listens on a free port of 127.0.0.1 and tells whoever asks how the software stands.
pub async fn open() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 512];
            let length = stream.read(&mut request).await.unwrap_or(0);
            let answer = if request[..length].starts_with(b"GET /debug") {
                let state = format!("{{\"pid\":{},\"state\":\"running\"}}\n", std::process::id());
                format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{state}",
                    state.len()
                )
            } else {
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".into()
            };
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_entrance_answers() {
        let address = open().await.unwrap();
        for (path, expected) in [("/debug", "HTTP/1.1 200"), ("/", "HTTP/1.1 404")] {
            let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
            let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with(expected), "{answer}");
        }
    }
}
