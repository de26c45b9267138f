//! A program to be searched, dumped, crashed where the tests cannot run themselves: under wine, or on a PC. Does what it is told on
//! standard input, one line each, and answers on standard output. Holds no secret but those it is told. Used by `tests/wine`.

use std::io::Write;
use std::net::TcpListener;

fn main() -> std::io::Result<()> {
    say("here")?;
    let mut held: Vec<Vec<u8>> = Vec::new();
    let mut listeners = Vec::new();
    for line in std::io::stdin().lines() {
        let line = line?;
        let (command, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let answer = match command {
            // Hexadecimal, so that what it was told is no plain copy.
            "hold" => {
                held.push(hex::decode(rest).map_err(std::io::Error::other)?);
                held.len().to_string()
            }
            "listen" => {
                let listener = TcpListener::bind("127.0.0.1:0")?;
                let port = listener.local_addr()?.port();
                listeners.push(listener);
                port.to_string()
            }
            "write" => result(std::fs::write(rest, "written")),
            "remove" => result(std::fs::remove_file(rest)),
            other => other.to_owned(),
        };
        say(&answer)?;
    }
    Ok(())
}

fn say(answer: &str) -> std::io::Result<()> {
    println!("{answer}");
    std::io::stdout().flush()
}

fn result(done: std::io::Result<()>) -> String {
    done.map_or_else(|error| format!("failed: {error}"), |()| "done".into())
}
