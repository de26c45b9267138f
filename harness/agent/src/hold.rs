//! The seeded arm: a process of the agent's own that holds the set's PINs in a wished form, or vectors, to be searched as target "seeded".
//!
//! [`Holder`] starts `shinsa-agent hold` and gives it the bytes over a pipe; [`hold`] is that process. It holds exactly one copy of
//! each, in memory of its own, and ends when the pipe closes: with the agent, at the latest. Called by `search`, `vectors` and `main`.
//! The form is one of the residue package's for PINs. Must not: print, or keep anything beyond the search.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use shinsa_residue::canary::{Canary, Kind};
use shinsa_residue::encodings::{Form, forms};
use zeroize::Zeroizing;

use crate::refused::Refused;

/// What stands before and after each copy: no digit, no small number, of any width. Keeps copies at multiples of 16.
const BETWEEN: [u8; 16] = [0xA5; 16];
/// Said when everything is held.
const HELD: &str = "held";
/// Longest form of a PIN or vector, bytes.
const LONGEST: u32 = 16 << 10;

/// The holding process; ended when dropped.
#[derive(Debug)]
pub struct Holder(Child);

impl Holder {
    /// Starts it and waits until it holds every PIN among `canaries`.
    ///
    /// # Errors
    /// There is no PIN, PINs have no such form, or the process cannot be started.
    pub fn start(canaries: &[Canary], form: &str) -> Result<Self, Refused> {
        let pins = canaries.iter().filter(|canary| canary.kind() == Kind::Pin);
        let shaped = pins
            .map(|pin| shaped(pin, form))
            .collect::<Result<Vec<_>, _>>()?;
        if shaped.is_empty() {
            return Err(Refused::Invalid(
                "seed_form is given, but the set has no canary of kind pin: add the PINs to be held".into(),
            ));
        }
        let bytes: Vec<&[u8]> = shaped.iter().map(Form::reveal).collect();
        Self::holding(&bytes)
    }

    /// Starts it and waits until it holds one copy of each of these, at an address that is a multiple of 16.
    ///
    /// # Errors
    /// The process cannot be started, or does not take them: one is longer than 16 KiB, or they are too many.
    pub fn holding(copies: &[&[u8]]) -> Result<Self, Refused> {
        let failed = |error: io::Error| Refused::System(format!("the process for seeds: {error}"));
        let program = std::env::current_exe().map_err(failed)?;
        let child = Command::new(program)
            .arg("hold")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let mut holder = Self(child);
        holder.give(copies).map_err(failed)?;
        Ok(holder)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    fn give(&mut self, copies: &[&[u8]]) -> io::Result<()> {
        let (Some(to), Some(from)) = (self.0.stdin.as_mut(), self.0.stdout.take()) else {
            return Err(io::Error::other("it has no pipes"));
        };
        to.write_all(&(copies.len() as u32).to_le_bytes())?;
        for copy in copies {
            to.write_all(&(copy.len() as u32).to_le_bytes())?;
            to.write_all(copy)?;
        }
        let mut said = String::new();
        BufReader::new(from).read_line(&mut said)?;
        if said.trim_end() == HELD {
            Ok(())
        } else {
            Err(io::Error::other(format!(
                "it said {said:?}, expected {HELD:?}"
            )))
        }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // Closing its pipe lets it wipe and end; wiping needs no time worth a limit.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn shaped(pin: &Canary, form: &str) -> Result<Form, Refused> {
    let mut known = forms(pin);
    if let Some(place) = known.iter().position(|known| known.name() == form) {
        return Ok(known.swap_remove(place));
    }
    Err(Refused::Invalid(format!(
        "seed_form {form:?}: expected a form of a PIN, e.g. ascii, utf-16le, digit-values, u32-le"
    )))
}

/// The holding process: takes the bytes from standard input, says so, waits for its end, wipes.
///
/// # Errors
/// The pipe ended early or says more than a PIN's form can need.
pub fn hold() -> io::Result<()> {
    // Standard input as std gives it would keep a copy in its buffer.
    let mut from = unbuffered()?;
    let held = take(&mut from)?;
    println!("{HELD}");
    io::stdout().flush()?;
    // Nothing more comes; the read ends when the agent lets go.
    let ended = from.read(&mut [0; 1]);
    drop(held);
    ended.map(drop)
}

#[cfg(target_os = "linux")]
fn unbuffered() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

#[cfg(windows)]
fn unbuffered() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(File::from(io::stdin().as_handle().try_clone_to_owned()?))
}

fn take(from: &mut impl Read) -> io::Result<Vec<Zeroizing<Vec<u8>>>> {
    let count = number(from, 10_000)?;
    let mut held = Vec::with_capacity(count);
    for _ in 0..count {
        let length = number(from, LONGEST)?;
        let mut slot = Zeroizing::new(Vec::with_capacity(length + 2 * BETWEEN.len()));
        slot.extend_from_slice(&BETWEEN);
        slot.resize(BETWEEN.len() + length, 0);
        from.read_exact(&mut slot[BETWEEN.len()..])?;
        slot.extend_from_slice(&BETWEEN);
        held.push(slot);
    }
    Ok(held)
}

fn number(from: &mut impl Read, most: u32) -> io::Result<usize> {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes)?;
    match u32::from_le_bytes(bytes) {
        number if number <= most => Ok(number as usize),
        number => Err(io::Error::other(format!(
            "{number} announced, at most {most} expected"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_copy_stands_alone_and_aligned() {
        let given = [
            2, 0, 0, 0, 4, 0, 0, 0, b'4', b'7', b'1', b'1', 1, 0, 0, 0, 9,
        ];
        let held = take(&mut given.as_slice()).unwrap();
        assert_eq!(held.len(), 2);
        assert_eq!(held[0][16..20], *b"4711");
        assert_eq!(held[0][20..], BETWEEN);
        let aligned = |slot: &Zeroizing<Vec<u8>>| slot.as_ptr().addr().is_multiple_of(16);
        assert!(held.iter().all(aligned));
    }

    #[test]
    fn a_pipe_that_lies_or_ends_is_refused() {
        for given in [
            &[1, 0, 0][..],
            &[1, 0, 0, 0, 5, 0, 0, 0, 1],
            &[0xFF; 4],
            &[1, 0, 0, 0, 1, 0x10, 0, 0],
        ] {
            assert!(take(&mut &*given).is_err());
        }
    }
}
