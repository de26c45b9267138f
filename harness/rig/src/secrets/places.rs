//! Where a card's PIN stands in a secrets file, for messages: line and column, never a value. The file is read again, for a message is rare;
//! what was read is wiped, for the program's allocator wipes all that it takes back. Called by `secrets`.

use std::path::Path;

use shinsa_model::yaml::{self, Kind, Node};
use zeroize::Zeroizing;

/// ` (line 3, column 14)`; nothing where the file cannot be read that way any more.
pub(super) fn of_pin(file: &Path, card: &str) -> String {
    place(file, card).unwrap_or_default()
}

fn place(file: &Path, card: &str) -> Option<String> {
    let text = Zeroizing::new(std::fs::read_to_string(file).ok()?);
    let root = yaml::parse(&text).ok()?;
    let start = pin(root.child("cards")?.child(card)?)?;
    let (mut line, mut column) = (1, 1);
    for one in text.chars().take(start) {
        (line, column) = match one {
            '\n' => (line + 1, 1),
            _ => (line, column + 1),
        };
    }
    Some(format!(" (line {line}, column {column})"))
}

/// Characters before the PIN.
fn pin(node: &Node) -> Option<usize> {
    match &node.kind {
        Kind::Scalar(_) => None,
        Kind::List(items) => items.iter().find_map(pin),
        Kind::Map(entries) => entries.iter().find_map(|(key, _, value)| {
            let here = matches!(value.kind, Kind::Scalar(_)) && super::is_auth_pin(key);
            here.then_some(value.span.start).or_else(|| pin(value))
        }),
    }
}
