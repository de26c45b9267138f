//! Which process a number meant when it was looked at: numbers are given again.

use crate::sources::report::Why;

/// A process: its number, when it started, and which program image it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity {
    pid: u32,
    /// Clock ticks since boot.
    started: u64,
    /// Bottom of the first stack, new with each program image; 0 where the rights do not reach.
    image: u64,
}

impl Identity {
    /// The process that has number `pid` now.
    ///
    /// Taken while the process is still taking on its program, it will look [`Why::Replaced`] right after.
    ///
    /// # Errors
    /// [`Why::Gone`] when there is none.
    pub fn of(pid: u32) -> Result<Self, Why> {
        let stat = std::fs::read(format!("/proc/{pid}/stat")).map_err(|_| Why::Gone)?;
        let text = String::from_utf8_lossy(&stat);
        let (started, image) = fields(&text)
            .ok_or_else(|| Why::Damaged("/proc/PID/stat has too few fields".to_owned()))?;
        Ok(Self {
            pid,
            started,
            image,
        })
    }

    /// The process's number.
    pub fn pid(self) -> u32 {
        self.pid
    }

    /// Whether the number still means this process running this program.
    ///
    /// # Errors
    /// [`Why::Gone`], [`Why::Recycled`] or [`Why::Replaced`].
    pub fn check(self) -> Result<(), Why> {
        let now = Self::of(self.pid)?;
        match now {
            _ if now == self => Ok(()),
            _ if now.started != self.started => Err(Why::Recycled),
            // An ended process that nobody waited for keeps its number without a stack.
            _ if now.image == 0 => Err(Why::Gone),
            _ => Err(Why::Replaced),
        }
    }

    /// The same number with another start: what a recycled number looks like.
    #[cfg(test)]
    pub(in super::super) fn recycled(self) -> Self {
        Self {
            started: self.started.wrapping_sub(1),
            ..self
        }
    }
}

/// Start time (field 22) and stack bottom (field 28); the program's name before them may hold spaces and brackets.
fn fields(stat: &str) -> Option<(u64, u64)> {
    let (_, behind_name) = stat.rsplit_once(')')?;
    let mut fields = behind_name.split_ascii_whitespace();
    let started = fields.nth(19)?.parse().ok()?;
    let image = fields.nth(5)?.parse().ok()?;
    Some((started, image))
}
