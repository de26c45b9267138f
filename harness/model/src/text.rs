//! Text for people, in the two languages of the reports.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A text in Japanese (what the fund reads) and English (what developers read).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}
