//! Stretches of memory that may be a template, in all formats at once. Called by the agent's walk of a process.
//!
//! Floating-point numbers (`floats`) are told by their range; quantised ones (`blocks`) by how they stand in memory and how they spread.
//! Zeros at a run's ends are no part of it (nothing tells them from what was never written), so a template that begins or ends with
//! exact zeros is seen shorter. What is not looked for is at [`super`].

use super::blocks::Blocks;
use super::floats::{Binary16, Binary32, Binary64, Floats};
use super::vector::Format;

/// Numbers that may be a template, where they stand.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// How they are stored.
    pub format: Format,
    /// Address of the first.
    pub address: u64,
    /// The numbers; of f64 as f32, which is all that a comparison needs.
    pub numbers: &'a [f32],
}

/// Receives runs.
pub(super) type OnRun<'a> = &'a mut dyn FnMut(Run<'_>);

/// Runs as they grow; their numbers are wiped.
#[derive(Default)]
pub struct Runs {
    f32: Floats<Binary32>,
    f64: Floats<Binary64>,
    f16: Floats<Binary16>,
    bytes: Blocks,
}

impl Runs {
    /// No run yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes that stand at `position`, both multiples of 8. `joins`: they follow directly on those taken before. Each run that
    /// may be a template goes to `found`.
    pub fn take(
        &mut self,
        position: u64,
        bytes: &[u8],
        joins: bool,
        found: &mut dyn FnMut(Run<'_>),
    ) {
        if !joins {
            self.end(found);
        }
        self.f32.take(position, bytes, found);
        self.f64.take(position, bytes, found);
        self.f16.take(position, bytes, found);
        self.bytes.take(position, bytes, found);
    }

    /// Nothing follows.
    pub fn end(&mut self, found: &mut dyn FnMut(Run<'_>)) {
        self.f32.end(found);
        self.f64.end(found);
        self.f16.end(found);
        self.bytes.end(found);
    }
}
