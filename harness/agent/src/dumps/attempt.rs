//! The attempting child: takes on the wished rights, tries, prints one JSON answer, ends. Started by `dumps` alone.

use super::system::{Wish, attempt};

/// The child as a whole: from its one argument to its one line of answer.
///
/// # Errors
/// The argument is none that the agent gave.
pub fn main(wish: &str) -> Result<(), String> {
    let wish: Wish = serde_json::from_str(wish).map_err(|error| format!("attempt: {error}"))?;
    let seen = serde_json::to_string(&attempt(&wish)).map_err(|error| error.to_string())?;
    println!("{seen}");
    Ok(())
}
