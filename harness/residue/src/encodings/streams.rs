//! Forms for the streams of differences: data hidden by one constant XOR or one constant addition show them unchanged.
//!
//! The search turns memory into `data[i] ^ data[i + 1]` (or `data[i + 1] - data[i]`) and looks for these.

use super::form::Form;
use crate::canary::SecretBytes;

/// Shortest secret that the streams are searched for, in bytes: ordinary data repeat their differences.
const SHORTEST_STREAM: usize = 14;

/// XOR of neighbouring bytes, one byte shorter than the form; `None` below 14 bytes or with gaps.
pub fn adjacent_xor(form: &Form) -> Option<Form> {
    stream(form, "adjacent-xor", |a, b| a ^ b)
}

/// Difference of neighbouring bytes (second less first, modulo 256); `None` below 14 bytes or with gaps.
pub fn adjacent_difference(form: &Form) -> Option<Form> {
    stream(form, "adjacent-difference", |a, b| b.wrapping_sub(a))
}

fn stream(form: &Form, step: &str, between: fn(u8, u8) -> u8) -> Option<Form> {
    if !form.solid() || form.reveal().len() < SHORTEST_STREAM {
        return None;
    }
    let bytes: SecretBytes = form
        .reveal()
        .windows(2)
        .map(|pair| between(pair[0], pair[1]))
        .collect();
    Some(form.derived(step, bytes))
}
